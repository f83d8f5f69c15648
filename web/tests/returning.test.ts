import { expect, test } from 'vitest'
import { entrance, pathAfter } from '../src/session/returning'

const after = (next: string) => pathAfter(`?next=${encodeURIComponent(next)}`, 'https://exchange.example')

test.each(['/account/keys', '/trade/ETHBTC?layout=2#book', '/wallet/withdraw/BTC'])('one comes back to %s', (path) => {
  expect(after(path)).toBe(path)
  expect(pathAfter(new URL(entrance('/account/login', path), 'https://x.example').search, 'https://x.example')).toBe(
    path,
  )
})

test.each([
  '//evil.example/',
  '/\\evil.example/',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  '/\t/evil.example',
  ' //evil.example',
  'evil',
  '',
  '/account/login',
  '/account/login?next=/x',
])('nobody is sent to %j', (path) => {
  expect(after(path)).toBe('/trade/BTCUSDT')
})

test('an entrance leads back to where something was, not to itself', () => {
  expect(entrance('/account/login', '/account/sign-up?next=%2Fx')).toBe('/account/login')
  expect(entrance('/account/login', '/')).toBe('/account/login')
})
