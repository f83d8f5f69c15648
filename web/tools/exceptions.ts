// Messages that rules of languages take for something else than they are, or for which there is little room.

/** Names, and what is written alike everywhere. */
export const LEFT_AS_IT_IS: ReadonlySet<string> = new Set<string>([])

/** How many characters there is room for, by key. */
export const TIGHT: readonly (readonly [string, number])[] = [
  ['nav.markets', 16],
  ['nav.trade', 16],
  ['session.enter', 20],
  ['session.join', 20],
  ['session.leave', 22],
]
