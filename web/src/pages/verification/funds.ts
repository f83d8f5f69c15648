// Where somebody's money comes from: what can be chosen, and what is wrong with what stands in the form.
import type { Parameters } from '../../api/client'
import type { Key } from '../../i18n/areas'

export type Source = Parameters<'post', '/account/v1/verification/source-of-funds'>['source']

export const SOURCES: readonly { value: Source; key: Key }[] = [
  { value: 'employment', key: 'verification.source.employment' },
  { value: 'business', key: 'verification.source.business' },
  { value: 'investments', key: 'verification.source.investments' },
  { value: 'savings', key: 'verification.source.savings' },
  { value: 'pension', key: 'verification.source.pension' },
  { value: 'inheritance', key: 'verification.source.inheritance' },
  { value: 'property', key: 'verification.source.property' },
  { value: 'digital-assets', key: 'verification.source.digitalAssets' },
  { value: 'other', key: 'verification.source.other' },
]

export interface FundsDraft {
  occupation: string
  source: Source | ''
  wealthSource: Source | ''
  /** Whole units a month, as typed. */
  expectedDeposits: string
  expectedTrades: string
  details: string
}
export type FundsWrong = Partial<Record<keyof FundsDraft, Key>>

const WHOLE = /^(0|[1-9]\d{0,12})$/
const VOLUME_MAX = 1_000_000_000_000n

/** Tell what is wrong. */
export function wrongInFunds(draft: FundsDraft): FundsWrong {
  const wrong: FundsWrong = {}
  const occupation = draft.occupation.trim()
  if (!occupation) wrong.occupation = 'verification.wrong.missing'
  else if (occupation.length > 100) wrong.occupation = 'verification.wrong.long'
  for (const name of ['source', 'wealthSource'] as const) if (!draft[name]) wrong[name] = 'verification.wrong.missing'
  for (const name of ['expectedDeposits', 'expectedTrades'] as const) {
    const text = draft[name].trim()
    if (!WHOLE.test(text) || BigInt(text) > VOLUME_MAX) wrong[name] = 'verification.wrong.whole'
  }
  // Where nothing better is said, it is said in one's own words.
  if (draft.source === 'other' && !draft.details.trim()) wrong.details = 'verification.wrong.missing'
  return wrong
}
