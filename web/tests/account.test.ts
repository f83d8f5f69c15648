import { webcrypto } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeOf } from '../src/pages/account/activity/actions'
import { draftOf, EMPTY, parametersOf, problemsOf, warningsOf, type Key } from '../src/pages/account/keys/keyDraft'
import { isPrivateKey, isPublicKey, makeKeyPair } from '../src/pages/account/keys/keyPair'
import { gradeOf, measuresOf, type Factors, type Protection } from '../src/pages/account/security/measures'
import { held, moveOf } from '../src/pages/account/subAccounts/moves'
import { changed, readUnkept, takenOver, written } from '../src/preferences/keeping'
import { clientName } from '../src/session/clientName'
import { isTooShort } from '../src/session/newPassword'

const NOW = Date.UTC(2026, 10, 30, 12)
const passkey = { id: 'a', label: 'laptop', isBackedUp: false, createdAt: 0, usedAt: null }
const protection = { antiPhishingCode: null } as Protection
const factors = (given: Partial<Factors>): Factors => ({
  authenticatorSince: null,
  passkeys: [],
  recoveryCodesLeft: 0,
  ...given,
})
const grade = (given: Partial<Factors>, code: string | null = null) =>
  gradeOf(measuresOf(factors(given), { ...protection, antiPhishingCode: code }))

test('without a second factor an account is weak, whatever else there is', () => {
  expect(grade({}, 'a•••z')).toBe('weak')
  expect(grade({ authenticatorSince: 1, recoveryCodesLeft: 8 })).toBe('fair')
  expect(grade({ authenticatorSince: 1, passkeys: [passkey], recoveryCodesLeft: 2 }, 'a•••z')).toBe('fair')
  expect(grade({ authenticatorSince: 1, passkeys: [passkey], recoveryCodesLeft: 3 }, 'a•••z')).toBe('strong')
})

test.each([
  [{}, ['label']],
  [{ label: 'bot', permissions: [] }, ['permissions']],
  [{ label: 'bot', addresses: '192.0.2.7, 2001:db8::/32\n10.0.0.0/8' }, []],
  [{ label: 'bot', addresses: 'example.com' }, ['addresses']],
  [{ label: 'bot', addresses: '10.0.0.1 '.repeat(31) }, ['addressesMany']],
  [{ label: 'bot', symbols: 'btcusdt ETHUSDT' }, []],
  [{ label: 'bot', symbols: 'BTC/USDT' }, ['symbols']],
  [{ label: 'bot', expires: '2026-11-29' }, ['expires']],
  [{ label: 'bot', expires: '2026-11-30' }, []],
  [{ label: 'bot', expires: 'soon' }, ['expires']],
  [{ label: 'bot', permissions: ['withdraw'] as const }, ['withdrawAnywhere']],
])('of a key %j is wrong: %j', (given, problems) => {
  expect(problemsOf({ ...EMPTY, ...given }, NOW)).toEqual(problems)
})

test('what a key may do and where from is warned of', () => {
  expect(warningsOf(EMPTY)).toEqual(['anywhere'])
  expect(warningsOf({ ...EMPTY, permissions: ['read', 'trade'] })).toEqual(['lapses', 'anywhere'])
  expect(warningsOf({ ...EMPTY, addresses: '192.0.2.7', permissions: ['withdraw'] })).toEqual(['dangerous'])
})

test('a key that is changed without a change stays what it is', () => {
  const key = {
    label: 'bot',
    permissions: ['read', 'trade'],
    addresses: ['192.0.2.7/32', '2001:db8::/32'],
    symbols: ['BTCUSDT'],
    expiresAt: Date.parse('2027-01-31T23:59:59.999Z'),
  } as Key
  expect(parametersOf(draftOf(key))).toEqual({
    label: 'bot',
    permissions: '["read","trade"]',
    addresses: '192.0.2.7,2001:db8::/32',
    symbols: 'BTCUSDT',
    expiresAt: key.expiresAt,
  })
  expect(parametersOf(EMPTY)).toEqual({ label: '', permissions: '["read"]', addresses: '*', symbols: '*' })
})

test('a key pair made here signs, and its halves are told apart', async () => {
  const pair = await makeKeyPair()
  expect(isPublicKey(pair.publicKey)).toBe(true)
  expect(isPublicKey(pair.privateKey)).toBe(false)
  expect(isPrivateKey(pair.privateKey)).toBe(true)
  const bytes = (pem: string) => Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64')
  const algorithm = { name: pair.type }
  const secret = await webcrypto.subtle.importKey('pkcs8', bytes(pair.privateKey), algorithm, false, ['sign'])
  const open = await webcrypto.subtle.importKey('spki', bytes(pair.publicKey), algorithm, false, ['verify'])
  const signature = await webcrypto.subtle.sign(algorithm, secret, Buffer.from('symbol=BTCUSDT'))
  expect(await webcrypto.subtle.verify(algorithm, open, signature, Buffer.from('symbol=BTCUSDT'))).toBe(true)
})

test('what moves and what stays is what there was', () => {
  expect(moveOf('', '1')).toEqual({ amount: null, problem: null, left: null })
  expect(moveOf('0', '1').problem).toBe('none')
  expect(moveOf('x', '1').problem).toBe('unreadable')
  expect(moveOf('1.00000001', '1').problem).toBe('tooMuch')
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), (moved, rest) => {
      const { amount, left, problem } = moveOf(String(moved), String(moved + rest))
      expect(problem).toBeNull()
      expect(amount && left?.plus(amount).toString()).toBe(String(moved + rest))
    }),
  )
  expect(
    held([
      { asset: 'USDT', free: '1' },
      { asset: 'ETH', free: '0.00' },
      { asset: 'BTC', free: '2' },
    ]).map(({ asset }) => asset),
  ).toEqual(['BTC', 'USDT'])
})

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36',
    'Chrome, Linux',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E Safari/604',
    'Safari, iPhone',
  ],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0', 'Edge, Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:131.0) Gecko/20100101 Firefox/131.0', 'Firefox, macOS'],
  ['curl/8.5', 'curl/8.5'],
  [`<b>${'x'.repeat(90)}`, `<b>${'x'.repeat(57)}…`],
])('%s is %s', (agent, name) => {
  expect(clientName(agent)).toBe(name)
})

test('a day of a filter is all of it', () => {
  const [begin, end] = [timeOf('2026-03-29') ?? 0, timeOf('2026-03-29', true) ?? 0]
  expect(new Date(begin).getHours()).toBe(0)
  expect(new Date(end + 1).getDate()).toBe(30)
  expect(timeOf('')).toBeUndefined()
})

test('what was chosen elsewhere is taken over if it is known here, and what differs is kept', () => {
  const here = { language: 'en', mode: 'dark' }
  const known = (name: string, value: string) => name === 'language' && ['en', 'de'].includes(value)
  expect(takenOver(here, { language: 'de', mode: null, loginMail: true }, known)).toEqual({
    language: 'de',
    mode: 'dark',
  })
  expect(takenOver(here, { language: 'tlh' }, known)).toEqual(here)
  expect(changed({ language: 'de', mode: 'dark' }, here)).toEqual({ language: 'de' })
  expect(changed(here, here)).toEqual({})
})

test('what the server may not have is read again by whose it is', () => {
  const text = written(7, { language: 'en' })
  expect(readUnkept(text, 7)).toEqual({ language: 'en' })
  expect(readUnkept(text, 8)).toEqual({})
  for (const broken of [null, '', 'null', '7', '{"userId":7}', '{'] as const) expect(readUnkept(broken, 7)).toEqual({})
})

test('a password is counted by its characters', () => {
  expect(isTooShort('🔑🔑🔑🔑🔑🔑🔑🔑🔑')).toBe(true)
  expect(isTooShort('🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑')).toBe(false)
})
