// The indicators one can put on the chart, with the numbers they are computed by.
import type { Key } from '../../../i18n/areas'
import { isRecord } from '../../../session/kept'

interface Kind {
  title: Key
  /** Whether it is drawn over the candles, or in a pane of its own. */
  isOver: boolean
  params: readonly number[]
  /** Whether more numbers can be added: one line for each. */
  isOpen?: true
}

export const INDICATORS = {
  MA: { title: 'chart.ma', isOver: true, params: [7, 25, 99], isOpen: true },
  EMA: { title: 'chart.ema', isOver: true, params: [9, 21, 55], isOpen: true },
  BOLL: { title: 'chart.boll', isOver: true, params: [20, 2] },
  SAR: { title: 'chart.sar', isOver: true, params: [2, 2, 20] },
  VWAP: { title: 'chart.vwap', isOver: true, params: [] },
  BBI: { title: 'chart.bbi', isOver: true, params: [3, 6, 12, 24] },
  VOL: { title: 'chart.vol', isOver: false, params: [5, 10], isOpen: true },
  MACD: { title: 'chart.macd', isOver: false, params: [12, 26, 9] },
  RSI: { title: 'chart.rsi', isOver: false, params: [14], isOpen: true },
  KDJ: { title: 'chart.kdj', isOver: false, params: [9, 3, 3] },
  OBV: { title: 'chart.obv', isOver: false, params: [30] },
  CCI: { title: 'chart.cci', isOver: false, params: [20] },
  DMI: { title: 'chart.dmi', isOver: false, params: [14, 6] },
  WR: { title: 'chart.wr', isOver: false, params: [6, 10, 14] },
  ROC: { title: 'chart.roc', isOver: false, params: [12, 6] },
  TRIX: { title: 'chart.trix', isOver: false, params: [12, 9] },
  AO: { title: 'chart.ao', isOver: false, params: [5, 34] },
} as const satisfies Record<string, Kind>

export type IndicatorName = keyof typeof INDICATORS
export const INDICATOR_NAMES = Object.keys(INDICATORS) as IndicatorName[]
export const PARAMS_MAX = 6
export const PARAM_MOST = 500

export interface Chosen {
  id: string
  name: IndicatorName
  params: number[]
}

export const kindOf = (name: IndicatorName): Kind => INDICATORS[name]

export const isIndicator = (value: unknown): value is IndicatorName => INDICATOR_NAMES.some((name) => name === value)

/** Return the numbers given if they are such as the indicator takes, else its own. */
export function paramsOf(name: IndicatorName, given: unknown): number[] {
  const { params, isOpen } = kindOf(name)
  const isRight =
    Array.isArray(given) &&
    given.every((each) => Number.isInteger(each) && each >= 1 && each <= PARAM_MOST) &&
    (isOpen ? given.length >= 1 && given.length <= PARAMS_MAX : given.length === params.length)
  return isRight ? (given as number[]) : [...params]
}

/** Read the numbers a person typed, separated by anything. Returns null if the indicator does not take them. */
export function paramsTyped(name: IndicatorName, text: string): number[] | null {
  const numbers = (text.match(/\d+/g) ?? []).map(Number)
  const taken = paramsOf(name, numbers)
  return taken.join() === numbers.join() ? taken : null
}

/** A candle as far as its average price needs it. */
interface Traded {
  timestamp: number
  high: number
  low: number
  close: number
  volume?: number
  turnover?: number
}
const DAY_MS = 86_400_000

/** Compute what was paid for a unit on average since the day (UTC) began, candle by candle. */
export function averagePaid(candles: readonly Traded[]): { vwap?: number }[] {
  let [day, paid, volume] = [-1, 0, 0]
  return candles.map((candle) => {
    const own = Math.floor(candle.timestamp / DAY_MS)
    if (own !== day) [day, paid, volume] = [own, 0, 0]
    const traded = candle.volume ?? 0
    volume += traded
    paid += candle.turnover ?? traded * ((candle.high + candle.low + candle.close) / 3)
    return volume > 0 ? { vwap: paid / volume } : {}
  })
}

/** Whether something that was kept is a point of a drawing. */
export const isPoint = (value: unknown): value is { timestamp: number; value: number } =>
  isRecord(value) && Number.isFinite(value.timestamp) && Number.isFinite(value.value)
