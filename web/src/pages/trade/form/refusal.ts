// Where in the form a refusal of the exchange belongs, and what it means in a person's words.
import { Refused } from '../../../api/client'
import { reasonOf } from '../../../api/refusals'
import type { Key } from '../../../i18n/areas'
import { t, type Saying } from '../../../i18n/language.svelte'
import type { FieldName, Leg } from './legs'

type Value = keyof Leg['from']

/** By the end of what the exchange says: the value that is wrong, and the message. */
const KNOWN: readonly [string, Value | null, Key][] = [
  ['PRICE_FILTER', 'price', 'order.refusedPrice'],
  ['PERCENT_PRICE', 'price', 'order.refusedRange'],
  ['PERCENT_PRICE_BY_SIDE', 'price', 'order.refusedRange'],
  ['LOT_SIZE', 'quantity', 'order.refusedQuantity'],
  ['MARKET_LOT_SIZE', 'quantity', 'order.refusedQuantity'],
  ['NOTIONAL', 'quantity', 'order.refusedWorth'],
  ['MIN_NOTIONAL', 'quantity', 'order.refusedWorth'],
  ['MAX_POSITION', 'quantity', 'order.refusedPosition'],
  ['MAX_ASSET', 'quantity', 'order.refusedPosition'],
  ['TRAILING_DELTA', 'trailing', 'order.refusedTrailing'],
  ['ICEBERG_PARTS', 'iceberg', 'order.refusedIceberg'],
  ['IcebergQty exceeds QTY.', 'iceberg', 'order.icebergTooLarge'],
  ['MAX_NUM_ORDERS', null, 'order.refusedCount'],
  ['MAX_NUM_ALGO_ORDERS', null, 'order.refusedCount'],
  ['MAX_NUM_ICEBERG_ORDERS', null, 'order.refusedCount'],
  ['MAX_NUM_ORDER_LISTS', null, 'order.refusedCount'],
  ['would trigger immediately.', 'trigger', 'order.refusedTrigger'],
  ['would immediately match and take.', 'price', 'order.refusedTaking'],
  ['insufficient balance for requested action.', 'quantity', 'refused.balance'],
  ['prices for the orders is not correct.', null, 'order.refusedPair'],
  ['liquidity is too low for this pegged order.', null, 'order.refusedPeg'],
  ['cannot be used with this order type.', null, 'order.refusedPeg'],
  ['may not use pegged price.', null, 'order.refusedPeg'],
  ['Duplicate order sent.', null, 'order.refusedTwice'],
]

export interface Told {
  /** The field it is told beside; null for the form as a whole. */
  field: FieldName | null
  say: Saying
}

/** Say why an order was refused, and where. An answer that never came leaves open whether the order is there. */
export function tellRefusal(failure: unknown, legs: readonly Leg[]): Told {
  if (!(failure instanceof Refused)) return { field: null, say: () => reasonOf(failure) }
  if (failure.code === 0) return { field: null, say: () => t('order.unsure') }
  const known = KNOWN.find(
    ([end]) => failure.detail === end || failure.detail.endsWith(` ${end}`) || failure.detail.endsWith(`: ${end}`),
  )
  if (!known) return { field: null, say: () => reasonOf(failure) }
  const [, value, key] = known
  // Of a list the exchange does not say which order it means.
  const field = value && legs.length === 1 ? (legs[0]?.from[value] ?? null) : null
  return { field, say: () => t(key) }
}
