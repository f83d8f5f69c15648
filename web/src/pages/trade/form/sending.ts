// Sends what stands in the form, and says what became of it.
import { Refused, api } from '../../../api/client'
import { t } from '../../../i18n/language.svelte'
import { pairName, priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount } from '../../../money/format'
import type { Side } from './legs'
import type { Request } from './request'

interface Placed {
  status?: string
  executedQty?: string
  cummulativeQuoteQty?: string
}

/** Send it. Returns what became of an order; null for a list. Throws `Refused`: without an answer, if there is none. */
export async function send({ path, parameters }: Request): Promise<Placed | null> {
  const isList = path !== '/api/v3/order'
  try {
    // The parameters were made for the path.
    const answer: unknown = await api.post(path, parameters as never)
    return isList ? null : (answer as Placed)
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.code !== 0) throw failure
    return await find(parameters, isList, failure)
  }
}

/** An order whose answer got lost may be there all the same: it is asked for by the id that the page gave it. */
async function find(parameters: Record<string, string>, isList: boolean, lost: Refused): Promise<Placed | null> {
  const { symbol = '', newClientOrderId = '', listClientOrderId = '' } = parameters
  try {
    if (isList) {
      await api.get('/api/v3/orderList', { origClientOrderId: listClientOrderId })
      return null
    }
    return await api.get('/api/v3/order', { symbol, origClientOrderId: newClientOrderId })
  } catch {
    // What has not arrived by now may still be under way.
    throw lost
  }
}

/** Say what became of an order; of a list, that it is placed. */
export function tellPlaced(placed: Placed | null, side: Side, info: SymbolInfo): string {
  const executed = Decimal.of(placed?.executedQty ?? '0')
  if (!executed.isZero) {
    const price = Decimal.of(placed?.cummulativeQuoteQty ?? '0').dividedBy(executed, priceDecimals(info))
    const values = {
      quantity: `${formatAmount(executed)} ${info.baseAsset}`,
      price: `${formatAmount(price, priceDecimals(info))} ${info.quoteAsset}`,
    }
    if (placed?.status === 'FILLED') return t(side === 'BUY' ? 'order.bought' : 'order.sold', values)
    return t(placed?.status === 'PARTIALLY_FILLED' ? 'order.partlyFilled' : 'order.partlyExpired', values)
  }
  const symbol = pairName(info)
  if (placed?.status === 'EXPIRED' || placed?.status === 'EXPIRED_IN_MATCH') return t('order.expired', { symbol })
  return t(placed ? 'order.placed' : 'order.listPlaced', { symbol })
}
