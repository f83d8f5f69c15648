// What a market order would get from the book as it stands: level by level, as the exchange matches.
import type { Level } from '../../../market/book'
import { Decimal } from '../../../money/decimal'

export interface Swept {
  /** In the base asset. */
  quantity: Decimal
  /** In the quote asset. */
  total: Decimal
  best: Decimal | null
  worst: Decimal | null
  /** Whether the book holds enough. */
  isWhole: boolean
}

/** Take a quantity from levels, the best first. */
export function sweepQuantity(levels: readonly Level[], wanted: Decimal): Swept {
  let [left, total] = [wanted, Decimal.ZERO]
  let worst: Decimal | null = null
  for (const { price, quantity } of levels) {
    if (left.compare(Decimal.ZERO) <= 0) break
    const taken = quantity.compare(left) < 0 ? quantity : left
    left = left.minus(taken)
    total = total.plus(taken.times(price))
    worst = price
  }
  return { quantity: wanted.minus(left), total, best: levels[0]?.price ?? null, worst, isWhole: left.isZero }
}

/** Spend money, or earn it, in whole steps of the quantity; what buys no further step is left. */
export function sweepTotal(levels: readonly Level[], money: Decimal, step: Decimal): Swept {
  let [left, bought] = [money, Decimal.ZERO]
  let worst: Decimal | null = null
  let isWhole = false
  for (const { price, quantity } of levels) {
    const affordable = left.dividedBy(price, Math.max(8, step.scale)).downTo(step)
    const taken = quantity.compare(affordable) < 0 ? quantity : affordable
    if (!taken.isZero) {
      left = left.minus(taken.times(price))
      bought = bought.plus(taken)
      worst = price
    }
    if (affordable.compare(quantity) <= 0) {
      isWhole = true
      break
    }
  }
  return { quantity: bought, total: money.minus(left), best: levels[0]?.price ?? null, worst, isWhole }
}

/** The price paid on average, rounded down; null where nothing is taken. */
export const averageOf = ({ quantity, total }: Swept, scale: number): Decimal | null =>
  quantity.isZero ? null : total.dividedBy(quantity, scale)

const HUNDRED = Decimal.of('100')

/** By how many percent one price is worse than another for who trades on a side: 0 where it is not worse. */
export function worseBy(price: Decimal, than: Decimal, isBuy: boolean): Decimal {
  if (than.isZero) return Decimal.ZERO
  const difference = isBuy ? price.minus(than) : than.minus(price)
  return difference.compare(Decimal.ZERO) <= 0 ? Decimal.ZERO : difference.times(HUNDRED).dividedBy(than, 2)
}
