// What an amount of one thing is in another: coins by the exchange's own prices, currencies by its rates for showing.
import { ONE, convert, type Rate, type Rates as MarketRates } from '../../market/rates'
import { Decimal } from '../../money/decimal'
import type { Rates as ShownRates } from '../../money/rates'

export const COIN_DECIMALS = 8
export const CURRENCY_DECIMALS = 2

/** Find the rate: by markets, else over the unit of the rates for showing; null where neither tells. */
export function rateBetween(from: string, to: string, markets: MarketRates, shown: ShownRates | null): Rate | null {
  const direct = markets.between(from, to)
  if (direct || !shown) return direct
  const [one, other] = [inUnit(from, markets, shown), inUnit(to, markets, shown)]
  if (!one || !other || other.above.isZero) return null
  return { above: one.above.times(other.below), below: one.below.times(other.above) }
}

/** What one of something is in the unit of the rates for showing. */
function inUnit(what: string, markets: MarketRates, shown: ShownRates): Rate | null {
  const market = markets.between(what, shown.unit)
  if (market) return market
  const price = shown.prices.get(what)
  if (price && !price.isZero) return { above: price, below: ONE.below }
  const currency = shown.currencies.get(what)
  return currency && !currency.isZero ? { above: ONE.above, below: currency } : null
}

/** Turn a rate around. */
export const inverse = ({ above, below }: Rate): Rate => ({ above: below, below: above })

/** Write what was typed in one field into the other; nothing for what is no number. */
export function converted(typed: Decimal | null, rate: Rate | null, decimals: number): string {
  if (typed === null || rate === null || rate.below.isZero) return ''
  return convert(typed, rate, decimals).trimmed().toString()
}
