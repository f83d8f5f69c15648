import { expect, test } from 'vitest'
import { chordOf, keysOf } from '../src/command/chords'
import { rank, ranked } from '../src/command/rank'
import { isAt } from '../src/frame/isAt'
import { happenedIn } from '../src/notices/follow'
import { ruleFor } from '../src/worker/rules'

const pressed = (key: string, ...held: ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]) => ({
  key,
  ctrlKey: held.includes('ctrlKey'),
  metaKey: held.includes('metaKey'),
  altKey: held.includes('altKey'),
  shiftKey: held.includes('shiftKey'),
})

test.each([
  [pressed('k', 'ctrlKey'), 'Mod+K'],
  [pressed('k', 'metaKey'), 'Mod+K'],
  [pressed('K', 'ctrlKey', 'shiftKey'), 'Mod+Shift+K'],
  [pressed('?', 'shiftKey'), '?'],
  [pressed('/', 'shiftKey'), '/'],
  [pressed('m', 'shiftKey'), 'Shift+M'],
  [pressed('ArrowUp', 'altKey'), 'Alt+ArrowUp'],
  [pressed(' '), 'Space'],
  [pressed('Shift', 'shiftKey'), null],
])('%j is %s', (event, chord) => {
  expect(chordOf(event)).toBe(chord)
})

test.each([
  ['Mod+K', false, ['Ctrl', 'K']],
  ['Mod+K', true, ['⌘', 'K']],
  ['Alt+ArrowUp', false, ['Alt', '↑']],
  ['+', false, ['+']],
  ['Mod++', false, ['Ctrl', '+']],
])('%s is written, on a Mac %s, as %j', (chord, isMac, keys) => {
  expect(keysOf(chord, isMac)).toEqual(keys)
})

test('a beginning is better than a word, a word better than a part, a part better than scattered letters', () => {
  const texts = ['Subscribe', 'My BTC', 'BTC/USDT', 'Bit of cake', 'ETH/USDT']
  expect(ranked('btc', texts, (each) => each, 9)).toEqual(['BTC/USDT', 'My BTC', 'Bit of cake'])
  expect(rank('', 'anything')).toBe(0)
  expect(rank('usdt eth', 'ETH/USDT')).not.toBeNull()
  expect(rank('usdt eth', 'BTC/USDT')).toBeNull()
})

test.each([
  ['/trade/ETHBTC', '/trade/BTCUSDT', true],
  ['/wallet/deposit', '/wallet', true],
  ['/markets', '/', false],
  ['/', '/', true],
  ['/walletx', '/wallet', false],
])('%s is at %s: %s', (path, place, isThere) => {
  expect(isAt(path, place)).toBe(isThere)
})

test('fills and ends of orders are told, and nothing else', () => {
  const report = { e: 'executionReport', S: 'BUY', s: 'BTCUSDT', l: '0.5', L: '100', q: '2', p: '99' }
  expect(happenedIn({ ...report, x: 'TRADE' })).toEqual({
    kind: 'fill',
    isBuy: true,
    symbol: 'BTCUSDT',
    quantity: '0.5',
    price: '100',
  })
  expect(happenedIn({ ...report, x: 'CANCELED' })).toMatchObject({ kind: 'cancel', quantity: '2', price: '99' })
  for (const event of [null, { ...report, x: 'NEW' }, { e: 'outboundAccountPosition' }])
    expect(happenedIn(event)).toBeNull()
})

const OWN = 'https://rialto.example'
const SHELL = new Set(['/icon.svg'])
const asked = (path: string, { method = 'GET', mode = 'cors', origin = OWN } = {}) =>
  ruleFor({ method, mode, origin, path }, OWN, SHELL)

test('the worker keeps files of the page, falls back for pages, and never touches what the API answers', () => {
  expect(asked('/assets/index-abc.js')).toBe('kept')
  expect(asked('/icon.svg')).toBe('kept')
  expect(asked('/trade/BTCUSDT', { mode: 'navigate' })).toBe('document')
  expect(asked('/account/login', { mode: 'navigate' })).toBe('document')
  for (const path of [
    '/api/v3/depth',
    '/sapi/v1/system/status',
    '/account/v1/session',
    '/admin/v1/people',
    '/ws-api/v3',
  ])
    for (const mode of ['cors', 'navigate']) expect(asked(path, { mode }), path).toBe('network')
  expect(asked('/assets/index-abc.js', { method: 'POST' })).toBe('network')
  expect(asked('/assets/index-abc.js', { origin: 'https://elsewhere.example' })).toBe('network')
  expect(asked('/data.zip', { mode: 'navigate' })).toBe('network')
  expect(asked('/markets')).toBe('network')
})
