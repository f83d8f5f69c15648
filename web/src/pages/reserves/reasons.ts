// What a proof that does not hold means to its owner.
import type { Key } from '../../i18n/areas'
import type { Reason } from './verify'

export const REASON_TEXTS: Readonly<Record<Reason, Key>> = {
  damaged: 'reserves.whyDamaged',
  version: 'reserves.whyVersion',
  otherPublication: 'reserves.whyOtherPublication',
  size: 'reserves.whySize',
  leaves: 'reserves.whyLeaves',
  places: 'reserves.whyPlaces',
  negative: 'reserves.whyNegative',
  impossible: 'reserves.whyImpossible',
  path: 'reserves.whyPath',
  root: 'reserves.whyRoot',
  totals: 'reserves.whyTotals',
  balances: 'reserves.whyBalances',
}
