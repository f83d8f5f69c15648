// Whether the symbol's filters, the market and what is free let orders pass. The exchange decides; this tells a person
// earlier, beside the field that is wrong.
import type { Key } from '../../../i18n/areas'
import type { Level } from '../../../market/book'
import { filterValue, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount, formatPercent } from '../../../money/format'
import { hasLimit, isContingent, triggersAbove, type FieldName, type Leg } from './legs'
import { sweepQuantity } from './sweep'

export interface Around {
  info: SymbolInfo
  /** What is free of either asset; null for a stranger. */
  freeBase: Decimal | null
  freeQuote: Decimal | null
  /** The book, best first. */
  bids: readonly Level[]
  asks: readonly Level[]
  /** The last price; null before the first trade. */
  last: Decimal | null
}

export interface Complaint {
  key: Key
  values?: Record<string, string>
}
export type Complaints = Partial<Record<FieldName, Complaint>>

const HUNDRED = Decimal.of('100')

/** Return a bound of a filter; null where it is none. */
export function bound(info: SymbolInfo, filter: string, name: string): Decimal | null {
  const value = filterValue(info, filter, name)
  const read = value === null ? null : Decimal.read(value)
  return read === null || read.isZero ? null : read
}

const plain = (value: Decimal): string => formatAmount(value)

function outside(value: Decimal, info: SymbolInfo, filter: string, names: [string, string, string]): Complaint | null {
  const [least, most, step] = names.map((name) => bound(info, filter, name))
  if (least && value.compare(least) < 0) return { key: 'order.tooSmall', values: { least: plain(least) } }
  if (most && value.compare(most) > 0) return { key: 'order.tooLarge', values: { most: plain(most) } }
  if (step && value.downTo(step).compare(value) !== 0) return { key: 'order.offStep', values: { step: plain(step) } }
  return null
}

const checkPrice = (price: Decimal | null, info: SymbolInfo): Complaint | null =>
  price && outside(price, info, 'PRICE_FILTER', ['minPrice', 'maxPrice', 'tickSize'])

/** What an order that trades at the market takes from, best first. */
export const opposed = (leg: Pick<Leg, 'side'>, around: Around): readonly Level[] =>
  leg.side === 'BUY' ? around.asks : around.bids

/** What a leg is worth in the quote asset, as far as it can be known. */
export function worthOf(leg: Leg, around: Around): Decimal | null {
  if (leg.total) return leg.total
  if (!leg.quantity) return null
  if (leg.type === 'MARKET') {
    const swept = sweepQuantity(opposed(leg, around), leg.quantity)
    return swept.quantity.isZero ? null : swept.total
  }
  const own = leg.side === 'BUY' ? around.bids : around.asks
  const pegged = leg.peg?.price === 'MARKET_PEG' ? opposed(leg, around)[0] : own[0]
  const price = leg.price ?? (leg.peg ? pegged?.price : (leg.trigger ?? around.last)) ?? null
  return price && leg.quantity.times(price)
}

function checkQuantity(leg: Leg, { info }: Around): Complaint | null {
  const { quantity } = leg
  if (leg.total?.isZero || quantity?.isZero) return { key: 'order.nothing' }
  if (!quantity) return null
  const wrong = outside(quantity, info, 'LOT_SIZE', ['minQty', 'maxQty', 'stepSize'])
  if (wrong || hasLimit(leg.type)) return wrong
  return outside(quantity, info, 'MARKET_LOT_SIZE', ['minQty', 'maxQty', 'stepSize'])
}

function checkWorth(leg: Leg, around: Around): Complaint | null {
  const { info } = around
  const worth = worthOf(leg, around)
  if (!worth) return null
  const isMarket = !hasLimit(leg.type)
  const applies = (name: string) => !isMarket || filterValue(info, 'NOTIONAL', name) !== 'false'
  const unit = info.quoteAsset
  const least = bound(info, 'NOTIONAL', 'minNotional') ?? bound(info, 'MIN_NOTIONAL', 'minNotional')
  if (least && applies('applyMinToMarket') && worth.compare(least) < 0) {
    return { key: 'order.tooLittle', values: { least: `${plain(least)} ${unit}` } }
  }
  const most = bound(info, 'NOTIONAL', 'maxNotional')
  if (most && applies('applyMaxToMarket') && worth.compare(most) > 0) {
    return { key: 'order.tooMuch', values: { most: `${plain(most)} ${unit}` } }
  }
  return null
}

function checkBalance(leg: Leg, around: Around): Complaint | null {
  if (leg.role.startsWith('pending')) return null
  const [needed, free] =
    leg.side === 'SELL' && !leg.total ? [leg.quantity, around.freeBase] : [worthOf(leg, around), around.freeQuote]
  if (leg.side === 'SELL' && leg.total) return null
  return needed && free && needed.compare(free) > 0 ? { key: 'refused.balance' } : null
}

function checkTrigger(leg: Leg, around: Around): Complaint | null {
  const wrong = checkPrice(leg.trigger, around.info)
  const { last } = around
  if (wrong || !leg.trigger || !last || leg.role.startsWith('pending') || !isContingent(leg.type)) return wrong
  const side = leg.trigger.compare(last)
  const values = { last: plain(last) }
  if (triggersAbove(leg.type, leg.side)) return side <= 0 ? { key: 'order.triggerAbove', values } : null
  return side >= 0 ? { key: 'order.triggerBelow', values } : null
}

function checkPostOnly(leg: Leg, around: Around): Complaint | null {
  if (leg.type !== 'LIMIT_MAKER' || !leg.price || leg.role.startsWith('pending')) return null
  const best = opposed(leg, around)[0]?.price
  if (!best) return null
  const takes = leg.side === 'BUY' ? leg.price.compare(best) >= 0 : leg.price.compare(best) <= 0
  return takes ? { key: 'order.wouldTake', values: { best: plain(best) } } : null
}

function checkTrailing(leg: Leg, { info }: Around): Complaint | null {
  if (!leg.trailing) return null
  const where = triggersAbove(leg.type, leg.side) ? 'Above' : 'Below'
  const [least, most] = ['min', 'max'].map((end) => bound(info, 'TRAILING_DELTA', `${end}Trailing${where}Delta`))
  const points = leg.trailing.times(HUNDRED)
  const percent = (value: Decimal) => formatPercent(value.dividedBy(HUNDRED, 2))
  if (points.trimmed().scale > 0) return { key: 'order.offStep', values: { step: formatPercent('0.01') } }
  if (points.isZero || (least && points.compare(least) < 0)) {
    return { key: 'order.tooSmall', values: { least: percent(least ?? Decimal.of('1')) } }
  }
  return most && points.compare(most) > 0 ? { key: 'order.tooLarge', values: { most: percent(most) } } : null
}

function checkIceberg(leg: Leg, { info }: Around): Complaint | null {
  const { iceberg, quantity } = leg
  if (!iceberg || iceberg.isZero || !quantity) return null
  if (iceberg.compare(quantity) > 0) return { key: 'order.icebergTooLarge' }
  const wrong = outside(iceberg, info, 'LOT_SIZE', ['minQty', 'maxQty', 'stepSize'])
  if (wrong) return wrong
  if (leg.timeInForce !== null && leg.timeInForce !== 'GTC') return { key: 'order.icebergPatience' }
  const parts = bound(info, 'ICEBERG_PARTS', 'limit')
  return parts && iceberg.times(parts).compare(quantity) < 0
    ? { key: 'order.icebergParts', values: { parts: plain(parts) } }
    : null
}

/** Check one order; the first that is wrong with a field is told. */
function checkLeg(leg: Leg, around: Around): Complaints {
  const found: Complaints = {}
  const note = (field: FieldName | undefined, complaint: Complaint | null) => {
    if (field && complaint) found[field] ??= complaint
  }
  note(leg.from.price, checkPrice(leg.price, around.info) ?? checkPostOnly(leg, around))
  note(leg.from.trigger, checkTrigger(leg, around))
  note(leg.from.trailing, checkTrailing(leg, around))
  note(leg.from.iceberg, checkIceberg(leg, around))
  const amount = checkQuantity(leg, around) ?? checkWorth(leg, around) ?? checkBalance(leg, around)
  note(leg.from.quantity, amount)
  return found
}

/** The prices by which an order of a pair is placed, each with its field. */
function placedBy(leg: Leg): [Decimal | null, FieldName | undefined][] {
  if (leg.type === 'LIMIT_MAKER') return [[leg.price, leg.from.price]]
  const trigger: [Decimal | null, FieldName | undefined] = [leg.trigger, leg.from.trigger]
  return leg.type === 'TAKE_PROFIT_LIMIT' ? [[leg.price, leg.from.price], trigger] : [trigger]
}

/** Of two orders of which one cancels the other, one lies above the market and one below: or above the other, later. */
function checkPair(legs: readonly Leg[], around: Around): Complaints {
  const above = legs.find(({ role }) => role === 'above' || role === 'pendingAbove')
  const below = legs.find(({ role }) => role === 'below' || role === 'pendingBelow')
  if (!above || !below) return {}
  const found: Complaints = {}
  const last = above.role === 'above' ? around.last : null
  for (const [high, highField] of placedBy(above)) {
    for (const [low, lowField] of placedBy(below)) {
      if (high && last && highField && high.compare(last) <= 0) {
        found[highField] ??= { key: 'order.pairAbove', values: { price: plain(last) } }
      }
      if (low && last && lowField && low.compare(last) >= 0) {
        found[lowField] ??= { key: 'order.pairBelow', values: { price: plain(last) } }
      }
      if (high && low && !last && highField && high.compare(low) <= 0) {
        found[highField] ??= { key: 'order.pairAbove', values: { price: plain(low) } }
      }
    }
  }
  return found
}

/** Return what is wrong, by field. */
export function check(legs: readonly Leg[], around: Around): Complaints {
  const found = checkPair(legs, around)
  for (const leg of legs) {
    for (const [field, complaint] of Object.entries(checkLeg(leg, around))) found[field as FieldName] ??= complaint
  }
  return found
}
