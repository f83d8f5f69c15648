// How the back office names things: roles, moments, how long something has waited, who did something.
import { language, t } from '../../../i18n/language.svelte'
import { formatInstant } from '../../../money/format'
import { ROLE_NAMES, type Role } from './roles'

const tag = () => `${language.code}-u-nu-latn`

/** Name roles as a list: of alternatives, or of all of them. */
export function nameRoles(roles: readonly string[], type: 'disjunction' | 'conjunction' = 'disjunction'): string {
  const names = roles.map((role) => (role in ROLE_NAMES ? t(ROLE_NAMES[role as Role]) : role))
  return new Intl.ListFormat(language.code, { type }).format(names)
}

/** Write a day with its year and a time, in the time zone of who looks. */
export const formatFull = formatInstant

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** Say how long ago, or in how long, something is: in the largest unit that is full. */
export function formatAge(milliseconds: number, now: number = Date.now()): string {
  const passed = milliseconds - now
  const [unit, size] = STEPS.find(([, each]) => Math.abs(passed) >= each) ?? ['second', 1_000]
  return new Intl.RelativeTimeFormat(tag(), { numeric: 'auto' }).format(Math.trunc(passed / size), unit)
}

/** Find the number in `operator-7`; null for the machine and for who is none. */
export function operatorIn(name: string): number | null {
  const found = /^operator-(\d+)$/.exec(name)
  return found ? Number(found[1]) : null
}
