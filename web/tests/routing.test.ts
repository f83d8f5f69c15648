import { expect, test } from 'vitest'
import { match } from '../src/routing/match'

test.each([
  ['/trade/:symbol', '/trade/BTCUSDT', { symbol: 'BTCUSDT' }],
  ['/trade/:symbol', '/trade/BTCUSDT/', { symbol: 'BTCUSDT' }],
  ['/trade/:symbol', '/trade/%E2%82%BF', { symbol: '₿' }],
  ['/trade/:symbol', '/trade/%E2', null],
  ['/trade/:symbol', '/trade', null],
  ['/trade/:symbol', '/trade/A/B', null],
  ['/', '/', {}],
  ['/markets', '/trade', null],
])('%s matches %s as %j', (pattern, path, parts) => {
  expect(match(pattern, path)).toEqual(parts)
})
