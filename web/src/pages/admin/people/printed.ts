// What stands on a printed statement, as somebody types or copies it from there.
const DAYS_MAX = 366
const DAY_MS = 86_400_000
const REFERENCE = /^[0-9a-f]{32}$/
const MOMENT = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.(\d{3}))?)?$/
/** What comes along with a text that is copied, and is not seen. */
const UNSEEN = /\p{Cf}/gu

const plainOf = (text: string): string => text.replaceAll(UNSEEN, '').trim().replaceAll(/\s+/g, ' ')

/** Read a time of UTC as it is printed, `2026-01-31 23:59:59.999`; what is left out is its first moment, or its last. */
export function readMoment(text: string, end: 'first' | 'last'): number | null {
  const [, day = '', second = '', thousandths = ''] = MOMENT.exec(plainOf(text)) ?? []
  const isLast = end === 'last'
  const whole = `${day}T${second || (isLast ? '23:59:59' : '00:00:00')}.${thousandths || (isLast ? '999' : '000')}Z`
  const time = Date.parse(whole)
  // The thirtieth of February is no day.
  return Number.isNaN(time) || new Date(time).toISOString() !== whole ? null : time
}

/** Tell whether a statement may be of a period: it is a year at most. */
export const isPeriod = (start: number, end: number): boolean => end >= start && end - start <= DAYS_MAX * DAY_MS

/** Read a reference, with or without the spaces between its groups. */
export function readReference(text: string): string | null {
  const digits = plainOf(text).replaceAll(' ', '').toLowerCase()
  return REFERENCE.test(digits) ? digits : null
}

/** Divide a reference into groups as it is printed, and tell of each whether it is the same in another. */
export function groupsOf(reference: string, other: string): { text: string; isSame: boolean }[] {
  return (reference.match(/.{4}/g) ?? []).map((text, at) => ({
    text,
    isSame: other.slice(at * 4, at * 4 + 4) === text,
  }))
}
