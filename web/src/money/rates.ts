// What amounts are worth in the money a person thinks in, by the exchange's rates for showing. Exact until it is written.
import type { Answer } from '../api/client'
import { Decimal } from './decimal'

type Told = Answer<'get', '/account/v1/display-rates'>

/** Assets that worth may be shown in beside currencies. */
export const ASSET_UNITS = ['BTC', 'ETH', 'USDT'] as const
const PLACES = 18

/** Rates at one moment. */
export interface Rates {
  /** The asset that prices are told in. */
  unit: string
  /** What one of an asset is in the unit. */
  prices: ReadonlyMap<string, Decimal>
  /** What one unit is in a currency. */
  currencies: ReadonlyMap<string, Decimal>
  /** Of when a currency's rate is, in milliseconds, and who says so. */
  origins: ReadonlyMap<string, { time: number; source: string }>
}

export function readRates(told: Told): Rates {
  return {
    unit: told.unit,
    prices: new Map(told.assets.map(({ asset, price }) => [asset, Decimal.of(price)])),
    currencies: new Map(told.currencies.map(({ currency, rate }) => [currency, Decimal.of(rate)])),
    origins: new Map(told.currencies.map(({ currency, time, source }) => [currency, { time, source }])),
  }
}

/** Tell what worth may be shown in: currencies, then assets. */
export function choicesOf(rates: Rates): string[] {
  return [...rates.currencies.keys(), ...ASSET_UNITS.filter((asset) => rates.prices.has(asset))]
}

/** Return what one of a unit of the exchange is in what worth is shown in; null where that is not known. */
function rateInto(rates: Rates, into: string): Decimal | null {
  const price = rates.prices.get(into)
  const isAsset = (ASSET_UNITS as readonly string[]).includes(into)
  if (!isAsset) return rates.currencies.get(into) ?? null
  return price && !price.isZero ? Decimal.of('1').dividedBy(price, PLACES) : null
}

/** Return what an amount of an asset, or of a currency, is worth; null where that is not known. */
export function worthOf(rates: Rates, asset: string, amount: Decimal, into: string): Decimal | null {
  if (asset === into) return amount
  const rate = rateInto(rates, into)
  if (rate === null) return null
  const price = rates.prices.get(asset)
  if (price) return amount.times(price).times(rate)
  const currency = rates.currencies.get(asset)
  return currency && !currency.isZero ? amount.times(rate).dividedBy(currency, PLACES) : null
}
