// What the kinds of accounts are called.
import type { Key } from '../../i18n/areas'
import type { Kind } from './holdings'

export const KIND_NAMES: Readonly<Record<Kind, Key>> = {
  spot: 'wallet.kindSpot',
  funding: 'wallet.kindFunding',
  cross: 'wallet.kindCross',
  isolated: 'wallet.kindIsolated',
  usdFutures: 'wallet.kindUsdFutures',
  coinFutures: 'wallet.kindCoinFutures',
  earn: 'wallet.kindEarn',
  options: 'wallet.kindOptions',
}
