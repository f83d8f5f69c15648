// Which kinds of orders a symbol lets a person choose, and how they are called.
import type { Key } from '../../../i18n/areas'
import type { SymbolInfo } from '../../../market/symbols.svelte'
import type { Kind, OrderType } from './legs'

/** What most people need; the others are for who asks for them. */
export const BASIC: readonly Kind[] = ['LIMIT', 'MARKET', 'STOP_LIMIT']

export const KIND_NAMES: Record<Kind, Key> = {
  LIMIT: 'order.limit',
  MARKET: 'order.market',
  STOP_LIMIT: 'order.stopLimit',
  STOP_LOSS: 'order.stopLoss',
  STOP_LOSS_LIMIT: 'order.stopLossLimit',
  TAKE_PROFIT: 'order.takeProfit',
  TAKE_PROFIT_LIMIT: 'order.takeProfitLimit',
  TRAILING: 'order.trailing',
  OCO: 'order.oco',
  OTO: 'order.oto',
  OTOCO: 'order.otoco',
}

/** What each does, in a sentence. */
export const KIND_HINTS: Partial<Record<Kind, Key>> = {
  STOP_LOSS: 'order.stopLossHint',
  STOP_LOSS_LIMIT: 'order.stopLossLimitHint',
  TAKE_PROFIT: 'order.takeProfitHint',
  TAKE_PROFIT_LIMIT: 'order.takeProfitLimitHint',
  TRAILING: 'order.trailingHint',
  OCO: 'order.ocoHint',
  OTO: 'order.otoHint',
  OTOCO: 'order.otocoHint',
}

/** Types of orders as the API has them. */
export const TYPE_NAMES: Record<OrderType, Key> = {
  LIMIT: 'order.limit',
  LIMIT_MAKER: 'order.postOnly',
  MARKET: 'order.market',
  STOP_LOSS: 'order.stopLoss',
  STOP_LOSS_LIMIT: 'order.stopLossLimit',
  TAKE_PROFIT: 'order.takeProfit',
  TAKE_PROFIT_LIMIT: 'order.takeProfitLimit',
}

const TYPES = Object.keys(TYPE_NAMES) as OrderType[]
const allows = (info: SymbolInfo, type: OrderType): boolean => (info.orderTypes as string[]).includes(type)

/** The kinds of orders a symbol takes. */
export function kindsOf(info: SymbolInfo): Kind[] {
  const hasStop = allows(info, 'STOP_LOSS_LIMIT') && allows(info, 'TAKE_PROFIT_LIMIT')
  const isThere: Record<Kind, boolean> = {
    LIMIT: allows(info, 'LIMIT'),
    MARKET: allows(info, 'MARKET'),
    STOP_LIMIT: hasStop,
    STOP_LOSS_LIMIT: allows(info, 'STOP_LOSS_LIMIT'),
    STOP_LOSS: allows(info, 'STOP_LOSS'),
    TAKE_PROFIT_LIMIT: allows(info, 'TAKE_PROFIT_LIMIT'),
    TAKE_PROFIT: allows(info, 'TAKE_PROFIT'),
    TRAILING: info.allowTrailingStop && allows(info, 'STOP_LOSS'),
    OCO: info.ocoAllowed && allows(info, 'STOP_LOSS'),
    OTO: info.otoAllowed,
    OTOCO: info.otoAllowed && info.ocoAllowed && allows(info, 'STOP_LOSS'),
  }
  return (Object.keys(isThere) as Kind[]).filter((kind) => isThere[kind])
}

/** What may follow the first order of a list. */
export const typesAfter = (info: SymbolInfo): OrderType[] => TYPES.filter((type) => allows(info, type))
