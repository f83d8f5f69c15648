import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '../src/money/decimal'

// The reference counts in units of 10^-12 on BigInt, which every number of these tests is a whole number of.
const UNIT = 12
const plain = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: UNIT }))
  .map(([digits, scale]) => {
    const sign = digits < 0n ? '-' : ''
    const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
    const at = text.length - scale
    return {
      text: sign + (scale ? `${text.slice(0, at)}.${text.slice(at)}` : text),
      units: digits * 10n ** BigInt(UNIT - scale),
    }
  })
const units = (decimal: Decimal, scale = UNIT): bigint => {
  expect(decimal.scale).toBeLessThanOrEqual(scale)
  return decimal.digits * 10n ** BigInt(scale - decimal.scale)
}

test('what is read is written', () => {
  fc.assert(
    fc.property(
      plain,
      ({ text }) => void expect(Decimal.of(text).toString()).toBe(text.replace(/^-(0(\.0*)?)$/, '$1')),
    ),
  )
})

test('sums, differences and products are exact', () => {
  fc.assert(
    fc.property(plain, plain, (one, other) => {
      const [a, b] = [Decimal.of(one.text), Decimal.of(other.text)]
      expect(units(a.plus(b))).toBe(one.units + other.units)
      expect(units(a.minus(b))).toBe(one.units - other.units)
      expect(units(a.times(b), 2 * UNIT)).toBe(one.units * other.units)
      expect(a.compare(b)).toBe(one.units < other.units ? -1 : one.units > other.units ? 1 : 0)
    }),
  )
})

test('a quotient is rounded towards zero, by less than one step', () => {
  fc.assert(
    fc.property(plain, plain, fc.integer({ min: 0, max: UNIT }), (one, other, scale) => {
      fc.pre(other.units !== 0n)
      const quotient = Decimal.of(one.text).dividedBy(Decimal.of(other.text), scale)
      expect(quotient.scale).toBe(scale)
      expect(quotient.digits).toBe((one.units * 10n ** BigInt(scale)) / other.units)
    }),
  )
})

test('rounding down to a step leaves a multiple that is not further from zero', () => {
  fc.assert(
    fc.property(plain, plain, (one, step) => {
      const down = Decimal.of(one.text).downTo(Decimal.of(step.text))
      if (step.units === 0n) return void expect(down.compare(Decimal.of(one.text))).toBe(0)
      expect(units(down)).toBe(one.units - (one.units % step.units))
    }),
  )
})

test.each(['', '-', '.', '1e5', '1,5', '0x1', 'NaN', ' 1 2', '--1', '1'.repeat(60)])('%j is no decimal', (text) => {
  expect(Decimal.read(text)).toBeNull()
  expect(() => Decimal.of(text)).toThrow(RangeError)
})

test('nothing is divided by zero', () => {
  expect(() => Decimal.of('1').dividedBy(Decimal.ZERO, 2)).toThrow(RangeError)
})
