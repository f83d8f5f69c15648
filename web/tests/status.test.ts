import { expect, test } from 'vitest'
import { overallOf, type Known, type Network } from '../src/pages/status/overall'

const asset = { asset: 'ETH', depositsOpen: true, withdrawalsOpen: true, reason: '' }
const network: Network = { network: 'ETH', title: 'Ethereum', isBusy: false, confirmations: 12, assets: [asset] }
const known: Known = { isUnderMaintenance: false, streamsAreOpen: true, halted: [], networks: [network] }

test.each<[Partial<Known>, string]>([
  [{}, 'good'],
  [{ isUnderMaintenance: true, halted: ['BTCUSDT'] }, 'maintenance'],
  [{ streamsAreOpen: false }, 'limited'],
  [{ halted: ['BTCUSDT'] }, 'limited'],
  [{ networks: [{ ...network, isBusy: true }] }, 'limited'],
  [{ networks: [{ ...network, assets: [asset, { ...asset, withdrawalsOpen: false }] }] }, 'limited'],
])('with %j everything is %s', (change, overall) => {
  expect(overallOf({ ...known, ...change })).toBe(overall)
})
