import { expect, test } from 'vitest'
import { formatAmount, formatChange, formatPercent, formatShort, readTyped } from '../src/money/format'

test.each([
  ['1234567.8900', undefined, 'en', '1,234,567.89'],
  ['1234567.8900', 2, 'de', '1.234.567,89'],
  ['0.1', 4, 'ar', '0.1000'],
  ['-1234.5', undefined, 'en', '-1,234.5'],
  ['123', undefined, 'en', '123'],
  ['90071992547409931.000000000000000001', undefined, 'en', '90,071,992,547,409,931.000000000000000001'],
])('%s with %s decimals in %s is %s', (text, scale, code, written) => {
  expect(formatAmount(text, scale, code)).toBe(written)
})

test.each([
  ['12,5', 'de', '12.5'],
  ['12.5', 'de', '12.5'],
  ['12.5', 'en', '12.5'],
  ['.5', 'en', '0.5'],
  ['1,234.5', 'en', null],
  ['-1', 'en', null],
  ['', 'en', null],
])('%j typed in %s is %s', (text, code, read) => {
  expect(readTyped(text, code)?.toString() ?? null).toBe(read)
})

test.each([
  ['12.5', undefined, 'en', '12.5%'],
  ['12.5', 2, 'de', '12,50\u00a0%'],
  ['12.5', 1, 'tr', '%12,5'],
  ['50', undefined, 'ar', '50%'],
])('%s hundredths with %s decimals in %s are %s', (text, scale, code, written) => {
  expect(formatPercent(text, scale, code)).toBe(written)
})

test.each([
  ['0.5', 'en', '+0.50%'],
  ['-0.5', 'fr', '-0,50\u00a0%'],
  ['0', 'en', '0.00%'],
])('a change of %s in %s is %s', (text, code, written) => {
  expect(formatChange(text, code)).toBe(written)
})

test.each([
  ['999.999', 'en', '999.99'],
  ['1234.5', 'en', '1.23K'],
  ['12345678.9', 'en', '12.34M'],
  ['12345678.9', 'de', '12,34\u00a0Mio.'],
  ['12345678', 'ja', '1234.56万'],
  ['99999999999.99', 'en', '99.99B'],
])('%s in %s, short, is %s', (text, code, written) => {
  expect(formatShort(text, code)).toBe(written)
})
