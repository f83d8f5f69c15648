import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { adjusted, changesOf, rolesOf } from '../src/pages/admin/acting/changes'
import { begin, problemOf, sentOf, wireOf, type Parameter } from '../src/pages/admin/acting/form'
import { Decimal } from '../src/money/decimal'

const parameter = (changes: Partial<Parameter>): Parameter => ({
  ...{ name: 'x', kind: 'text', isRequired: true, default: null, pattern: '', words: [], minimum: null, maximum: null },
  ...changes,
})
const check = (changes: Partial<Parameter>, typed: string, expected: string | null, code = 'en') =>
  expect(problemOf(parameter(changes), typed, code)).toBe(expected)

test('what is needed is asked for, what is optional may be left out', () => {
  check({}, ' ', 'missing')
  check({ isRequired: false }, '', null)
  check({ kind: 'names' }, ' , ', 'missing')
  check({ kind: 'words' }, '', 'missing')
})

test('amounts are read in the language they are typed in, with eight decimals at most', () => {
  const amount = { kind: 'decimal' } as const
  check(amount, '0.00000001', null)
  check(amount, '0.000000001', 'number')
  check(amount, '-1', 'number')
  check(amount, '1e3', 'number')
  check(amount, '1,5', null, 'de')
  expect(wireOf(parameter(amount), '1,50', 'de')).toBe('1.50')
})

test('what is given to somebody and taken from them again leaves what they had, to the last digit', () => {
  const amounts = fc
    .bigInt(0n, 10n ** 24n)
    .map((units) => `${units / 10n ** 8n}.${String(units % 10n ** 8n).padStart(8, '0')}`)
  fc.assert(
    fc.property(amounts, amounts, (held, moved) => {
      const back = adjusted(adjusted(held, 'GIVE', moved), 'TAKE', moved)
      expect(Decimal.of(back).compare(Decimal.of(held))).toBe(0)
    }),
  )
})

test('whole numbers keep their bounds, words and patterns theirs', () => {
  check({ kind: 'integer', minimum: 1, maximum: 10 }, '0', 'range')
  check({ kind: 'integer', minimum: 1, maximum: 10 }, '10', null)
  check({ kind: 'integer' }, '1.5', 'number')
  check({ kind: 'integer' }, '9223372036854775807', null)
  check({ kind: 'choice', words: ['GIVE', 'TAKE'] }, 'KEEP', 'form')
  check({ pattern: '^[^\\x00-\\x1f\\x7f]{1,5}$' }, 'äöü', null)
  check({ pattern: '^[^\\x00-\\x1f\\x7f]{1,5}$' }, 'longer', 'form')
  // What only the exchange can read is left to it.
  check({ pattern: '(?P<x>y)' }, 'anything', null)
  check({ kind: 'time' }, '2026-02-30T99:00', 'time')
})

test('only what was filled in is sent, as the exchange reads it', () => {
  const parameters = [
    parameter({ name: 'asset' }),
    parameter({ name: 'limit', kind: 'decimal', isRequired: false }),
    parameter({ name: 'symbols', kind: 'names', isRequired: false }),
    parameter({ name: 'roles', kind: 'words', words: ['risk', 'owner', 'NONE'] }),
    parameter({ name: 'isOn', kind: 'boolean' }),
  ]
  const values = { ...begin(parameters, { roles: 'risk owner' }), asset: ' BTC ', symbols: 'BTCUSDT, ETHBTC,' }
  expect(sentOf(parameters, values, 'en')).toEqual({
    ...{ asset: 'BTC', symbols: '["BTCUSDT","ETHBTC"]', roles: '["risk","owner"]', isOn: 'false' },
  })
})

test('names are told apart by the commas of any writing', () => {
  for (const typed of ['a,b', 'a، b', 'a、b', 'a，b'])
    expect(wireOf(parameter({ kind: 'names' }), typed, 'ar'), typed).toBe('["a","b"]')
})

test('a form begins with what is given, then with what is declared', () => {
  const parameters = [
    parameter({ name: 'fee', kind: 'decimal', default: '0' }),
    parameter({ name: 'isDiscounted', kind: 'boolean', default: 'true' }),
    parameter({ name: 'symbol' }),
  ]
  expect(begin(parameters, { symbol: 'BTCUSDT', fee: '1' })).toEqual({
    fee: '1',
    isDiscounted: 'true',
    symbol: 'BTCUSDT',
  })
})

test.each([
  ['["risk","owner"]', ['risk', 'owner']],
  ['risk', ['risk']],
  ['NONE', []],
  [
    ['finance', 'support'],
    ['support', 'finance'],
  ],
])('the roles in %j are read', (sent, roles) => {
  expect(rolesOf(sent)).toEqual(roles)
})

const TRANSFER = { order: 'E1', amount: '12.34', currency: 'EUR', sender: 'No Body', senderAccount: 'FR14' }
const REFILL = { id: 'ETH-ETH-1', direction: 'drain', tier: 'cold', network: 'ETH', asset: 'ETH', amount: '900' }

test.each([
  ['approve-refill', { refill: 'ETH-ETH-1' }, { direction: 'drain', tier: 'cold', asset: 'ETH', chainAmount: '900' }],
  ['approve-refill', { refill: 'ETH-ETH-2' }, {}],
  ['return-fiat', { order: 'E1', account: null }, { amount: '12.34', currency: 'EUR', account: 'FR14' }],
  ['return-fiat', { order: 'E1', account: 'DE89' }, { sender: 'No Body', account: 'FR14 to DE89' }],
])('who is asked to %s %j is told what that moves', async (action, sent, expected) => {
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(new Response(JSON.stringify(path.includes('/refills') ? [REFILL] : [TRANSFER]))),
  )
  const changes = await changesOf(action, sent)
  const told = changes.map(({ field, before, after }) => [field, before === null ? after : `${before} to ${after}`])
  if (Object.keys(expected).length === 0) expect(told).toEqual([])
  expect(Object.fromEntries(told)).toMatchObject(expected)
})

afterEach(() => vi.unstubAllGlobals())
