// What an order would do: what it costs, what commission it may take, what is received, and what a person should think
// of before they send it.
import type { Answer } from '../../../api/client'
import { decimalsOf, filterValue, priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount } from '../../../money/format'
import { hasLimit, type Leg, type Side } from './legs'
import { bound, opposed, worthOf, type Around, type Complaint } from './rules'
import { averageOf, sweepQuantity, sweepTotal, worseBy, type Swept } from './sweep'

export type Commission = Answer<'get', '/api/v3/account/commission'>
type Part = 'maker' | 'taker'

/** Percents from which on a price is told to be far from the market. */
const FAR = Decimal.of('5')
const SLIPPAGE_TOLD = Decimal.of('0.5')

/** The rate an account pays: of its part and of its side, with what else is charged, less a discount it has. */
export function rateOf(commission: Commission, side: Side, part: Part): Decimal {
  const { standardCommission, specialCommission, taxCommission, discount } = commission
  const of = (rates: typeof standardCommission) =>
    Decimal.of(rates[part]).plus(Decimal.of(side === 'BUY' ? rates.buyer : rates.seller))
  const isCheaper = discount.enabledForAccount && discount.enabledForSymbol
  const standard = isCheaper ? of(standardCommission).times(Decimal.of(discount.discount)) : of(standardCommission)
  return standard.plus(of(specialCommission)).plus(of(taxCommission))
}

export interface Estimate {
  quantity: Decimal | null
  /** In the quote asset. */
  total: Decimal | null
  /** Of a market order: on average, at the end, and how far from the best price in percent. */
  average: Decimal | null
  worst: Decimal | null
  slippage: Decimal | null
  /** Whether all of it is filled from what the book holds now. */
  isWhole: boolean
  part: Part
  rate: Decimal | null
  /** In the asset that is received, which is what is left of it is `received`. */
  commission: Decimal | null
  received: Decimal | null
}

const stepOf = (info: SymbolInfo): Decimal => bound(info, 'LOT_SIZE', 'stepSize') ?? Decimal.of('0.00000001')

function sweepOf(leg: Leg, around: Around): Swept | null {
  const levels = opposed(leg, around)
  if (leg.type !== 'MARKET' || levels.length === 0) return null
  if (leg.total) return sweepTotal(levels, leg.total, stepOf(around.info))
  return leg.quantity && sweepQuantity(levels, leg.quantity)
}

/** Whether a limit order would trade at once. */
export function crosses(leg: Leg, around: Around): boolean {
  const best = opposed(leg, around)[0]?.price
  if (!best || leg.type !== 'LIMIT') return false
  if (leg.peg) return leg.peg.price === 'MARKET_PEG'
  return leg.price !== null && (leg.side === 'BUY' ? leg.price.compare(best) >= 0 : leg.price.compare(best) <= 0)
}

/** Foretell what a leg does. */
export function estimate(leg: Leg, around: Around, commission: Commission | null): Estimate {
  const swept = sweepOf(leg, around)
  const quantity = swept ? swept.quantity : leg.quantity
  const total = swept ? swept.total : worthOf(leg, around)
  const part: Part = !hasLimit(leg.type) || crosses(leg, around) ? 'taker' : 'maker'
  const rate = commission && rateOf(commission, leg.side, part)
  const gross = leg.side === 'BUY' ? quantity : total
  const taken = gross && rate ? gross.times(rate).toScale(8) : null
  const average = swept && averageOf(swept, priceDecimals(around.info) + 2)
  return {
    quantity,
    total,
    average,
    worst: swept?.worst ?? null,
    slippage: average && swept?.best ? worseBy(average, swept.best, leg.side === 'BUY') : null,
    isWhole: swept?.isWhole ?? true,
    part,
    rate,
    commission: taken,
    received: gross && taken ? gross.minus(taken) : gross,
  }
}

function allowedAround(leg: Leg, { info, last }: Around): { low: Decimal | null; high: Decimal | null } {
  const bySide = leg.side === 'BUY' ? 'bidMultiplier' : 'askMultiplier'
  const factor = (end: 'Up' | 'Down') =>
    filterValue(info, 'PERCENT_PRICE_BY_SIDE', `${bySide}${end}`) ??
    filterValue(info, 'PERCENT_PRICE', `multiplier${end}`)
  const scale = decimalsOf(filterValue(info, 'PRICE_FILTER', 'tickSize'), 8)
  const times = (text: string | null) => (last && text ? last.times(Decimal.of(text)).toScale(scale) : null)
  return { low: times(factor('Down')), high: times(factor('Up')) }
}

/** What a person should think of before they send an order that the exchange would take. */
export function warningsOf(leg: Leg, around: Around, foretold: Estimate): Complaint[] {
  const found: Complaint[] = []
  const plain = (value: Decimal) => formatAmount(value)
  const place = (value: Decimal) => formatAmount(value, priceDecimals(around.info))
  if (crosses(leg, around)) found.push({ key: 'order.crosses' })
  if (!foretold.isWhole && foretold.quantity) {
    found.push({ key: 'order.thinBook', values: { quantity: `${plain(foretold.quantity)} ${around.info.baseAsset}` } })
  }
  if (foretold.slippage && foretold.slippage.compare(SLIPPAGE_TOLD) >= 0) {
    found.push({ key: 'order.slips', values: { percent: plain(foretold.slippage) } })
  }
  const { price } = leg
  const market = leg.trigger ?? around.last
  if (price && market) {
    const { low, high } = allowedAround(leg, around)
    if (low && high && (price.compare(low) < 0 || price.compare(high) > 0)) {
      found.push({ key: 'order.outOfRange', values: { low: place(low), high: place(high) } })
    } else {
      const far = worseBy(price, market, leg.side === 'BUY')
      if (far.compare(FAR) >= 0) found.push({ key: 'order.farFromMarket', values: { percent: plain(far) } })
    }
  }
  return found
}
