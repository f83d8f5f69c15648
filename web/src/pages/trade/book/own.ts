// The person's own orders in the book.
import { Decimal } from '../../../money/decimal'
import type { Order } from '../account.svelte'
import type { BookSideName, OwnOrder } from './grouping'

/** Return what of a person's open orders stands in the book on a side; a stop that waits stands nowhere. */
export function ownOrders(open: readonly Order[], side: BookSideName): OwnOrder[] {
  const own: OwnOrder[] = []
  for (const { side: orderSide, price, origQty, executedQty, isWorking, icebergQty } of open) {
    if (orderSide !== (side === 'bid' ? 'BUY' : 'SELL') || !isWorking) continue
    const left = Decimal.of(origQty).minus(Decimal.of(executedQty))
    const peak = Decimal.of(icebergQty ?? '0')
    const quantity = !peak.isZero && peak.compare(left) < 0 ? peak : left
    if (!Decimal.of(price).isZero) own.push({ price: Decimal.of(price), quantity })
  }
  return own
}
