// The last price and the day of every symbol: read once, then kept by the stream of all of them.
import { api } from '../api/client'
import { Decimal } from '../money/decimal'
import { connection } from './connection.svelte'
import { LISTS_PER_SECOND, paced } from './pace'

export interface Ticker {
  price: string
  open: string
  high: string
  low: string
  /** Traded in 24 hours, in the base asset. */
  volume: string
  /** Traded in 24 hours, in the quote asset. */
  turnover: string
}

interface MiniTicker {
  s: string
  c: string
  o: string
  h: string
  l: string
  v: string
  q: string
}

class Tickers {
  shown = $state.raw<ReadonlyMap<string, Ticker>>(new Map())
  readonly #newest = new Map<string, Ticker>()
  readonly #draw = paced(() => (this.shown = new Map(this.#newest)), LISTS_PER_SECOND)

  /** Keep them until the returned function is called. */
  watch(): () => void {
    const read = () => void this.#read()
    read()
    const heard = (events: MiniTicker[]) => {
      for (const { s, c, o, h, l, v, q } of events)
        this.#note(s, { price: c, open: o, high: h, low: l, volume: v, turnover: q })
      this.#draw()
    }
    return connection.streams.subscribe('!miniTicker@arr', heard, read)
  }

  /** A symbol that has never traded has a price of zero, which is none. */
  #note(symbol: string, ticker: Ticker): void {
    if (!Decimal.of(ticker.price).isZero) this.#newest.set(symbol, ticker)
  }

  async #read(): Promise<void> {
    try {
      const all = await api.get('/api/v3/ticker/24hr', { type: 'MINI' })
      for (const each of Array.isArray(all) ? all : [all]) {
        this.#note(each.symbol, {
          price: each.lastPrice,
          open: each.openPrice,
          high: each.highPrice,
          low: each.lowPrice,
          volume: each.volume,
          turnover: each.quoteVolume,
        })
      }
      this.#draw()
    } catch {
      // The stream tells them as they trade.
    }
  }
}

export const tickers = new Tickers()
