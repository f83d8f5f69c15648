// The symbols of the exchange with the rules their orders follow, read once, and read again when asked.
import { api, type Answer } from '../api/client'

export type SymbolInfo = Answer<'get', '/api/v3/exchangeInfo'>['symbols'][number]
type Filter = Record<string, string | number | boolean | undefined> & { filterType: string }

class Symbols {
  all = $state.raw<SymbolInfo[]>([])
  #reading: Promise<void> | null = null

  /** Read them, unless they are there. Throws `Refused`. */
  async read(): Promise<void> {
    if (this.all.length > 0) return
    this.#reading ??= api
      .get('/api/v3/exchangeInfo', {})
      .then((info) => void (this.all = info.symbols))
      .finally(() => (this.#reading = null))
    await this.#reading
  }

  find(name: string): SymbolInfo | undefined {
    return this.all.find((each) => each.symbol === name)
  }

  /** Name a symbol as its pair, as in `BTC/USDT`; by itself where it is not known. */
  pairOf(name: string): string {
    const info = this.find(name)
    return info ? pairName(info) : name
  }
}

export const symbols = new Symbols()

export const pairName = ({ baseAsset, quoteAsset }: Pick<SymbolInfo, 'baseAsset' | 'quoteAsset'>): string =>
  `${baseAsset}/${quoteAsset}`

/** Return a value of a symbol's filter, or null where it has none. */
export function filterValue(info: SymbolInfo, filter: string, name: string): string | null {
  const found = (info.filters as unknown as Filter[]).find((each) => each.filterType === filter)
  const value = found?.[name]
  return value === undefined ? null : String(value)
}

/** How many decimals a step such as `0.01000000` has. */
export function decimalsOf(step: string | null, otherwise: number): number {
  if (step === null || !/[1-9]/.test(step)) return otherwise
  return step.replace(/0+$/, '').split('.')[1]?.length ?? 0
}

/** How many decimals a symbol's prices are shown with. */
export const priceDecimals = (info: SymbolInfo): number => decimalsOf(filterValue(info, 'PRICE_FILTER', 'tickSize'), 8)

/** How many decimals its quantities are shown with. */
export const quantityDecimals = (info: SymbolInfo): number => decimalsOf(filterValue(info, 'LOT_SIZE', 'stepSize'), 8)
