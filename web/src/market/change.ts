// How far a price is from where it was.
import { Decimal } from '../money/decimal'

/** Return the change in percent with two decimals, as text; null where nothing was there before. */
export function changePercent(open: string, now: string): string | null {
  const before = Decimal.of(open)
  if (before.isZero) return null
  return Decimal.of(now).minus(before).times(Decimal.of('100')).dividedBy(before, 2).toString()
}

/** Return the class that colours a change. */
export const directionOf = (percent: string | null): string =>
  percent === null || !/[1-9]/.test(percent) ? '' : percent.startsWith('-') ? 'down' : 'up'
