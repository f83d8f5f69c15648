// Every market with its day, as lists of markets show them. Watching costs one stream for all who watch.
import { listings } from './listings.svelte'
import { rowsOf, type Row } from './listing'
import { Rates } from './rates'
import { symbols } from './symbols.svelte'
import { tickers } from './tickers.svelte'

class Markets {
  readonly rates = $derived(
    new Rates(
      symbols.all.flatMap(({ symbol, baseAsset, quoteAsset }) => {
        const price = tickers.shown.get(symbol)?.price
        return price === undefined ? [] : [{ base: baseAsset, quote: quoteAsset, price }]
      }),
    ),
  )
  readonly rows: Row[] = $derived(rowsOf(symbols.all, tickers.shown, this.rates))

  /** Read the symbols and what is said of their assets. Throws `Refused` if the symbols cannot be read. */
  async read(): Promise<void> {
    void listings.read()
    await symbols.read()
  }
}

export const markets = new Markets()
