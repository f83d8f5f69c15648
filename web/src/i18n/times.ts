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

// Arabic dates carry these marks, which tear them apart wherever numbers run from left to right.
const MARKS = /\u200f/g

/** Write a time with what of it is asked for. */
export const timeAs = (milliseconds: number, parts: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale(), { hourCycle: 'h23', ...parts }).format(milliseconds).replaceAll(MARKS, '')

/** Write a day and a time. */
export const momentOf = (milliseconds: number): string =>
  timeAs(milliseconds, { dateStyle: 'medium', timeStyle: 'short' })

/** Write a day. */
export const dayOf = (milliseconds: number): string => timeAs(milliseconds, { dateStyle: 'medium' })

/** Write how long ago something was, or how long until it is, in the largest unit that fits. */
export function sinceOf(milliseconds: number, now: number = Date.now()): string {
  const seconds = Math.round((milliseconds - now) / 1_000)
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' })
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit)
  }
  return words.format(0, 'second')
}
