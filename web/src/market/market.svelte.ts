// One symbol's market while a page shows it: its book and its last trades, redrawn at the pace of `pace`.
import { api } from '../api/client'
import { LocalBook, type DepthChange, type DepthSnapshot, type Level } from './book'
import { connection } from './connection.svelte'
import { BOOK_PER_SECOND, paced } from './pace'

/** Of each side, the best first: enough for the depth and for what an order would do. */
export const LEVELS = 1_000
export const TRADES = 100
const SNAPSHOT_LEVELS = 1_000
const SNAPSHOT_AGAIN_MS = 1_000

export interface Trade {
  id: number
  price: string
  quantity: string
  time: number
  isSell: boolean
}

interface TradeEvent {
  t: number
  p: string
  q: string
  T: number
  m: boolean
}

export class Market {
  bids = $state.raw<Level[]>([])
  asks = $state.raw<Level[]>([])
  trades = $state.raw<Trade[]>([])
  readonly #symbol: string
  readonly #book: LocalBook
  #isOver = false
  /** How often a snapshot was asked for: one that was asked for before the last time is too old. */
  #asked = 0
  #isReading = false
  #newest: Trade[] = []
  readonly #leave: (() => void)[]

  constructor(symbol: string) {
    this.#symbol = symbol
    this.#book = new LocalBook(() => void this.#readBook())
    const stream = symbol.toLowerCase()
    const drawBook = paced(() => this.#drawBook(), BOOK_PER_SECOND)
    const drawTrades = paced(() => (this.trades = this.#newest), BOOK_PER_SECOND)
    this.#leave = [
      connection.streams.subscribe<DepthChange>(
        `${stream}@depth@100ms`,
        (change) => {
          if (this.#book.change(change)) drawBook()
        },
        () => this.#book.restart(),
      ),
      connection.streams.subscribe<TradeEvent>(
        `${stream}@trade`,
        ({ t, p, q, T, m }) => {
          this.#newest = [{ id: t, price: p, quantity: q, time: T, isSell: m }, ...this.#newest].slice(0, TRADES)
          drawTrades()
        },
        () => void this.#readTrades(),
      ),
    ]
    // Something to see as soon as can be; it is read anew once the streams have begun.
    this.#book.restart()
    void this.#readTrades()
  }

  /** Let go of the streams. */
  close(): void {
    this.#isOver = true
    for (const leave of this.#leave) leave()
  }

  /** A whole side of the book, best first, as it is when what is drawn changes: as deep as it is known. */
  whole(side: 'bids' | 'asks'): Level[] {
    void this[side]
    return this.#book[side](Infinity)
  }

  #drawBook(): void {
    this.bids = this.#book.bids(LEVELS)
    this.asks = this.#book.asks(LEVELS)
  }

  async #readBook(): Promise<void> {
    this.#asked += 1
    if (this.#isReading || this.#isOver) return
    this.#isReading = true
    const asked = this.#asked
    let isThere = false
    try {
      const read = await api.get('/api/v3/depth', { symbol: this.#symbol, limit: SNAPSHOT_LEVELS })
      if (asked === this.#asked) isThere = this.#book.begin(read as DepthSnapshot)
    } catch {
      // It is read again below.
    }
    this.#isReading = false
    if (isThere) this.#drawBook()
    // It was asked for anew meanwhile: by a stream that began, or by a gap in what had waited for this snapshot.
    if (asked !== this.#asked) void this.#readBook()
    else if (!isThere) setTimeout(() => this.#book.isReady || void this.#readBook(), SNAPSHOT_AGAIN_MS)
  }

  async #readTrades(): Promise<void> {
    try {
      const read = await api.get('/api/v3/trades', { symbol: this.#symbol, limit: TRADES })
      const known = new Map(this.#newest.map((each) => [each.id, each]))
      for (const { id, price, qty, time, isBuyerMaker } of read) {
        known.set(id, { id, price, quantity: qty, time, isSell: isBuyerMaker })
      }
      this.#newest = [...known.values()].sort((one, other) => other.id - one.id).slice(0, TRADES)
      this.trades = this.#newest
    } catch {
      // The stream tells them as they come.
    }
  }
}
