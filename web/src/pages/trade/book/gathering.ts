// The tape with what one order did in one line: trades of the same moment and side, one after another, are one.
import type { Trade } from '../../../market/market.svelte'
import { Decimal } from '../../../money/decimal'

export interface Print {
  /** Of the newest trade in it. */
  id: number
  ids: number[]
  /** Of the newest trade in it. */
  price: string
  quantity: Decimal
  value: Decimal
  time: number
  isSell: boolean
}

const TIMES_LARGE = Decimal.of('4')

/** Turn trades, the newest first, into lines; `gathers` puts together what belongs together. */
export function printsOf(trades: readonly Trade[], gathers: boolean): Print[] {
  const prints: Print[] = []
  for (const trade of trades) {
    const quantity = Decimal.of(trade.quantity)
    const value = quantity.times(Decimal.of(trade.price))
    const last = prints.at(-1)
    if (gathers && last && last.time === trade.time && last.isSell === trade.isSell) {
      last.ids.push(trade.id)
      last.quantity = last.quantity.plus(quantity)
      last.value = last.value.plus(value)
    } else {
      const { id, price, time, isSell } = trade
      prints.push({ id, ids: [id], price, quantity, value, time, isSell })
    }
  }
  return prints
}

/** Return the quantity from which a line is a large one: several times the average. Null where there is nothing to compare. */
export function largeFrom(prints: readonly Print[]): Decimal | null {
  if (prints.length < 5) return null
  const sum = prints.reduce((all, { quantity }) => all.plus(quantity), Decimal.ZERO)
  return sum.times(TIMES_LARGE).dividedBy(Decimal.of(String(prints.length)), sum.scale)
}
