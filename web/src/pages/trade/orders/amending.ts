// Changing an open order: made smaller it keeps its place in the book; any other change takes it out and places another
// for what is left of it.
import { api } from '../../../api/client'
import type { SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import type { Order } from '../account.svelte'
import { hasLimit, type Leg, type OrderType } from '../form/legs'

/** What it becomes; what is not said stays. */
export interface Wish {
  price?: Decimal | null
  trigger?: Decimal | null
  quantity?: Decimal | null
}

export type Change = { kind: 'smaller'; quantity: Decimal } | { kind: 'another'; parameters: Record<string, string> }

const same = (one: Decimal | null | undefined, other: string): boolean => !one || one.compare(Decimal.of(other)) === 0

/** Whether a person may change an order here: one of a list only goes with its list. */
export const isChangeable = (order: Order, info: SymbolInfo | undefined): boolean =>
  order.orderListId === -1 && (info?.amendAllowed === true || info?.cancelReplaceAllowed === true)

/** Return how a wish comes true; null where it changes nothing or cannot. */
export function changeOf(order: Order, wish: Wish, info: SymbolInfo): Change | null {
  const keepsPrices = same(wish.price, order.price) && same(wish.trigger, order.stopPrice)
  const quantity = wish.quantity ?? Decimal.of(order.origQty)
  const smaller = quantity.compare(Decimal.of(order.origQty))
  if (keepsPrices && smaller === 0) return null
  if (quantity.compare(Decimal.of(order.executedQty)) <= 0) return null
  if (keepsPrices && smaller < 0 && info.amendAllowed) return { kind: 'smaller', quantity }
  return info.cancelReplaceAllowed ? { kind: 'another', parameters: replacement(order, wish, quantity) } : null
}

function replacement(order: Order, wish: Wish, quantity: Decimal): Record<string, string> {
  const executed = Decimal.of(order.executedQty)
  const left = quantity.minus(executed)
  const positive = (text: string | undefined) => (text && /[1-9]/.test(text) ? text : undefined)
  const isIceberg = positive(order.icebergQty) !== undefined && left.compare(Decimal.of(order.icebergQty)) > 0
  const said: Record<string, string | undefined> = {
    symbol: order.symbol,
    cancelOrderId: String(order.orderId),
    cancelReplaceMode: 'STOP_ON_FAILURE',
    // Nothing is placed for what has traded since the person looked.
    cancelRestrictions: executed.isZero ? 'ONLY_NEW' : 'ONLY_PARTIALLY_FILLED',
    side: order.side,
    type: order.type,
    quantity: left.trimmed().toString(),
    price:
      hasLimit(order.type as OrderType) && !order.pegPriceType ? (wish.price?.toString() ?? order.price) : undefined,
    stopPrice: wish.trigger?.toString() ?? positive(order.stopPrice),
    trailingDelta: order.trailingDelta ? String(order.trailingDelta) : undefined,
    timeInForce: hasLimit(order.type as OrderType) && order.type !== 'LIMIT_MAKER' ? order.timeInForce : undefined,
    icebergQty: isIceberg ? order.icebergQty : undefined,
    pegPriceType: order.pegPriceType ?? undefined,
    pegOffsetType: order.pegOffsetType ?? undefined,
    pegOffsetValue: order.pegOffsetValue ? String(order.pegOffsetValue) : undefined,
    selfTradePreventionMode: order.selfTradePreventionMode,
    newOrderRespType: 'RESULT',
  }
  return Object.fromEntries(Object.entries(said).filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** The order as it would be, for the checks of the form. */
export function legOf(order: Order, wish: Wish): Leg {
  const type = order.type as OrderType
  const positive = (text: string) => (/[1-9]/.test(text) ? Decimal.of(text) : null)
  return {
    role: '',
    side: order.side as Leg['side'],
    type,
    price: hasLimit(type) ? (wish.price ?? positive(order.price)) : null,
    trigger: wish.trigger ?? positive(order.stopPrice),
    trailing: null,
    quantity: wish.quantity ?? Decimal.of(order.origQty),
    total: null,
    timeInForce: null,
    iceberg: null,
    peg: null,
    isPaid: false,
    from: { price: 'price', trigger: 'trigger', quantity: 'amount' },
  }
}

/** Have an order changed. Throws `Refused`. */
export async function change(order: Order, how: Change): Promise<void> {
  const { symbol, orderId } = order
  if (how.kind === 'smaller') {
    await api.put('/api/v3/order/amend/keepPriority', { symbol, orderId, newQty: how.quantity.toString() })
    return
  }
  // The parameters were made for this call.
  await api.post('/api/v3/order/cancelReplace', how.parameters as never)
}

/** The halves of a replacement that failed, as the exchange tells of them. */
interface Halves {
  cancelResult: string
  newOrderResult: string
  cancelResponse: { code?: number; msg?: string } | null
  newOrderResponse: { code?: number; msg?: string } | null
}

/** Tell what became of a replacement that failed: whether the former order is gone, and what was said. */
export function halvesOf(data: unknown): { isGone: boolean; detail: string; code: number } | null {
  if (typeof data !== 'object' || data === null || !('cancelResult' in data)) return null
  const { cancelResult, cancelResponse, newOrderResponse } = data as Halves
  const isGone = cancelResult === 'SUCCESS'
  const said = (isGone ? newOrderResponse : cancelResponse) ?? {}
  return { isGone, detail: said.msg ?? '', code: said.code ?? 0 }
}
