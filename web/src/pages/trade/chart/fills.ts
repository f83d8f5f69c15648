// A person's trades as the chart shows them: what was bought and sold within one candle is one mark; and what is held was
// bought for how much on average.
import { Decimal } from '../../../money/decimal'
import type { OwnTrade } from '../ownTrades.svelte'

export interface FillMark {
  isBuy: boolean
  /** Of the first trade in it. */
  time: number
  count: number
  quantity: Decimal
  value: Decimal
}

type Fill = Pick<OwnTrade, 'isBuyer' | 'time' | 'price' | 'qty' | 'quoteQty' | 'commission' | 'commissionAsset'>

/** Put trades together by candle and side, the oldest first. */
export function marksOf(trades: readonly Fill[], candleMs: number): FillMark[] {
  const marks = new Map<string, FillMark>()
  for (const { isBuyer, time, qty, quoteQty } of [...trades].sort((one, other) => one.time - other.time)) {
    const key = `${Math.floor(time / candleMs)}${isBuyer}`
    const held = marks.get(key)
    const mark = held ?? { isBuy: isBuyer, time, count: 0, quantity: Decimal.ZERO, value: Decimal.ZERO }
    mark.count += 1
    mark.quantity = mark.quantity.plus(Decimal.of(qty))
    mark.value = mark.value.plus(Decimal.of(quoteQty))
    marks.set(key, mark)
  }
  return [...marks.values()]
}

export interface Entry {
  price: Decimal
  quantity: Decimal
}

/**
 * Compute the average price of what is left of what was bought, from all trades of a symbol. A sale takes from it at the
 * average; who has sold more than they bought here holds nothing that was bought here. Null for nothing.
 */
export function entryOf(trades: readonly Fill[], base: string, scale: number): Entry | null {
  let [quantity, cost] = [Decimal.ZERO, Decimal.ZERO]
  for (const trade of [...trades].sort((one, other) => one.time - other.time)) {
    const traded = Decimal.of(trade.qty)
    if (trade.isBuyer) {
      const paidInBase = trade.commissionAsset === base ? Decimal.of(trade.commission) : Decimal.ZERO
      quantity = quantity.plus(traded.minus(paidInBase))
      cost = cost.plus(Decimal.of(trade.quoteQty))
    } else if (traded.compare(quantity) >= 0) {
      ;[quantity, cost] = [Decimal.ZERO, Decimal.ZERO]
    } else {
      cost = cost.minus(cost.times(traded).dividedBy(quantity, cost.scale + 8)).toScale(16)
      quantity = quantity.minus(traded)
    }
  }
  return quantity.isZero || cost.isZero ? null : { price: cost.dividedBy(quantity, scale), quantity }
}
