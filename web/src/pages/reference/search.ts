// Finds calls by what a person types: every word must be somewhere in a call, as a whole, as a part, or as letters in order.
import type { Head } from './model'

export interface Found<T> {
  item: T
  score: number
}

const EXACT = 100
const WORD = 60
const AT_WORD = 40
const INSIDE = 20
const SCATTERED = 4
/** Letters in order are taken for a match only if no more than so many others lie between them. */
const GAPS_MAX = 8

/** How well a word fits a text; 0 if not at all. Both are in lower case. */
export function fit(word: string, text: string): number {
  if (text === word) return EXACT
  const at = text.indexOf(word)
  if (at >= 0) {
    const [begins, ends] = [text[at - 1], text[at + word.length]].map((each) => !each || !/[a-z0-9]/.test(each))
    return (begins && ends ? WORD : begins ? AT_WORD : INSIDE) + word.length
  }
  return word.length >= 3 && isScattered(word, text) ? SCATTERED : 0
}

function isScattered(word: string, text: string): boolean {
  for (let start = text.indexOf(word[0] ?? ''); start >= 0; start = text.indexOf(word[0] ?? '', start + 1)) {
    let at = start
    for (const letter of word.slice(1)) {
      at = text.indexOf(letter, at + 1)
      if (at < 0) return false
    }
    if (at - start + 1 - word.length <= GAPS_MAX) return true
  }
  return false
}

/** Find the calls that fit what was typed, the best first. */
export function find<T extends Head>(calls: readonly T[], typed: string, most: number): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found: Found<T>[] = []
  for (const item of calls) {
    const path = item.path.toLowerCase()
    const [last = ''] = path.split(/[/.]/).slice(-1)
    const texts = [path, item.summary.toLowerCase()]
    let score = 0
    for (const word of words) {
      const best = Math.max(
        word === item.method.toLowerCase() ? EXACT : 0,
        last === word ? EXACT - 1 : 0,
        ...texts.map((text) => fit(word, text)),
      )
      if (best === 0) {
        score = 0
        break
      }
      score += best
    }
    if (score > 0 && item.summary.toLowerCase().includes(words.join(' '))) score += WORD
    if (score > 0) found.push({ item, score: score - path.length / 100 - (item.method === 'WS' ? 5 : 0) })
  }
  return found
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ item }) => item)
}
