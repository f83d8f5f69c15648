// How the chart is shown, as it is kept in this browser.
import { INTERVAL_NAMES, type Interval } from '../../../market/candles'
import { isRecord, oneOf } from '../../../session/kept'
import { isIndicator, paramsOf, type Chosen } from './indicators'

export const LOOKS = ['candle_solid', 'candle_stroke', 'candle_up_stroke', 'ohlc', 'line', 'area'] as const
export const AXES = ['normal', 'logarithm', 'percentage'] as const
export type Look = (typeof LOOKS)[number]
export type AxisName = (typeof AXES)[number]

export interface ChartKept {
  interval: Interval
  favourites: Interval[]
  look: Look
  axis: AxisName
  /** A name of the time zone database, or nothing for the browser's own. */
  zone: string
  indicators: Chosen[]
  hasMagnet: boolean
  areLocked: boolean
  areHidden: boolean
  showsOrders: boolean
  showsFills: boolean
  showsEntry: boolean
}

export const CHART_FIRST: ChartKept = {
  interval: '15m',
  favourites: ['1m', '5m', '15m', '1h', '4h', '1d'],
  look: 'candle_solid',
  axis: 'normal',
  zone: '',
  indicators: [
    { id: 'first-ma', name: 'MA', params: [7, 25, 99] },
    { id: 'first-vol', name: 'VOL', params: [5, 10] },
  ],
  hasMagnet: false,
  areLocked: false,
  areHidden: false,
  showsOrders: true,
  showsFills: true,
  showsEntry: true,
}

export const INDICATORS_MAX = 12

/** Make something of what was kept; what is not understood is as it is at first. */
export function readChart(value: unknown): ChartKept | null {
  if (!isRecord(value)) return null
  const favourites = Array.isArray(value.favourites) ? value.favourites : CHART_FIRST.favourites
  const isOn = (name: keyof ChartKept) => (typeof value[name] === 'boolean' ? value[name] : CHART_FIRST[name] === true)
  return {
    interval: oneOf(INTERVAL_NAMES, value.interval, CHART_FIRST.interval),
    favourites: INTERVAL_NAMES.filter((each) => favourites.includes(each)),
    look: oneOf(LOOKS, value.look, CHART_FIRST.look),
    axis: oneOf(AXES, value.axis, CHART_FIRST.axis),
    zone: isZone(value.zone) ? value.zone : '',
    indicators: Array.isArray(value.indicators)
      ? value.indicators.flatMap(readIndicator).slice(0, INDICATORS_MAX)
      : CHART_FIRST.indicators,
    hasMagnet: isOn('hasMagnet'),
    areLocked: isOn('areLocked'),
    areHidden: isOn('areHidden'),
    showsOrders: isOn('showsOrders'),
    showsFills: isOn('showsFills'),
    showsEntry: isOn('showsEntry'),
  }
}

function readIndicator(value: unknown): Chosen[] {
  if (!isRecord(value) || typeof value.id !== 'string' || !isIndicator(value.name)) return []
  return [{ id: value.id, name: value.name, params: paramsOf(value.name, value.params) }]
}

function isZone(value: unknown): value is string {
  if (typeof value !== 'string') return false
  if (value === '') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}
