// Takes orders back: one, those of a list, all on the symbols that are shown.
import { Refused, api } from '../../../api/client'
import type { Order } from '../account.svelte'

/** Cancel an order. Throws `Refused`. */
export async function cancelOrder({ symbol, orderId }: Order): Promise<void> {
  await api.delete('/api/v3/order', { symbol, orderId })
}

/** Cancel the orders of a list. Throws `Refused`. */
export async function cancelList({ symbol, orderListId }: Order): Promise<void> {
  await api.delete('/api/v3/orderList', { symbol, orderListId })
}

const UNKNOWN_ORDER = -2011

/** Cancel every open order on the symbols of these. Throws `Refused`: the first that was refused, after all were tried. */
export async function cancelAll(orders: readonly Order[]): Promise<void> {
  let refused: unknown = null
  for (const symbol of new Set(orders.map((order) => order.symbol))) {
    try {
      await api.delete('/api/v3/openOrders', { symbol })
    } catch (failure) {
      // None is open there any more: that is what was wanted.
      if (!(failure instanceof Refused && failure.code === UNKNOWN_ORDER)) refused ??= failure
    }
  }
  if (refused) throw refused as Error
}
