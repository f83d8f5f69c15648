import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BookSide } from '../src/market/side'
import { Decimal } from '../src/money/decimal'
import { averageOf, percentOf, rowsOf, stepFor, stepsOf } from '../src/pages/trade/book/grouping'

const level = (price: string, quantity: string) => ({ price: Decimal.of(price), quantity: Decimal.of(quantity) })
const texts = (rows: { price: Decimal; quantity: Decimal; sumQuantity: Decimal }[]) =>
  rows.map((row) => [row.price, row.quantity, row.sumQuantity].map(String))

test('steps are the tick and powers of ten of it, as far as the price makes sense of them', () => {
  const steps = (tick: string, price: string | null) =>
    stepsOf(Decimal.of(tick), price ? Decimal.of(price) : null).map(String)
  expect(steps('0.01000000', '64000')).toEqual(['0.01', '0.1', '1', '10', '100'])
  expect(steps('0.00010000', '0.55')).toEqual(['0.0001', '0.001', '0.01'])
  expect(steps('1', null)).toEqual(['1', '10', '100', '1000', '10000'])
})

test('no row promises a better price than there is', () => {
  expect(stepFor(Decimal.of('64.07'), Decimal.of('0.1'), 'bid').toString()).toBe('64.0')
  expect(stepFor(Decimal.of('64.07'), Decimal.of('0.1'), 'ask').toString()).toBe('64.1')
  expect(stepFor(Decimal.of('64.10'), Decimal.of('0.1'), 'ask').toString()).toBe('64.1')
})

test('levels under one step are one row, with sums and what is own', () => {
  const asks = [level('10.01', '1'), level('10.05', '2'), level('10.11', '4'), level('10.31', '8')]
  const own = [{ price: Decimal.of('10.05'), quantity: Decimal.of('0.5') }]
  const rows = rowsOf(asks, 'ask', Decimal.of('0.1'), 2, own)
  expect(texts(rows)).toEqual([
    ['10.1', '3', '3'],
    ['10.2', '4', '7'],
  ])
  expect(rows.map((row) => row.own.toString())).toEqual(['0.5', '0'])
  expect(rows[1]?.sumValue.toString()).toBe('70.55')
  expect(rows[1] && averageOf(rows[1], 2)?.toString()).toBe('10.07')
  expect(percentOf(Decimal.of('1'), Decimal.of('3'))).toBe(33)
  expect(percentOf(Decimal.of('1'), Decimal.ZERO)).toBe(0)
})

test('a side keeps its order and what was said last, whatever is said', () => {
  const changes = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 })))
  fc.assert(
    fc.property(changes, fc.boolean(), (said, isBid) => {
      const side = new BookSide(isBid)
      const last = new Map<number, number>()
      for (const [price, quantity] of said) {
        side.set(`${price}.00`, `${quantity}`)
        last.set(price, quantity)
      }
      const wanted = [...last]
        .filter(([, quantity]) => quantity > 0)
        .sort(([one], [other]) => (isBid ? other - one : one - other))
      expect(side.best(100).map(({ price, quantity }) => [Number(price), Number(quantity)])).toEqual(wanted)
    }),
  )
})

test('nothing is lost or counted twice by grouping', () => {
  const levels = fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(levels, fc.constantFrom('0.01', '0.1', '1', '10'), fc.boolean(), (prices, step, isBid) => {
      const sorted = prices.sort((one, other) => (isBid ? other - one : one - other))
      const given = sorted.map((price) => level((price / 100).toFixed(2), '1.5'))
      const rows = rowsOf(given, isBid ? 'bid' : 'ask', Decimal.of(step), 1000)
      const sum = rows.reduce((all, { quantity }) => all.plus(quantity), Decimal.ZERO)
      expect(Number(sum)).toBe(prices.length * 1.5)
      expect(Number(rows.at(-1)?.sumQuantity)).toBe(prices.length * 1.5)
      const shown = rows.map((row) => row.price.toString())
      expect(new Set(shown).size).toBe(shown.length)
    }),
  )
})
