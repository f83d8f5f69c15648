// Periods of statements: whole months, quarters and years of UTC, newest first, or from one day to another.
export interface Period {
  startTime: number
  /** The last millisecond. */
  endTime: number
}

export type Unit = 'month' | 'quarter' | 'year'
const MONTHS: Readonly<Record<Unit, number>> = { month: 1, quarter: 3, year: 12 }

const between = (year: number, month: number, months: number): Period => ({
  startTime: Date.UTC(year, month, 1),
  endTime: Date.UTC(year, month + months, 1) - 1,
})

/** List the newest periods of a length, the one under way first. */
export function periodsOf(unit: Unit, now: number, count: number): Period[] {
  const months = MONTHS[unit]
  const today = new Date(now)
  const first = Math.floor(today.getUTCMonth() / months) * months
  return Array.from({ length: count }, (_, index) => between(today.getUTCFullYear(), first - index * months, months))
}

/** Read two days as `<input type="date">` writes them; null where they are no period of a year at most. */
export function customPeriod(from: string, to: string): Period | null {
  const [startTime, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)]
  if (Number.isNaN(startTime) || Number.isNaN(last)) return null
  const endTime = last + 86_400_000 - 1
  return endTime > startTime && endTime - startTime <= 366 * 86_400_000 ? { startTime, endTime } : null
}
