import { expect, test } from 'vitest'
import { formatAmount, readTyped } from '../src/money/format'

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
