// The orders a form asks for. One order is one leg; a list is two or three, each called as the API calls it. A leg knows
// from which field of the form each of its values came, so that what is wrong with it can be told there.
import type { Decimal } from '../../../money/decimal'

export type Side = 'BUY' | 'SELL'
export type StopType = 'STOP_LOSS' | 'TAKE_PROFIT'
export type OrderType = 'LIMIT' | 'LIMIT_MAKER' | 'MARKET' | StopType | `${StopType}_LIMIT`
/** What a person chooses; `STOP_LIMIT` becomes a stop-loss or a take-profit by where its trigger lies. */
export type Kind =
  'LIMIT' | 'MARKET' | 'STOP_LIMIT' | StopType | `${StopType}_LIMIT` | 'TRAILING' | 'OCO' | 'OTO' | 'OTOCO'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK'
export type ProfitType = 'LIMIT_MAKER' | 'TAKE_PROFIT' | 'TAKE_PROFIT_LIMIT'
/** How the parameters of a leg begin; not at all for an order that stands alone. */
export type Role = '' | 'working' | 'pending' | 'above' | 'below' | 'pendingAbove' | 'pendingBelow'

export const FIELDS = [
  'price',
  'amount',
  'total',
  'trigger',
  'trailing',
  'iceberg',
  'pegOffset',
  'profit',
  'profitLimit',
  'stop',
  'stopLimit',
  'nextPrice',
  'nextTrigger',
  'nextAmount',
] as const
export type FieldName = (typeof FIELDS)[number]

/** What is chosen and typed. */
export interface Content {
  side: Side
  kind: Kind
  /** Whether a market order's amount is the `total` in the quote asset. */
  isInQuote: boolean
  isPostOnly: boolean
  timeInForce: TimeInForce
  /** A mode of preventing trades with oneself; empty for the symbol's own. */
  prevention: string
  peg: '' | 'PRIMARY_PEG' | 'MARKET_PEG'
  trailsAs: StopType
  profitType: ProfitType
  nextSide: Side
  nextType: OrderType
  /** Whether the first order of a list pays for the following, which then have no quantity of their own. */
  paysNext: boolean
}

export interface Leg {
  role: Role
  side: Side
  type: OrderType
  price: Decimal | null
  trigger: Decimal | null
  /** In percent. */
  trailing: Decimal | null
  quantity: Decimal | null
  /** What a market order is worth, in the quote asset, where it says so and no quantity. */
  total: Decimal | null
  timeInForce: TimeInForce | null
  iceberg: Decimal | null
  peg: { price: 'PRIMARY_PEG' | 'MARKET_PEG'; offset: Decimal | null } | null
  /** Whether another leg pays for it. */
  isPaid: boolean
  from: Partial<Record<'price' | 'trigger' | 'trailing' | 'quantity' | 'iceberg', FieldName>>
}

export const hasLimit = (type: OrderType): boolean => type.includes('LIMIT')
export const isContingent = (type: OrderType): boolean => type.startsWith('STOP') || type.startsWith('TAKE')
export const opposite = (side: Side): Side => (side === 'BUY' ? 'SELL' : 'BUY')

/** Whether an order waits for the market to rise to its trigger, and not to fall to it. */
export const triggersAbove = (type: OrderType, side: Side): boolean => type.startsWith('STOP') === (side === 'BUY')

/** Which of the two a stop order is whose trigger lies there. */
export function stopTypeOf(side: Side, trigger: Decimal | null, last: Decimal | null): StopType {
  if (trigger === null || last === null) return 'STOP_LOSS'
  return trigger.compare(last) > 0 === (side === 'BUY') ? 'STOP_LOSS' : 'TAKE_PROFIT'
}

type Read = (field: FieldName) => Decimal | null

function legOf(role: Role, side: Side, type: OrderType, values: Partial<Leg>): Leg {
  const isPatient = hasLimit(type) && type !== 'LIMIT_MAKER'
  const nothing = { price: null, trigger: null, trailing: null, quantity: null, total: null, iceberg: null, peg: null }
  return { role, side, type, ...nothing, timeInForce: isPatient ? 'GTC' : null, isPaid: false, from: {}, ...values }
}

/** The one order, or the first of a list: it works at once. */
function ownLeg(content: Content, read: Read, role: Role): Leg {
  const { side, isPostOnly, timeInForce } = content
  const peg = content.peg ? { price: content.peg, offset: read('pegOffset') } : null
  return legOf(role, side, isPostOnly ? 'LIMIT_MAKER' : 'LIMIT', {
    price: peg ? null : read('price'),
    quantity: read('amount'),
    timeInForce: isPostOnly ? null : timeInForce,
    iceberg: read('iceberg'),
    peg,
    from: { ...(peg ? {} : { price: 'price' as const }), quantity: 'amount', iceberg: 'iceberg' },
  })
}

function marketLeg(content: Content, read: Read): Leg {
  return legOf('', content.side, 'MARKET', {
    quantity: content.isInQuote ? null : read('amount'),
    total: content.isInQuote ? read('total') : null,
    from: { quantity: content.isInQuote ? 'total' : 'amount' },
  })
}

function stopLeg(content: Content, read: Read, type: OrderType): Leg {
  return legOf('', content.side, type, {
    price: hasLimit(type) ? read('price') : null,
    trigger: read('trigger'),
    quantity: read('amount'),
    timeInForce: hasLimit(type) ? content.timeInForce : null,
    iceberg: hasLimit(type) ? read('iceberg') : null,
    from: { price: 'price', trigger: 'trigger', quantity: 'amount', iceberg: 'iceberg' },
  })
}

function trailingLeg(content: Content, read: Read): Leg {
  const price = read('price')
  const type: OrderType = price ? `${content.trailsAs}_LIMIT` : content.trailsAs
  return legOf('', content.side, type, {
    price,
    trigger: read('trigger'),
    trailing: read('trailing'),
    quantity: read('amount'),
    timeInForce: price ? content.timeInForce : null,
    from: { price: 'price', trigger: 'trigger', trailing: 'trailing', quantity: 'amount' },
  })
}

/** Two orders of which one cancels the other: a profit, and a stop that limits a loss. The higher comes first. */
function pairOf(content: Content, read: Read, side: Side, quantity: Partial<Leg>, roles: [Role, Role]): Leg[] {
  const isBuy = side === 'BUY'
  const [profitRole, stopRole] = isBuy ? [roles[1], roles[0]] : roles
  const { profitType } = content
  const from = quantity.from?.quantity ? { quantity: quantity.from.quantity } : {}
  const profit =
    profitType === 'LIMIT_MAKER'
      ? { price: read('profit'), from: { ...from, price: 'profit' as const } }
      : {
          trigger: read('profit'),
          price: profitType === 'TAKE_PROFIT_LIMIT' ? read('profitLimit') : null,
          from: { ...from, trigger: 'profit' as const, price: 'profitLimit' as const },
        }
  const stopLimit = read('stopLimit')
  const stop = legOf(stopRole, side, stopLimit ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS', {
    ...quantity,
    price: stopLimit,
    trigger: read('stop'),
    from: { ...from, trigger: 'stop', price: 'stopLimit' },
  })
  const gain = legOf(profitRole, side, profitType, { ...quantity, ...profit })
  return isBuy ? [stop, gain] : [gain, stop]
}

function nextLeg(content: Content, read: Read, quantity: Partial<Leg>): Leg {
  const { nextSide, nextType } = content
  return legOf('pending', nextSide, nextType, {
    ...quantity,
    price: hasLimit(nextType) ? read('nextPrice') : null,
    trigger: isContingent(nextType) ? read('nextTrigger') : null,
    from: { ...quantity.from, price: 'nextPrice', trigger: 'nextTrigger' },
  })
}

/** Return the orders that are asked for, in the order the API takes them. `last` is the last price. */
export function legsOf(content: Content, read: Read, last: Decimal | null): Leg[] {
  const { kind, side } = content
  switch (kind) {
    case 'LIMIT':
      return [ownLeg(content, read, '')]
    case 'MARKET':
      return [marketLeg(content, read)]
    case 'STOP_LIMIT':
      return [stopLeg(content, read, `${stopTypeOf(side, read('trigger'), last)}_LIMIT`)]
    case 'TRAILING':
      return [trailingLeg(content, read)]
    case 'OCO':
      return pairOf(content, read, side, { quantity: read('amount'), from: { quantity: 'amount' } }, ['above', 'below'])
    case 'OTO':
    case 'OTOCO': {
      const own = ownLeg(content, read, 'working')
      const isPaid = content.paysNext && side === 'BUY'
      const nextAmount = read('nextAmount') ?? own.quantity
      const quantity: Partial<Leg> = isPaid
        ? { isPaid, from: {} }
        : { quantity: nextAmount, from: { quantity: 'nextAmount' } }
      if (kind === 'OTO')
        return [own, nextLeg({ ...content, nextSide: isPaid ? 'SELL' : content.nextSide }, read, quantity)]
      return [
        own,
        ...pairOf(content, read, isPaid ? 'SELL' : content.nextSide, quantity, ['pendingAbove', 'pendingBelow']),
      ]
    }
    default:
      return [stopLeg(content, read, kind)]
  }
}

/** Whether a leg has every value its type needs. */
export function isWhole(leg: Leg): boolean {
  if (hasLimit(leg.type) && !leg.price && !leg.peg) return false
  if (isContingent(leg.type) && !leg.trigger && !leg.trailing) return false
  return leg.isPaid || leg.quantity !== null || leg.total !== null
}
