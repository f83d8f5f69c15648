import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Rates } from '../src/market/rates'
import { pointsOf } from '../src/market/sparks.svelte'
import { Decimal } from '../src/money/decimal'
import type { Rates as ShownRates } from '../src/money/rates'
import { converted, inverse, rateBetween } from '../src/pages/coin/converting'
import { nearest, placed } from '../src/pages/coin/ranges'
import { treemap } from '../src/pages/markets/treemap'

const markets = new Rates([
  { base: 'BTC', quote: 'USDT', price: '60000' },
  { base: 'ETH', quote: 'BTC', price: '0.05' },
])
const shown: ShownRates = {
  unit: 'USDT',
  prices: new Map([['SOL', Decimal.of('150')]]),
  currencies: new Map([
    ['USD', Decimal.of('1')],
    ['EUR', Decimal.of('0.8')],
  ]),
  origins: new Map(),
}

test.each([
  ['1', 'BTC', 'USDT', '60000'],
  ['1', 'ETH', 'EUR', '2400'],
  ['2400', 'EUR', 'ETH', '1'],
  ['2', 'SOL', 'EUR', '240'],
  ['1', 'EUR', 'USD', '1.25'],
  ['0', 'BTC', 'EUR', '0'],
])('%s %s is %s %s', (amount, from, to, expected) => {
  expect(converted(Decimal.of(amount), rateBetween(from, to, markets, shown), 8)).toBe(expected)
})

test('without a rate or a number there is no amount', () => {
  expect(rateBetween('BTC', 'XYZ', markets, shown)).toBeNull()
  expect(rateBetween('BTC', 'EUR', markets, null)).toBeNull()
  expect(converted(null, rateBetween('BTC', 'USDT', markets, shown), 8)).toBe('')
  expect(converted(Decimal.of('1'), null, 8)).toBe('')
})

test('a rate turned around leads back', () => {
  const rate = rateBetween('ETH', 'EUR', markets, shown)
  if (!rate) throw new Error('no rate')
  expect(converted(Decimal.of('2400'), inverse(rate), 8)).toBe('1')
})

test('tiles fill their box, each as large as its share', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }), (sizes) => {
      const tiles = treemap(sizes, (size) => size, 640, 360)
      const total = sizes.reduce((sum, size) => sum + size, 0)
      expect(tiles.length).toBe(sizes.length)
      for (const { item, x, y, width, height } of tiles) {
        expect(width * height).toBeCloseTo((item / total) * 640 * 360, 3)
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-0.01)
        expect(x + width).toBeLessThanOrEqual(640.01)
        expect(y + height).toBeLessThanOrEqual(360.01)
      }
    }),
  )
  expect(treemap([0, -1], (size) => size, 10, 10)).toEqual([])
})

test('lines and places of a chart', () => {
  expect(pointsOf([1, 3, 2], 10, 4)).toBe('0.0,4.0 5.0,0.0 10.0,2.0')
  expect(pointsOf([5], 10, 4)).toBe('0.0,2.0 10.0,2.0')
  const places = placed(
    [
      { time: 0, price: '1' },
      { time: 10, price: '3' },
      { time: 40, price: '2' },
    ],
    80,
    10,
  )
  expect(places).toEqual([
    { x: 0, y: 10 },
    { x: 20, y: 0 },
    { x: 80, y: 5 },
  ])
  expect(nearest(places, 45)).toBe(1)
  expect(nearest(places, 79)).toBe(2)
})
