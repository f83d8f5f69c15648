// Where a deposit stands: what the exchange's numbers mean, and how far its confirmations are.
import { api, type Answer } from '../../api/client'
import type { Key } from '../../i18n/areas'

export type Deposit = Answer<'get', '/sapi/v1/capital/deposit/hisrec'>[number]
export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'info'

/** What of a deposit its owner is asked for, by the API's number. */
export const ASKED = 8

interface Meaning {
  text: Key
  tone: Tone
  /** Whether it will change by itself. */
  isUnderWay: boolean
}

const UNKNOWN: Meaning = { text: 'wallet.depositPending', tone: 'info', isUnderWay: true }
const MEANINGS: Readonly<Record<number, Meaning>> = {
  0: UNKNOWN,
  1: { text: 'wallet.depositDone', tone: 'good', isUnderWay: false },
  2: { text: 'wallet.depositRejected', tone: 'bad', isUnderWay: false },
  6: { text: 'wallet.depositCredited', tone: 'good', isUnderWay: true },
  7: { text: 'wallet.depositWrong', tone: 'bad', isUnderWay: false },
  [ASKED]: { text: 'wallet.depositAsked', tone: 'warning', isUnderWay: true },
}

export const meaningOf = (deposit: Deposit): Meaning => MEANINGS[deposit.status] ?? UNKNOWN

interface Wanted {
  startTime?: number
  endTime?: number
  limit: number
}

/** Read deposits, the newest first; of those that the travel rule asks about it is told that they wait. Throws `Refused`. */
export async function readDeposits({ limit, ...period }: Wanted): Promise<Deposit[]> {
  const [deposits, told] = await Promise.all([
    api.get('/sapi/v1/capital/deposit/hisrec', { ...period, limit }),
    api.get('/sapi/v2/localentity/deposit/history', period),
  ])
  const asked = new Set(told.filter((each) => each.requireQuestionnaire).map((each) => each.depositId))
  return deposits.map((each) => (asked.has(each.id) ? { ...each, status: ASKED } : each))
}

/** How many confirmations there are, and how many are waited for: first to be credited, then to be withdrawn. */
export function confirmationsOf(deposit: Deposit): { done: number; needed: number } | null {
  const found = /^(\d+)\/(\d+)$/.exec(deposit.confirmTimes)
  if (!found || deposit.transferType === 1) return null
  const credit = { done: Number(found[1]), needed: Number(found[2]) }
  const needed = deposit.status === 6 ? Math.max(deposit.unlockConfirm, credit.needed) : credit.needed
  return { done: Math.min(credit.done, needed), needed }
}
