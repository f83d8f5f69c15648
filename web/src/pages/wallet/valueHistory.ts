// What was held at the end of each day, from the exchange's snapshots.
import { Decimal } from '../../money/decimal'

export interface Day {
  /** The last second of the day, in milliseconds. */
  time: number
  balances: { asset: string; total: Decimal }[]
}

interface Snapshots {
  snapshotVos?: { updateTime: number; data: { balances?: { asset: string; free: string; locked: string }[] } }[]
}

/** Read the answer of `accountSnapshot`, which the exchange declares loosely. */
export function daysOf(told: unknown): Day[] {
  return ((told as Snapshots | null)?.snapshotVos ?? []).map(({ updateTime, data }) => ({
    time: updateTime,
    balances: (data.balances ?? []).map(({ asset, free, locked }) => ({
      asset,
      total: Decimal.of(free).plus(Decimal.of(locked)),
    })),
  }))
}

/** Heights of bars in percent of the highest. For pixels alone. */
export function heightsOf(amounts: readonly Decimal[]): number[] {
  const highest = amounts.reduce((most, each) => (each.compare(most) > 0 ? each : most), Decimal.ZERO)
  if (highest.isZero) return amounts.map(() => 0)
  return amounts.map((each) => Number(each.times(Decimal.of('100')).dividedBy(highest, 0).toString()))
}
