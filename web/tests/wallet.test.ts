import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '../src/money/decimal'
import { meaningOf } from '../src/money/bankReasons'
import type { Coin, CoinNetwork } from '../src/pages/wallet/coins.svelte'
import { confirmationsOf, type Deposit } from '../src/pages/wallet/deposits'
import { byAsset, readHoldings, sharesOf, totalOf } from '../src/pages/wallet/holdings'
import { areComplete, NO_ANSWERS, spellReceiving, spellSending } from '../src/pages/wallet/questions'
import { customPeriod, periodsOf } from '../src/pages/wallet/statements/periods'
import { addsUp, rowsOf } from '../src/pages/wallet/statements/statement'
import { destinationsOf, endsOf, SOURCES, typeOf } from '../src/pages/wallet/transfers'
import { amountsOf, mostOf, problemsOf, type Draft } from '../src/pages/wallet/withdraw/withdrawal'
import { quotaOf } from '../src/pages/wallet/withdraw/quota'
import { timeOf } from '../src/pages/wallet/withdraw/withdrawals'

const network = {
  network: 'ETH',
  name: 'Ethereum (ERC20)',
  addressRegex: '^0x[0-9a-fA-F]{40}$',
  memoRegex: '',
  withdrawFee: '0.005',
  withdrawMin: '0.01',
  withdrawMax: '10',
  withdrawIntegerMultiple: '0.00000001',
} as CoinNetwork
const coin = { coin: 'ETH', free: '2.5', networkList: [network] } as unknown as Coin
const draft: Draft = {
  way: 'chain',
  coin,
  network,
  address: '0x52908400098527886E0F7030069857D2E4169EE7',
  tag: '',
  amount: '1.5',
}

test('a withdrawal takes the amount, keeps the fee of it, and the rest arrives', () => {
  const amounts = amountsOf(draft)
  expect([amounts?.taken, amounts?.fee, amounts?.arrives].map(String)).toEqual(['1.5', '0.005', '1.495'])
  expect(String(amountsOf({ ...draft, way: 'person', network: undefined })?.arrives)).toBe('1.5')
  expect(String(amountsOf({ ...draft, amount: '0.001' })?.arrives)).toBe('0')
  expect(amountsOf({ ...draft, amount: 'much' })).toBeNull()
})

test.each<[Partial<Draft>, string[]]>([
  [{}, []],
  [{ network: undefined }, ['wallet.needNetwork']],
  [{ address: '' }, ['wallet.needAddress']],
  [{ address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' }, ['wallet.wrongAddress']],
  [{ amount: '' }, ['wallet.needAmount']],
  [{ amount: '0' }, ['wallet.needAmount']],
  [{ amount: '2.6' }, ['wallet.moreThanFree']],
  [{ amount: '0.009' }, ['wallet.lessThanMin']],
  [{ amount: '0.123456789' }, ['wallet.notInSteps']],
  [{ coin: { ...coin, free: '20' }, amount: '11' }, ['wallet.moreThanMax']],
  [{ way: 'person', network: undefined, address: 'a@b.c', amount: '0.000000001' }, []],
  [{ way: 'person', network: undefined, address: 'somebody' }, ['wallet.needPerson']],
  [{ network: { ...network, addressRegex: '(' } }, []],
])('a draft with %j lacks %j', (part, keys) => {
  expect(problemsOf({ ...draft, ...part }).map((each) => each.key)).toEqual(keys)
})

test('all that is free is withdrawn in whole steps, and never more', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 20n), fc.integer({ min: 0, max: 8 }), (units, places) => {
      const free = Decimal.of('0.00000001').times(Decimal.of(String(units)))
      const step = Decimal.of('1').dividedBy(Decimal.of(`1${'0'.repeat(places)}`), places)
      const most = mostOf({ ...coin, free: String(free) }, { ...network, withdrawIntegerMultiple: String(step) })
      expect(most.compare(free)).toBeLessThanOrEqual(0)
      expect(most.downTo(step).compare(most)).toBe(0)
      expect(most.plus(step).compare(free)).toBe(1)
    }),
  )
})

const wallets = [
  {
    walletName: 'Spot',
    activate: true,
    balance: '1',
    assetBalances: [
      { asset: 'BTC', assetName: 'BTC', free: '1', locked: '0.5', freeze: '0', withdrawing: '0.25', btcValuation: '0' },
    ],
  },
  {
    walletName: 'Funding',
    activate: true,
    balance: '1',
    assetBalances: [
      { asset: 'BTC', assetName: 'BTC', free: '0.25', locked: '0', freeze: '0', withdrawing: '0', btcValuation: '0' },
      { asset: 'NEW', assetName: 'NEW', free: '9', locked: '0', freeze: '0', withdrawing: '0', btcValuation: '0' },
    ],
  },
  { walletName: 'Earn', activate: false, balance: '0', assetBalances: [] },
]

test('what is held is put together over the kinds of accounts', () => {
  const { kinds, holdings } = readHoldings(wallets)
  expect(kinds).toEqual(['spot', 'funding'])
  const valued = (asset: string, amount: Decimal) => (asset === 'BTC' ? amount.times(Decimal.of('100')) : null)
  const held = byAsset(holdings, valued)
  expect(held.map((each) => [each.asset, String(each.total), String(each.locked)])).toEqual([
    ['BTC', '2.00', '0.75'],
    ['NEW', '9', '0'],
  ])
  expect(String(totalOf(held, valued).trimmed())).toBe('200')
  expect(sharesOf(held, valued)).toMatchObject([{ asset: 'BTC', basisPoints: 10_000 }])
  expect(sharesOf([], valued)).toEqual([])
})

test('confirmations are those of what is waited for', () => {
  const deposit = { status: 0, confirmTimes: '1/2', unlockConfirm: 4, transferType: 0 } as Deposit
  expect(confirmationsOf(deposit)).toEqual({ done: 1, needed: 2 })
  expect(confirmationsOf({ ...deposit, status: 6, confirmTimes: '3/2' })).toEqual({ done: 3, needed: 4 })
  expect(confirmationsOf({ ...deposit, transferType: 1 })).toBeNull()
})

test('transfers have names both ways', () => {
  expect(typeOf('spot', 'funding')).toBe('MAIN_FUNDING')
  expect(typeOf('spot', 'earn')).toBeNull()
  for (const from of SOURCES)
    for (const to of destinationsOf(from)) expect(endsOf(String(typeOf(from, to)))).toEqual([from, to])
})

test('what the travel rule asks is answered whole', () => {
  expect(areComplete(NO_ANSWERS)).toBe(true)
  expect(JSON.parse(spellSending(NO_ANSWERS))).toEqual({ isAddressOwner: 1, sendTo: 1 })
  const other = { ...NO_ANSWERS, isOwn: false, name: ' Ann ', country: 'FR', city: 'Lyon' }
  expect(areComplete({ ...other, city: '' })).toBe(false)
  expect(JSON.parse(spellReceiving({ ...other, isKept: true, vasp: 'others', vaspName: 'X' }))).toEqual({
    depositOriginator: 2,
    receiveFrom: 2,
    orgType: 0,
    orgName: 'Ann',
    country: 'FR',
    city: 'Lyon',
    vasp: 'others',
    vaspName: 'X',
  })
  expect(areComplete({ ...NO_ANSWERS, isKept: true, vasp: 'others' })).toBe(false)
})

test('periods are whole and follow each other', () => {
  const now = Date.UTC(2026, 1, 15)
  const [this_, before] = periodsOf('quarter', now, 2)
  expect(new Date(this_?.startTime ?? 0).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  expect(new Date(before?.startTime ?? 0).toISOString()).toBe('2025-10-01T00:00:00.000Z')
  expect((before?.endTime ?? 0) + 1).toBe(this_?.startTime)
  expect(customPeriod('2026-01-01', '2025-01-01')).toBeNull()
  expect(customPeriod('', '2025-01-01')).toBeNull()
  expect(customPeriod('2026-01-01', '2026-01-01')?.endTime).toBe(Date.UTC(2026, 0, 2) - 1)
})

test('a statement that does not add up is seen', () => {
  const line = { account: 'spot', asset: 'BTC', opening: '1', closing: '1.4', movements: [
    { reason: 'deposit', amount: '0.5', count: 1 },
    { reason: 'fee', amount: '-0.1', count: 3 },
  ] } // prettier-ignore
  expect(addsUp(line)).toBe(true)
  expect(addsUp({ ...line, closing: '1.40000001' })).toBe(false)
  const words = {
    heads: ['h'],
    opening: 'o',
    closing: 'c',
    reason: (name: string) => name,
    account: (name: string) => name,
  }
  const rows = rowsOf({ startTime: 0, endTime: 1, lines: [line], entries: [] }, words)
  expect(rows).toHaveLength(5)
  expect(rows[3]).toEqual(['spot', 'BTC', 'fee', '-0.1', '3'])
})

test('times of withdrawals are of UTC', () => {
  expect(timeOf('2026-11-30 07:00:00')).toBe(Date.UTC(2026, 10, 30, 7))
})

test.each([
  ['50000', '40000', '50000', '10000'],
  ['50000', '60000', '50000', '0'],
  ['9999999999', '300', 'null', '0'],
])('of %s with %s used, %s is the limit and %s is left', (wdQuota, usedWdQuota, whole, left) => {
  const quota = quotaOf({ wdQuota, usedWdQuota }, 'USDT')
  expect([String(quota.whole), String(quota.left)]).toEqual([whole, left])
})

test.each([
  ['AC04', 'the account is closed (AC04)', 'bank.AC04'],
  ['RR02', 'details of the sender or the receiver are missing (RR02)', 'bank.RR03'],
  ['MS03', 'no reason is given (MS03)', 'bank.MS03'],
  ['MS03', 'MS03: ask the receiver', null],
  ['XX99', 'XX99', null],
  ['it did not come in time', 'it did not come in time', null],
  ['', 'no order of ours is named', null],
])('the code %s of a bank, which says %s, means %s', (code, said, key) => {
  expect(meaningOf(code, said)).toBe(key)
})

test('the page has words for every code that the exchange has words for', () => {
  const words = readFileSync(new URL('../../src/rialto/products/fiat/iso20022/reasons.py', import.meta.url), 'utf8')
  const codes = [...words.matchAll(/^ {4}"([A-Z]{2}[A-Z0-9]{2})": "/gm)].map((found) => found[1] ?? '')
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter((code) => meaningOf(code, '') === null)).toEqual([])
})
