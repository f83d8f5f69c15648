// The book by steps of price, as it is shown: bids are put under the step below, asks under the step above, so that no
// row promises a better price than there is. Exact; nothing here is a binary fraction.
import type { Level } from '../../../market/book'
import { Decimal } from '../../../money/decimal'

export type BookSideName = 'bid' | 'ask'

export interface Row {
  price: Decimal
  quantity: Decimal
  /** What the quantity is worth at its own prices, in the quote asset. */
  value: Decimal
  /** Of this row and every better one. */
  sumQuantity: Decimal
  sumValue: Decimal
  /** How much of the row is the person's own. */
  own: Decimal
}

const STEPS_MAX = 5
const TEN = Decimal.of('10')
/** No step is above this part of the price. */
const PART_LEAST = Decimal.of('50')

/** Return the steps by which a book can be grouped: the tick and powers of ten of it, as far as they are small beside the price. */
export function stepsOf(tick: Decimal, price: Decimal | null): Decimal[] {
  const steps = [tick.trimmed()]
  if (tick.isZero) return steps
  for (let step = tick.times(TEN); steps.length < STEPS_MAX; step = step.times(TEN)) {
    if (price && step.times(PART_LEAST).compare(price) > 0) break
    steps.push(step.trimmed())
  }
  return steps
}

/** Return the step a price of this side is shown under. */
export function stepFor(price: Decimal, step: Decimal, side: BookSideName): Decimal {
  const down = price.downTo(step)
  if (side === 'bid' || down.compare(price) === 0) return down
  return down.plus(step)
}

/** An order that waits in the book, as far as it is seen there. */
export interface OwnOrder {
  price: Decimal
  quantity: Decimal
}

/** Group the best levels of a side into at most `count` rows, the best first. */
export function rowsOf(
  levels: readonly Level[],
  side: BookSideName,
  step: Decimal,
  count: number,
  own: readonly OwnOrder[] = [],
): Row[] {
  const rows: Row[] = []
  let [sumQuantity, sumValue] = [Decimal.ZERO, Decimal.ZERO]
  for (const { price, quantity } of levels) {
    const shown = stepFor(price, step, side)
    const value = price.times(quantity)
    const last = rows.at(-1)
    const isSame = last?.price.compare(shown) === 0
    if (!isSame && rows.length === count) break
    sumQuantity = sumQuantity.plus(quantity)
    sumValue = sumValue.plus(value)
    if (last && isSame) {
      last.quantity = last.quantity.plus(quantity)
      last.value = last.value.plus(value)
      Object.assign(last, { sumQuantity, sumValue })
    } else rows.push({ price: shown, quantity, value, sumQuantity, sumValue, own: Decimal.ZERO })
  }
  for (const order of own) {
    const shown = stepFor(order.price, step, side)
    const row = rows.find((each) => each.price.compare(shown) === 0)
    if (row) row.own = row.own.plus(order.quantity)
  }
  return rows
}

/** Return the average price of everything up to a row, rounded towards zero. */
export function averageOf(row: Row, scale: number): Decimal | null {
  return row.sumQuantity.isZero ? null : row.sumValue.dividedBy(row.sumQuantity, scale)
}

/** Return the share of `part` in `whole` in whole percent. */
export function percentOf(part: Decimal, whole: Decimal): number {
  if (whole.isZero) return 0
  return Number(part.times(Decimal.of('100')).dividedBy(whole, 0).toString())
}

/** Return the larger of two. */
export const larger = (one: Decimal, other: Decimal): Decimal => (one.compare(other) >= 0 ? one : other)
