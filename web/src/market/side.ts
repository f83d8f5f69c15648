// One side of a book: its levels, the best first. A change is put into its place, so that nothing is ever sorted anew.
import { Decimal } from '../money/decimal'

export interface Level {
  price: Decimal
  quantity: Decimal
}

export class BookSide {
  #levels: Level[] = []
  readonly #direction: 1 | -1

  /** `isBid`: whether the highest price is the best. */
  constructor(isBid: boolean) {
    this.#direction = isBid ? -1 : 1
  }

  /** Begin anew with levels that come the best first, as the exchange sends them. */
  begin(levels: readonly (readonly string[])[]): void {
    this.#levels = []
    for (const [price = '', quantity = ''] of levels) this.set(price, quantity)
  }

  /** Say how much there is at a price from now on; zero takes the level away. */
  set(priceText: string, quantityText: string): void {
    const price = Decimal.of(priceText)
    const quantity = Decimal.of(quantityText)
    const at = this.#placeOf(price)
    const isThere = this.#levels[at]?.price.compare(price) === 0
    if (quantity.isZero) {
      if (isThere) this.#levels.splice(at, 1)
    } else if (isThere) this.#levels[at] = { price, quantity }
    else this.#levels.splice(at, 0, { price, quantity })
  }

  /** Return the best levels. */
  best(count: number): Level[] {
    return this.#levels.slice(0, count)
  }

  /** The first index whose level is not better than a price. */
  #placeOf(price: Decimal): number {
    let [low, high] = [0, this.#levels.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const held = this.#levels[middle]
      if (held && held.price.compare(price) * this.#direction < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
