// Candles for the chart library, which draws pixels and so takes binary numbers: the one place where prices become such.
import type { KLineData, Period } from 'klinecharts'

export const INTERVALS = {
  '1s': { type: 'second', span: 1 },
  '1m': { type: 'minute', span: 1 },
  '3m': { type: 'minute', span: 3 },
  '5m': { type: 'minute', span: 5 },
  '15m': { type: 'minute', span: 15 },
  '30m': { type: 'minute', span: 30 },
  '1h': { type: 'hour', span: 1 },
  '2h': { type: 'hour', span: 2 },
  '4h': { type: 'hour', span: 4 },
  '6h': { type: 'hour', span: 6 },
  '8h': { type: 'hour', span: 8 },
  '12h': { type: 'hour', span: 12 },
  '1d': { type: 'day', span: 1 },
  '3d': { type: 'day', span: 3 },
  '1w': { type: 'week', span: 1 },
  '1M': { type: 'month', span: 1 },
} as const satisfies Record<string, Period>
export type Interval = keyof typeof INTERVALS
export const INTERVAL_NAMES = Object.keys(INTERVALS) as Interval[]

const SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 } as const

/** Return how long a candle lasts; a month counts thirty days. */
export function millisecondsOf(interval: Interval): number {
  const { type, span } = INTERVALS[interval]
  return SECONDS[type] * span * 1_000
}

type CandleRow = readonly (string | number)[]

/** Read one row of the list of candles. */
export function fromRow(row: CandleRow): KLineData {
  const [timestamp, open, high, low, close, volume, , turnover] = row.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { timestamp, open, high, low, close, volume, turnover }
}

export interface CandleEvent {
  k: { t: number; o: string; h: string; l: string; c: string; v: string; T: number; q: string }
}

/** Read one event of the stream of candles. */
export function fromEvent({ k }: CandleEvent): KLineData {
  return fromRow([k.t, k.o, k.h, k.l, k.c, k.v, k.T, k.q])
}
