// What is typed from a printed statement.
import { expect, test } from 'vitest'
import { groupsOf, isPeriod, readMoment, readReference } from '../src/pages/admin/people/printed'

const at = (text: string) => Date.parse(text)

test.each([
  ['2026-01-31 23:59:59.999', 'last', '2026-01-31T23:59:59.999Z'],
  ['  2026-01-31   23:59:59.120 ', 'last', '2026-01-31T23:59:59.120Z'],
  ['\u20662026-01-31 23:59:59.120\u2069', 'first', '2026-01-31T23:59:59.120Z'],
  ['2026-01-31 10:20:30', 'first', '2026-01-31T10:20:30.000Z'],
  ['2026-01-31 10:20:30', 'last', '2026-01-31T10:20:30.999Z'],
  ['2026-01-31', 'first', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31', 'last', '2026-01-31T23:59:59.999Z'],
] as const)('%j is, at its %s, %s', (text, end, expected) => {
  expect(readMoment(text, end)).toBe(at(expected))
})

test.each(['', '2026-02-30', '31.01.2026', '2026-01-31 25:00:00.000', '2026-01-31 10:20', '1767225600000'])(
  '%j is no time',
  (text) => {
    expect(readMoment(text, 'first')).toBeNull()
  },
)

test('a period is a year at most and does not end before it begins', () => {
  expect(isPeriod(at('2024-01-01'), at('2024-12-31T23:59:59.999Z'))).toBe(true)
  expect(isPeriod(at('2024-01-01'), at('2024-01-01'))).toBe(true)
  expect(isPeriod(at('2024-01-02'), at('2024-01-01'))).toBe(false)
  expect(isPeriod(at('2024-01-01'), at('2025-01-02'))).toBe(false)
})

test('a reference is read with the spaces it is printed with, and no other text is one', () => {
  const reference = '0123456789abcdef0123456789abcdef'
  expect(readReference(' 0123 4567 89ab cdef 0123 4567 89AB CDEF ')).toBe(reference)
  expect(readReference(reference.slice(1))).toBeNull()
  expect(readReference(`${reference.slice(1)}g`)).toBeNull()
})

test('the groups that differ are told', () => {
  const told = groupsOf('0123456789abcdef0123456789abcdef', '0123456709abcdef0123456789abcdee')
  expect(told.map(({ text }) => text).join('')).toBe('0123456789abcdef0123456789abcdef')
  expect(told.flatMap(({ isSame }, place) => (isSame ? [] : [place]))).toEqual([2, 7])
})
