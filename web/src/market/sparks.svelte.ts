// The last day of a market as a small line. Lines are read when they are first seen, a few at a time, and kept for a while:
// a list of hundreds asks for those on the screen alone. Pixels only, so prices become binary numbers here.
import { api } from '../api/client'

const AT_ONCE_MAX = 3
const KEPT_MS = 5 * 60 * 1000
/** A day. */
const STEPS = { interval: '15m', limit: 96 } as const

class Sparks {
  #lines = $state.raw<ReadonlyMap<string, readonly number[]>>(new Map())
  readonly #readAt = new Map<string, number>()
  readonly #waiting: string[] = []
  #running = 0

  /** The prices of the last day, the oldest first; none until they are read. */
  of(symbol: string): readonly number[] {
    return this.#lines.get(symbol) ?? []
  }

  /** Have a line read, unless it was lately. */
  want(symbol: string): void {
    const readAt = this.#readAt.get(symbol)
    if (readAt !== undefined && Date.now() - readAt < KEPT_MS) return
    this.#readAt.set(symbol, Date.now())
    this.#waiting.push(symbol)
    this.#next()
  }

  #next(): void {
    while (this.#running < AT_ONCE_MAX) {
      const symbol = this.#waiting.shift()
      if (symbol === undefined) return
      this.#running += 1
      void this.#read(symbol).finally(() => {
        this.#running -= 1
        this.#next()
      })
    }
  }

  async #read(symbol: string): Promise<void> {
    try {
      const rows = await api.get('/api/v3/klines', { symbol, ...STEPS })
      const [first] = rows
      const line = [...(first ? [Number(first[1])] : []), ...rows.map((row) => Number(row[4]))]
      this.#lines = new Map(this.#lines).set(symbol, line)
    } catch {
      // Without a line there is an empty place; it is asked for again when it is seen again.
      this.#readAt.delete(symbol)
    }
  }
}

export const sparks = new Sparks()

/** Draw values as the points of a line in a box. */
export function pointsOf(values: readonly number[], width: number, height: number): string {
  const shown = values.length === 1 ? [...values, ...values] : values
  const [least, most] = [Math.min(...shown), Math.max(...shown)]
  const span = most - least
  return shown
    .map((value, index) => {
      const x = (index / (shown.length - 1)) * width
      const y = span === 0 ? height / 2 : height - ((value - least) / span) * height
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
}
