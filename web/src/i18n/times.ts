// Times as the page's language writes them, with Latin digits.
import { language } from './language.svelte'

const locale = () => `${language.code}-u-nu-latn`
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** Write a day and a time. */
export const momentOf = (milliseconds: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(milliseconds)

/** Write a day. */
export const dayOf = (milliseconds: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' }).format(milliseconds)

/** Write how long ago something was, or how long until it is, in the largest unit that fits. */
export function sinceOf(milliseconds: number, now: number = Date.now()): string {
  const seconds = Math.round((milliseconds - now) / 1_000)
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(0, 'second')
}
