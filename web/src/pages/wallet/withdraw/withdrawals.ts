// Where a withdrawal stands: what the exchange's numbers mean, and what its owner can still do.
import type { Answer } from '../../../api/client'
import type { Key } from '../../../i18n/areas'
import type { Tone } from '../deposits'

export type Withdrawal = Answer<'get', '/account/v1/withdrawals'>[number]

interface Meaning {
  text: Key
  tone: Tone
  isUnderWay: boolean
  canCancel: boolean
}

const UNKNOWN: Meaning = { text: 'wallet.withdrawalSending', tone: 'info', isUnderWay: true, canCancel: false }
const MEANINGS: Readonly<Record<number, Meaning>> = {
  0: { text: 'wallet.withdrawalConfirm', tone: 'warning', isUnderWay: true, canCancel: true },
  1: { text: 'wallet.withdrawalCanceled', tone: 'plain', isUnderWay: false, canCancel: false },
  2: { text: 'wallet.withdrawalReview', tone: 'warning', isUnderWay: true, canCancel: true },
  3: { text: 'wallet.withdrawalRefused', tone: 'bad', isUnderWay: false, canCancel: false },
  4: UNKNOWN,
  5: { text: 'wallet.withdrawalFailed', tone: 'bad', isUnderWay: false, canCancel: false },
  6: { text: 'wallet.withdrawalDone', tone: 'good', isUnderWay: false, canCancel: false },
}

export const meaningOf = (withdrawal: Withdrawal): Meaning => {
  const meaning = MEANINGS[withdrawal.status] ?? UNKNOWN
  // What has no transaction yet may still be stopped; the exchange knows.
  return withdrawal.status === 4 && !withdrawal.txId ? { ...meaning, canCancel: true } : meaning
}

/** Read the time of a withdrawal, which the API writes as a date in UTC. */
export const timeOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`)
