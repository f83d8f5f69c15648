// What one asset is worth in another by the last prices of this exchange: exactly, as a fraction, over at most two markets.
import { Decimal } from '../money/decimal'

/** `above` / `below` units of one asset for one of another. */
export interface Rate {
  above: Decimal
  below: Decimal
}

export interface Priced {
  base: string
  quote: string
  price: string
}

export const ONE: Rate = { above: Decimal.of('1'), below: Decimal.of('1') }

/** The rates between the assets of markets that have a price. */
export class Rates {
  readonly #direct = new Map<string, Map<string, Rate>>()

  constructor(markets: Iterable<Priced>) {
    for (const { base, quote, price } of markets) {
      const known = Decimal.of(price)
      if (known.isZero) continue
      this.#note(base, quote, { above: known, below: ONE.below })
      this.#note(quote, base, { above: ONE.below, below: known })
    }
  }

  /** List the assets that have a price in something. */
  get assets(): string[] {
    return [...this.#direct.keys()]
  }

  /** What one of `from` is worth in `to`: by their own market, else over one asset that both are traded for. */
  between(from: string, to: string): Rate | null {
    if (from === to) return ONE
    const own = this.#direct.get(from)
    const direct = own?.get(to)
    if (direct) return direct
    for (const [over, first] of own ?? []) {
      const second = this.#direct.get(over)?.get(to)
      if (second) return { above: first.above.times(second.above), below: first.below.times(second.below) }
    }
    return null
  }

  #note(from: string, to: string, rate: Rate): void {
    const known = this.#direct.get(from) ?? new Map<string, Rate>()
    known.set(to, rate)
    this.#direct.set(from, known)
  }
}

/** Convert an amount; rounded down to `scale` decimals. */
export const convert = (amount: Decimal, { above, below }: Rate, scale: number): Decimal =>
  amount.times(above).dividedBy(below, scale)
