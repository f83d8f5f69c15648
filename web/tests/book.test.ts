import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LocalBook, type DepthChange, type DepthSnapshot } from '../src/market/book'

const shown = (book: LocalBook) => ({
  bids: book.bids(99).map(({ price, quantity }) => `${price} ${quantity}`),
  asks: book.asks(99).map(({ price, quantity }) => `${price} ${quantity}`),
})
const change = (
  first: number,
  last: number,
  bids: [string, string][] = [],
  asks: [string, string][] = [],
): DepthChange => ({
  U: first,
  u: last,
  b: bids,
  a: asks,
})

/** The exchange's side, plainly: all updates so far, and the book they make. */
function stateAfter(updates: DepthChange[], count: number): DepthSnapshot {
  const [bids, asks] = [new Map<string, string>(), new Map<string, string>()]
  for (const each of updates.slice(0, count)) {
    for (const [price, quantity] of each.b) bids.set(price, quantity)
    for (const [price, quantity] of each.a) asks.set(price, quantity)
  }
  const rows = (side: Map<string, string>, sign: number) =>
    [...side]
      .filter(([, quantity]) => quantity !== '0')
      .sort((one, other) => sign * (Number(one[0]) - Number(other[0])))
  return { lastUpdateId: count, bids: rows(bids, -1), asks: rows(asks, 1) }
}

const level = fc.tuple(fc.integer({ min: 10, max: 30 }).map(String), fc.integer({ min: 0, max: 3 }).map(String))
const history = fc.array(fc.tuple(fc.array(level, { maxLength: 3 }), fc.array(level, { maxLength: 3 })), {
  minLength: 1,
  maxLength: 40,
})

test('whatever is missed and whenever the snapshot comes, the book ends as the exchange has it', () => {
  fc.assert(
    fc.property(
      history,
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      (all, isLost, delays) => {
        const updates = all.map(([bids, asks], index) => change(index + 1, index + 1, bids, asks))
        let asked = 0
        let due = Infinity
        const book = new LocalBook(() => {
          asked += 1
          due = Math.min(due, now + (delays.next().value ?? 0))
        })
        let now = 0
        book.restart()
        for (now = 1; now <= updates.length; now += 1) {
          const update = updates[now - 1]
          if (update && !isLost[now - 1]) book.change(update)
          if (now >= due) {
            due = Infinity
            book.begin(stateAfter(updates, now))
          }
          expect(book.isReady || due < Infinity).toBe(true)
        }
        book.change(change(now, now))
        while (!book.isReady) book.begin(stateAfter(updates, updates.length))
        expect(asked).toBeGreaterThan(0)
        const { bids, asks } = stateAfter(updates, updates.length)
        expect(shown(book)).toEqual({
          bids: bids.map((each) => each.join(' ')),
          asks: asks.map((each) => each.join(' ')),
        })
      },
    ),
  )
})

test('a gap asks for the book anew, and nothing of the old one is shown as sure', () => {
  let asked = 0
  const book = new LocalBook(() => (asked += 1))
  expect(book.begin({ lastUpdateId: 5, bids: [['1', '2']], asks: [] })).toBe(true)
  expect(book.change(change(6, 7, [['1', '3']]))).toBe(true)
  expect(book.change(change(9, 9))).toBe(false)
  expect([asked, book.isReady]).toEqual([1, false])
})

test('a snapshot older than what waits is not begun with', () => {
  let asked = 0
  const book = new LocalBook(() => (asked += 1))
  book.change(change(8, 9))
  expect(book.begin({ lastUpdateId: 5, bids: [], asks: [] })).toBe(false)
  expect([asked, book.isReady]).toEqual([1, false])
})
