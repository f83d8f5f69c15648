// Exact decimals for money, on BigInt: a number is its digits and how many of them stand behind the point.
//
// The API sends amounts as text and takes them as text; in between nothing is ever a binary fraction.

/** `digits` / 10^`scale`. Immutable. */
export class Decimal {
  private constructor(
    readonly digits: bigint,
    readonly scale: number,
  ) {}

  static readonly ZERO = new Decimal(0n, 0)

  /** Read plain decimal text such as `-12.50`. Returns null for anything else, exponents included. */
  static read(text: string): Decimal | null {
    const found = /^(-?)(\d{1,40})(?:\.(\d{0,30}))?$|^(-?)\.(\d{1,30})$/.exec(text.trim())
    if (!found) return null
    const sign = found[1] ?? found[4] ?? ''
    const fraction = found[3] ?? found[5] ?? ''
    const digits = BigInt((found[2] ?? '') + fraction)
    return new Decimal(sign ? -digits : digits, fraction.length)
  }

  /** Read text that is known to be a decimal, such as what the API sends. Throws RangeError for anything else. */
  static of(text: string): Decimal {
    const read = Decimal.read(text)
    if (read === null) throw new RangeError(`not a decimal: ${text}`)
    return read
  }

  private at(scale: number): bigint {
    return this.digits * 10n ** BigInt(scale - this.scale)
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(this.at(scale) + other.at(scale), scale)
  }

  minus(other: Decimal): Decimal {
    return this.plus(new Decimal(-other.digits, other.scale))
  }

  times(other: Decimal): Decimal {
    return new Decimal(this.digits * other.digits, this.scale + other.scale)
  }

  /** Divide, and round towards zero to `scale` decimals. Throws RangeError for a divisor of zero. */
  dividedBy(other: Decimal, scale: number): Decimal {
    const shift = scale + other.scale - this.scale
    const [above, below] =
      shift >= 0
        ? [this.digits * 10n ** BigInt(shift), other.digits]
        : [this.digits, other.digits * 10n ** BigInt(-shift)]
    return new Decimal(above / below, scale)
  }

  /** Round towards zero to a whole number of steps; a step of zero leaves it as it is. */
  downTo(step: Decimal): Decimal {
    if (step.digits === 0n) return this
    const scale = Math.max(this.scale, step.scale)
    const own = this.at(scale)
    return new Decimal(own - (own % step.at(scale)), scale).toScale(step.trimmed().scale)
  }

  /** Round towards zero to `scale` decimals, or fill up with zeros. */
  toScale(scale: number): Decimal {
    if (scale >= this.scale) return new Decimal(this.at(scale), scale)
    return new Decimal(this.digits / 10n ** BigInt(this.scale - scale), scale)
  }

  /** Return the same number without zeros at its end. */
  trimmed(): Decimal {
    let { digits, scale } = this
    while (scale > 0 && digits % 10n === 0n) {
      digits /= 10n
      scale -= 1
    }
    return new Decimal(digits, scale)
  }

  compare(other: Decimal): -1 | 0 | 1 {
    const scale = Math.max(this.scale, other.scale)
    const [own, others] = [this.at(scale), other.at(scale)]
    return own < others ? -1 : own > others ? 1 : 0
  }

  get isZero(): boolean {
    return this.digits === 0n
  }

  /** Write it plainly, as the API reads it. */
  toString(): string {
    const sign = this.digits < 0n ? '-' : ''
    const text = (this.digits < 0n ? -this.digits : this.digits).toString().padStart(this.scale + 1, '0')
    const point = text.length - this.scale
    return sign + (this.scale === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`)
  }
}
