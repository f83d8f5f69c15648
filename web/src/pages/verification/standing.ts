// Where somebody stands on the way to being verified, and what they do next.
import type { Answer } from '../../api/client'

export type Verification = Answer<'get', '/account/v1/verification'>
export type Rules = Answer<'get', '/account/v1/verification/rules'>
export type Country = Rules['countries'][number]

/**
 * `apply`: state who one is. `waiting`: others look at it. `elsewhere`: it goes on with a provider. `more`, `refused` and
 * `lapsed`: state it again, with what is told. `complete`: there is no further level.
 */
export type Stage = 'apply' | 'waiting' | 'elsewhere' | 'more' | 'refused' | 'lapsed' | 'complete'

/** Tell which level comes next; null if none does where the person lives. */
export function nextLevel(verification: Verification, rules: Rules): number | null {
  const own = rules.countries.find((each) => each.country === verification.country)
  const top = Math.max(...rules.levels.map((each) => each.level))
  const next = verification.level + 1
  return next <= Math.min(top, own?.levelMax ?? top) ? next : null
}

/** Tell what is to be done now. */
export function stageOf(verification: Verification, rules: Rules): Stage {
  const { case: latest } = verification
  if (latest?.state === 'submitted' || latest?.state === 'in-review') {
    return linkOf(verification) ? 'elsewhere' : 'waiting'
  }
  if (latest?.state === 'more-wanted') return 'more'
  const next = nextLevel(verification, rules)
  if (next === null) return 'complete'
  if (latest?.level !== next) return 'apply'
  return latest.state === 'refused' ? 'refused' : latest.state === 'expired' ? 'lapsed' : 'apply'
}

/** The level a form is for now. */
export function levelAsked(verification: Verification, rules: Rules): number {
  const { case: latest } = verification
  return latest?.state === 'more-wanted' ? latest.level : (nextLevel(verification, rules) ?? verification.level)
}

/** Where one goes on with a provider: an address of the web and nothing else that a link could be. */
export function linkOf(verification: Verification): string | null {
  const link = verification.case?.continueAt
  if (!link || !URL.canParse(link)) return null
  return ['https:', 'http:'].includes(new URL(link).protocol) ? link : null
}
