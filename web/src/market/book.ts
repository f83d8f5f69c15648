// A copy of an order book, kept by its stream of changes. Changes that come before the snapshot wait for it; one that
// does not follow on what is held means that something was missed, and the book is read anew.
// Source: the API's page on WebSocket streams, "How to manage a local order book correctly".
import { BookSide, type Level } from './side'

export type { Level }

export interface DepthChange {
  /** First and last update it contains. */
  U: number
  u: number
  b: [string, string][]
  a: [string, string][]
}

export interface DepthSnapshot {
  lastUpdateId: number
  bids: string[][]
  asks: string[][]
}

export const WAITING_MAX = 1_000

/** One book. `resync` asks for a snapshot, which is given to `begin`. */
export class LocalBook {
  readonly #bids = new BookSide(true)
  readonly #asks = new BookSide(false)
  #lastUpdate: number | null = null
  #waiting: DepthChange[] = []
  readonly #resync: () => void

  constructor(resync: () => void) {
    this.#resync = resync
  }

  /** Whether it holds a book. */
  get isReady(): boolean {
    return this.#lastUpdate !== null
  }

  /** Take a change of the stream. Returns whether the book is another now. */
  change(change: DepthChange): boolean {
    if (this.#lastUpdate === null) {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(change)
      return false
    }
    if (change.u <= this.#lastUpdate) return false
    if (change.U > this.#lastUpdate + 1) {
      this.restart()
      this.#waiting.push(change)
      return false
    }
    this.#apply(change)
    return true
  }

  /** Forget the book and ask for a snapshot. */
  restart(): void {
    this.#lastUpdate = null
    this.#waiting = []
    this.#resync()
  }

  /** Begin with a snapshot; the changes that waited are applied on it, or it is too old and another is asked for. */
  begin(snapshot: DepthSnapshot): boolean {
    const first = this.#waiting.find((each) => each.u > snapshot.lastUpdateId)
    if (first && first.U > snapshot.lastUpdateId + 1) {
      this.#resync()
      return false
    }
    this.#bids.begin(snapshot.bids)
    this.#asks.begin(snapshot.asks)
    this.#lastUpdate = snapshot.lastUpdateId
    const waiting = this.#waiting
    this.#waiting = []
    for (const each of waiting) this.change(each)
    return true
  }

  /** Return the best bids, highest first. */
  bids(count: number): Level[] {
    return this.#bids.best(count)
  }

  /** Return the best asks, lowest first. */
  asks(count: number): Level[] {
    return this.#asks.best(count)
  }

  #apply(change: DepthChange): void {
    for (const [price, quantity] of change.b) this.#bids.set(price, quantity)
    for (const [price, quantity] of change.a) this.#asks.set(price, quantity)
    this.#lastUpdate = change.u
  }
}
