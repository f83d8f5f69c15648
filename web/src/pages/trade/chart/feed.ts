// What the chart shows of one symbol at one interval: candles read by pieces, kept by their stream. The stream is listened
// to before anything is read, so that no candle falls between the two, and of every candle that came since the last
// redraw the last state is drawn, not only of the newest. What a feed that was left behind still receives is dropped.
import type { DataLoader, KLineData } from 'klinecharts'

export const CANDLES = 500

export interface CandleSource {
  /** Read candles, the oldest first: the last ones before `endTime`, or the first ones from `startTime`. */
  read: (range: { startTime?: number; endTime?: number; limit: number }) => Promise<KLineData[]>
  /** Listen to candles as they change; stop with the returned function. */
  listen: (heard: (candle: KLineData) => void) => () => void
  /** Return a function that asks for a redraw. */
  pace: (draw: () => void) => () => void
  failed: (why: unknown) => void
  loaded: (count: number) => void
}

export class Feed implements DataLoader {
  readonly #source: CandleSource
  /** What is shown ends with this time, and not with now. */
  #until: number | null = null
  #first: Promise<KLineData[]> | null = null
  #waiting = new Map<number, KLineData>()
  #give: ((candle: KLineData) => void) | null = null
  #isAtEnd = true
  #turn = 0
  readonly #leave: () => void
  readonly #draw: () => void

  constructor(source: CandleSource) {
    this.#source = source
    this.#draw = source.pace(() => this.#giveWaiting())
    this.#leave = source.listen((candle) => {
      this.#waiting.set(candle.timestamp, candle)
      this.#draw()
    })
  }

  /** Read everything anew when asked next, up to a time or up to now. */
  forget(until: number | null = null): void {
    this.#until = until
    this.#first = null
  }

  close(): void {
    this.#turn = Infinity
    this.#give = null
    this.#leave()
  }

  getBars = async ({ type, timestamp, callback }: Parameters<DataLoader['getBars']>[0]): Promise<void> => {
    if (type === 'init') return this.#begin(callback)
    const turn = this.#turn
    try {
      const range =
        type === 'forward' ? { endTime: (timestamp ?? Date.now()) - 1 } : { startTime: (timestamp ?? Date.now()) + 1 }
      const candles = await this.#source.read({ ...range, limit: CANDLES })
      if (turn !== this.#turn) return
      const isFull = candles.length === CANDLES
      if (type === 'backward' && !isFull) this.#isAtEnd = true
      callback(candles, type === 'forward' ? { forward: isFull } : { backward: isFull })
      this.#draw()
    } catch (why) {
      if (turn !== this.#turn) return
      this.#source.failed(why)
      callback([], { forward: false, backward: false })
    }
  }

  async #begin(callback: Parameters<DataLoader['getBars']>[0]['callback']): Promise<void> {
    const turn = ++this.#turn
    this.#give = null
    const range = this.#until === null ? {} : { endTime: this.#until }
    this.#first ??= this.#source.read({ ...range, limit: CANDLES })
    try {
      const candles = await this.#first
      if (turn !== this.#turn) return
      this.#isAtEnd = this.#until === null
      this.#source.loaded(candles.length)
      // The library keeps the list it is given, and it may be given again.
      callback([...candles], { forward: candles.length === CANDLES, backward: !this.#isAtEnd })
    } catch (why) {
      this.#first = null
      if (turn !== this.#turn) return
      this.#source.failed(why)
      callback([], false)
    }
  }

  subscribeBar = ({ callback }: { callback: (candle: KLineData) => void }): void => {
    this.#give = callback
    this.#giveWaiting()
  }

  unsubscribeBar = (): void => {
    this.#give = null
  }

  #giveWaiting(): void {
    if (!this.#give || !this.#isAtEnd) {
      // Of what cannot be drawn the newest is enough: the rest is read when it is looked at.
      if (this.#waiting.size > CANDLES) this.#waiting.clear()
      return
    }
    const candles = [...this.#waiting.values()].sort((one, other) => one.timestamp - other.timestamp)
    this.#waiting.clear()
    for (const candle of candles) this.#give(candle)
  }
}
