// How well a text answers to what was typed: the better, the higher; null not at all.

const START = 100
const WORD = 60
const INSIDE = 30
const SCATTERED = 5

/** Rank one text. All that was typed must be in it, word by word, or at least letter by letter in its order. */
export function rank(typed: string, text: string): number | null {
  const wanted = typed.trim().toLocaleLowerCase()
  const given = text.toLocaleLowerCase()
  if (wanted === '') return 0
  let sum = 0
  for (const word of wanted.split(/\s+/)) {
    const found = rankWord(word, given)
    if (found === null) return null
    sum += found
  }
  return sum
}

function rankWord(word: string, given: string): number | null {
  const at = given.indexOf(word)
  if (at === 0) return START
  if (at > 0) return /[\s/·:-]/.test(given[at - 1] ?? '') ? WORD : INSIDE
  let from = 0
  for (const letter of word) {
    const next = given.indexOf(letter, from)
    if (next < 0) return null
    from = next + 1
  }
  return word.length >= 3 ? SCATTERED : null
}

/** Keep what answers, the best first; what ranks the same stays in its order. */
export function ranked<T>(typed: string, all: readonly T[], textOf: (each: T) => string, most: number): T[] {
  return all
    .flatMap((each) => {
      const found = rank(typed, textOf(each))
      return found === null ? [] : [{ each, found }]
    })
    .toSorted((one, other) => other.found - one.found)
    .slice(0, most)
    .map(({ each }) => each)
}
