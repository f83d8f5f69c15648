// An open order on the chart: which of its prices are lines, and the price a line is moved to.
import { Decimal } from '../../../money/decimal'
import type { Order } from '../account.svelte'

export type Moved = 'price' | 'trigger'

/** Return the prices of an order that have a line: where it stands, and where it is triggered. */
export function linesOf(order: Order): { moved: Moved; price: Decimal }[] {
  const lines: { moved: Moved; price: Decimal }[] = []
  const price = Decimal.of(order.price)
  const stop = Decimal.of(order.stopPrice ?? '0')
  if (!price.isZero) lines.push({ moved: 'price', price })
  if (!stop.isZero && !order.isWorking) lines.push({ moved: 'trigger', price: stop })
  return lines
}

/** Return what is left of an order. */
export const leftOf = (order: Order): Decimal => Decimal.of(order.origQty).minus(Decimal.of(order.executedQty))

/** Return the price at a height of the chart: a whole number of ticks. */
export function priceAt(value: number, tick: Decimal, decimals: number): Decimal | null {
  if (!Number.isFinite(value) || value <= 0) return null
  const near = Decimal.of(value.toFixed(Math.min(decimals, 20)))
  const price = near.downTo(tick)
  return price.isZero ? null : price
}
