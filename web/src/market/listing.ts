// Lists of markets: which of them, and in which order.
import { Decimal } from '../money/decimal'
import { changePercent } from './change'
import { convert, type Rates } from './rates'
import { pairName, type SymbolInfo } from './symbols.svelte'
import type { Ticker } from './tickers.svelte'

export interface Row {
  info: SymbolInfo
  ticker: Ticker | undefined
  percent: Decimal | null
  /** Turnover of the day in one unit for all, so that markets compare; null where it is not known. */
  worth: Decimal | null
}

/** In what the turnovers of markets are compared. */
export const UNIT = 'USDT'
const WORTH_SCALE = 2

export function rowsOf(symbols: readonly SymbolInfo[], tickers: ReadonlyMap<string, Ticker>, rates: Rates): Row[] {
  return symbols.map((info) => {
    const ticker = tickers.get(info.symbol)
    const percent = ticker ? changePercent(ticker.open, ticker.price) : null
    const rate = ticker && rates.between(info.quoteAsset, UNIT)
    return {
      info,
      ticker,
      percent: percent === null ? null : Decimal.of(percent),
      worth: ticker && rate ? convert(Decimal.of(ticker.turnover), rate, WORTH_SCALE) : null,
    }
  })
}

/** The assets that markets are quoted in, the most used first. */
export function quotesOf(symbols: readonly SymbolInfo[]): string[] {
  const counts = new Map<string, number>()
  for (const { quoteAsset } of symbols) counts.set(quoteAsset, (counts.get(quoteAsset) ?? 0) + 1)
  return [...counts.entries()].toSorted((one, other) => other[1] - one[1]).map(([quote]) => quote)
}

export interface Wish {
  text?: string
  quote?: string | null
  /** Only these. */
  among?: ReadonlySet<string> | null
  /** Only markets of these assets. */
  bases?: ReadonlySet<string> | null
  /** Full names of assets, to be found by. */
  names?: ReadonlyMap<string, string>
}

export function chosen(rows: readonly Row[], { text = '', quote, among, bases, names }: Wish): Row[] {
  const wanted = text.trim().toUpperCase().replace(/\s+/g, '')
  return rows.filter(({ info }) => {
    if (quote && info.quoteAsset !== quote) return false
    if (among && !among.has(info.symbol)) return false
    if (bases && !bases.has(info.baseAsset)) return false
    const called = (names?.get(info.baseAsset) ?? '').toUpperCase().replace(/\s+/g, '')
    return [info.symbol, pairName(info), called].some((each) => each.includes(wanted))
  })
}

export type Column = 'symbol' | 'price' | 'change' | 'high' | 'low' | 'turnover'

/** Sort; what has no value comes last in either direction. */
export function sorted(rows: readonly Row[], column: Column, isRising: boolean): Row[] {
  if (column === 'symbol') {
    const byName = rows.toSorted((one, other) => (one.info.symbol < other.info.symbol ? -1 : 1))
    return isRising ? byName : byName.toReversed()
  }
  const valueOf = (row: Row): Decimal | null => {
    if (column === 'change') return row.percent
    if (column === 'turnover') return row.worth
    return row.ticker ? Decimal.of(row.ticker[column]) : null
  }
  const valued = rows.map((row) => ({ row, value: valueOf(row) }))
  return valued
    .toSorted((one, other) => {
      if (one.value === null || other.value === null) return Number(one.value === null) - Number(other.value === null)
      return one.value.compare(other.value) * (isRising ? 1 : -1)
    })
    .map(({ row }) => row)
}
