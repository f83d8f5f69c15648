// What the orders of an account say about themselves, as lists of them show it.
import type { Key } from '../../../i18n/areas'
import { priceDecimals, quantityDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import type { Order, OrderList } from '../account.svelte'

export const STATUS_NAMES: Partial<Record<string, Key>> = {
  NEW: 'status.new',
  PENDING_NEW: 'orders.waiting',
  PARTIALLY_FILLED: 'status.partly',
  FILLED: 'status.filled',
  CANCELED: 'status.canceled',
  REJECTED: 'status.rejected',
  EXPIRED: 'status.expired',
  EXPIRED_IN_MATCH: 'orders.expiredInMatch',
}

const HUNDRED = Decimal.of('100')
const isThere = (text: string | undefined): text is string => text !== undefined && /[1-9]/.test(text)

/** The price paid on average; null before the first trade. */
export function averagePrice(order: Pick<Order, 'executedQty' | 'cummulativeQuoteQty'>, scale: number): Decimal | null {
  const executed = Decimal.of(order.executedQty)
  return executed.isZero ? null : Decimal.of(order.cummulativeQuoteQty).dividedBy(executed, scale)
}

/** How many whole percent of it are filled. */
export function filledPercent(order: Pick<Order, 'executedQty' | 'origQty'>): number {
  const wanted = Decimal.of(order.origQty)
  if (wanted.isZero) return 0
  return Math.min(100, Number(Decimal.of(order.executedQty).times(HUNDRED).dividedBy(wanted, 0).toString()))
}

/** Its limit, or null for one that trades at the market. */
export const limitOf = (order: Pick<Order, 'price'>): string | null => (isThere(order.price) ? order.price : null)

/** What it waits for, or null. */
export const triggerOf = (order: Pick<Order, 'stopPrice'>): string | null =>
  isThere(order.stopPrice) ? order.stopPrice : null

/** Its quantity; of a market order that says what it is worth, what it got. */
export const quantityOf = (order: Pick<Order, 'origQty' | 'executedQty'>): string =>
  isThere(order.origQty) ? order.origQty : order.executedQty

/** How far it follows the market, in percent, or null. */
export const distanceOf = (order: Pick<Order, 'trailingDelta'>): Decimal | null =>
  order.trailingDelta ? Decimal.of(String(order.trailingDelta)).dividedBy(HUNDRED, 2).trimmed() : null

export interface Decimals {
  price: number
  quantity: number
}

/** With how many decimals a symbol's numbers are shown; as they come for one that is not listed any more. */
export const decimalsFor = (info: SymbolInfo | undefined): Decimals =>
  info ? { price: priceDecimals(info), quantity: quantityDecimals(info) } : { price: 8, quantity: 8 }

/** Put the orders of each list beside each other, where the newest of them stands. */
export function grouped<O extends Pick<Order, 'orderListId' | 'symbol'>>(orders: readonly O[]): O[] {
  const found: O[] = []
  const seen = new Set<number>()
  for (const order of orders) {
    if (order.orderListId === -1) found.push(order)
    else if (!seen.has(order.orderListId)) {
      seen.add(order.orderListId)
      found.push(...orders.filter((each) => each.orderListId === order.orderListId))
    }
  }
  return found
}

/** What a list of orders is called. */
export function listName(list: OrderList | undefined): Key {
  if (!list) return 'orders.list'
  if (list.contingencyType === 'OCO') return 'order.oco'
  return list.orders.length > 2 ? 'order.otoco' : 'order.oto'
}

/** What trades cost, by asset. */
export function sumsOf(trades: readonly { commission: string; commissionAsset: string }[]): [string, Decimal][] {
  const sums = new Map<string, Decimal>()
  for (const { commission, commissionAsset } of trades) {
    sums.set(commissionAsset, (sums.get(commissionAsset) ?? Decimal.ZERO).plus(Decimal.of(commission)))
  }
  return [...sums]
}
