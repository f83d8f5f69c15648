import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chosen, quotesOf, rowsOf, sorted, type Column } from '../src/market/listing'
import { Rates, convert } from '../src/market/rates'
import type { SymbolInfo } from '../src/market/symbols.svelte'
import type { Ticker } from '../src/market/tickers.svelte'
import { Decimal } from '../src/money/decimal'

const symbol = (baseAsset: string, quoteAsset: string) =>
  ({ symbol: baseAsset + quoteAsset, baseAsset, quoteAsset }) as SymbolInfo
const ticker = (price: string, open: string, turnover: string): Ticker => ({
  price,
  open,
  high: price,
  low: open,
  volume: '1',
  turnover,
})

const SYMBOLS = [symbol('BTC', 'USDT'), symbol('ETH', 'BTC'), symbol('ADA', 'USDT'), symbol('EUR', 'USDT')]
const TICKERS = new Map([
  ['BTCUSDT', ticker('60000.00', '50000.00', '1000')],
  ['ETHBTC', ticker('0.05', '0.1', '2')],
  ['EURUSDT', ticker('1.25', '1.25', '10')],
])
const rates = new Rates([
  { base: 'BTC', quote: 'USDT', price: '60000.00' },
  { base: 'ETH', quote: 'BTC', price: '0.05' },
  { base: 'EUR', quote: 'USDT', price: '1.25' },
])
const rows = rowsOf(SYMBOLS, TICKERS, rates)
const names = (found: typeof rows) => found.map(({ info }) => info.symbol)

test.each([
  ['BTC', 'USDT', '60000'],
  ['USDT', 'EUR', '0.8'],
  ['ETH', 'USDT', '3000'],
  ['EUR', 'BTC', '0.00002083'],
  ['BTC', 'BTC', '1'],
])('one %s is worth %s %s', (from, to, worth) => {
  const rate = rates.between(from, to)
  expect(rate && convert(Decimal.of('1'), rate, 8).trimmed().toString()).toBe(worth)
})

test('what has no price has no rate', () => {
  expect(rates.between('ADA', 'USDT')).toBeNull()
  expect(new Rates([{ base: 'ADA', quote: 'USDT', price: '0.000' }]).between('ADA', 'USDT')).toBeNull()
})

test('there and back is what one began with, but for the last decimal', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (units) => {
      const amount = Decimal.of(`${units}`).dividedBy(Decimal.of('100000000'), 8)
      const [there, back] = [rates.between('ETH', 'USDT'), rates.between('USDT', 'ETH')]
      if (!there || !back) throw new Error('no rate')
      const returned = convert(convert(amount, there, 18), back, 8)
      expect(amount.minus(returned).compare(Decimal.of('0.00000001'))).toBeLessThanOrEqual(0)
      expect(returned.compare(amount)).toBeLessThanOrEqual(0)
    }),
  )
})

test('markets are found by symbol, pair, name, quote, mark and filing', () => {
  expect(names(chosen(rows, { text: 'btc' }))).toEqual(['BTCUSDT', 'ETHBTC'])
  expect(names(chosen(rows, { text: 'eth / b' }))).toEqual(['ETHBTC'])
  expect(names(chosen(rows, { text: 'card', names: new Map([['ADA', 'Cardano']]) }))).toEqual(['ADAUSDT'])
  expect(names(chosen(rows, { quote: 'BTC' }))).toEqual(['ETHBTC'])
  expect(names(chosen(rows, { among: new Set(['ADAUSDT']) }))).toEqual(['ADAUSDT'])
  expect(names(chosen(rows, { bases: new Set(['EUR']) }))).toEqual(['EURUSDT'])
  expect(quotesOf(SYMBOLS)).toEqual(['USDT', 'BTC'])
})

test.each<[Column, boolean, string[]]>([
  ['symbol', true, ['ADAUSDT', 'BTCUSDT', 'ETHBTC', 'EURUSDT']],
  ['price', false, ['BTCUSDT', 'EURUSDT', 'ETHBTC', 'ADAUSDT']],
  ['change', true, ['ETHBTC', 'EURUSDT', 'BTCUSDT', 'ADAUSDT']],
  ['turnover', false, ['ETHBTC', 'BTCUSDT', 'EURUSDT', 'ADAUSDT']],
  ['turnover', true, ['EURUSDT', 'BTCUSDT', 'ETHBTC', 'ADAUSDT']],
])('sorted by %s, rising %s', (column, isRising, expected) => {
  expect(names(sorted(rows, column, isRising))).toEqual(expected)
})
