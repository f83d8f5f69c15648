// Times as the page's language writes them, with Latin digits.
import { dates, latin } from './formats'
import { language } from './language.svelte'

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** Write a day and a time. */
export const momentOf = dates({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })

/** Write a day. */
export const dayOf = dates({ dateStyle: 'medium' })

/** Write how long ago something was, or how long until it is, in the largest unit that fits. */
export function sinceOf(milliseconds: number, now: number = Date.now()): string {
  const seconds = Math.round((milliseconds - now) / 1_000)
  const words = new Intl.RelativeTimeFormat(latin(language.code), { numeric: 'auto' })
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(0, 'second')
}
