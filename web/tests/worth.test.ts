import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '../src/money/decimal'
import { formatMoney, nameOfCurrency } from '../src/money/format'
import { choicesOf, readRates, worthOf } from '../src/money/rates'

const rates = readRates({
  unit: 'USDT',
  time: 2,
  currencies: [
    { currency: 'EUR', rate: '0.8', source: 'MARKET', time: 2 },
    { currency: 'JPY', rate: '157.142857142857', source: 'ECB', time: 1 },
    { currency: 'USD', rate: '1', source: 'ECB', time: 1 },
  ],
  assets: [
    { asset: 'BTC', price: '100000' },
    { asset: 'SHIB', price: '0.00001' },
    { asset: 'USDT', price: '1' },
  ],
})
const worth = (asset: string, amount: string, into: string) =>
  worthOf(rates, asset, Decimal.of(amount), into)?.trimmed().toString() ?? null

test.each([
  ['BTC', '0.5', 'EUR', '40000'],
  ['BTC', '0.5', 'USDT', '50000'],
  ['BTC', '0.5', 'BTC', '0.5'],
  ['USDT', '1', 'BTC', '0.00001'],
  ['SHIB', '123456789.12345678', 'USD', '1234.5678912345678'],
  ['EUR', '8', 'USD', '10'],
  ['EUR', '8', 'EUR', '8'],
  ['PEPE', '8', 'EUR', null],
  ['BTC', '8', 'QQQ', null],
  ['BTC', '8', 'ETH', null],
])('%s %s in %s is %s', (asset, amount, into, is) => {
  expect(worth(asset, amount, into)).toBe(is)
})

test('worth may be shown in every currency and in the assets that have a price', () => {
  expect(choicesOf(rates)).toEqual(['EUR', 'JPY', 'USD', 'BTC', 'USDT'])
})

test('what parts are worth is what the whole is worth', () => {
  const amounts = fc.array(fc.bigInt(0n, 10n ** 18n), { maxLength: 20 })
  fc.assert(
    fc.property(amounts, (units) => {
      const spell = (each: bigint) => Decimal.of('0.00000001').times(Decimal.of(String(each)))
      const zero = Decimal.ZERO
      const parts = units.map((each) => worthOf(rates, 'BTC', spell(each), 'JPY') ?? zero)
      const whole = worthOf(rates, 'BTC', spell(units.reduce((sum, each) => sum + each, 0n)), 'JPY') ?? zero
      expect(parts.reduce((sum, each) => sum.plus(each), zero).compare(whole)).toBe(0)
    }),
  )
})

test.each([
  ['1234567.899', 'EUR', 'de', '1.234.567,89\u00a0€'],
  ['1234567.899', 'USD', 'en', '$1,234,567.89'],
  ['1234567.899', 'JPY', 'en', '¥1,234,567'],
  ['90071992547409931.019', 'USD', 'en', '$90,071,992,547,409,931.01'],
  ['1.5', 'BTC', 'en', '1.50000000\u00a0BTC'],
  ['1234.567', 'USDT', 'de', '1.234,56\u00a0USDT'],
])('%s %s in %s is %s', (amount, currency, code, written) => {
  expect(formatMoney(amount, currency, { code })).toBe(written)
})

test('a price below one keeps its places', () => {
  expect(formatMoney('0.0000123', 'USD', { isPrice: true, code: 'en' })).toBe('$0.0000123')
  expect(formatMoney('0.0000123', 'USD', { code: 'en' })).toBe('$0.00')
})

test('currencies have names', () => {
  expect(nameOfCurrency('EUR', 'de')).toBe('Euro')
  expect(nameOfCurrency('USDT', 'de')).toBe('USDT')
})
