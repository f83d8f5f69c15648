// The chart in the page's language: its legend, its numbers and its dates.
import { registerLocale, type Chart, type FormatDateParams } from 'klinecharts'
import { latin, unmarked } from '../../../i18n/formats'
import { language, t } from '../../../i18n/language.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount, formatShort } from '../../../money/format'
import { speak } from './figures'

const PLAIN = /^-?\d+(\.\d+)?$/

/** Write a number of the library as the page does; what is no number stays. */
export function writeNumber(value: string | number): string {
  const text = String(value)
  return PLAIN.test(text) ? formatAmount(text, text.split('.')[1]?.length ?? 0) : text
}

function writeBig(value: string | number): string {
  const text = String(value)
  if (!PLAIN.test(text)) return text
  const whole = text.split('.')[0] ?? ''
  return whole.replace('-', '').length > 3 ? formatShort(text) : text
}

const PARTS: Record<string, Intl.DateTimeFormatOptions> = {
  YYYY: { year: 'numeric' },
  MM: { month: '2-digit' },
  DD: { day: '2-digit' },
  HH: { hour: '2-digit' },
  mm: { minute: '2-digit' },
  ss: { second: '2-digit' },
}
const known = new Map<string, Intl.DateTimeFormat>()

/** Write a time with the parts a template such as `YYYY-MM-DD HH:mm` names, as the language writes them. */
export function writeTime(timestamp: number, template: string, zone: string, code: string): string {
  const key = `${template}|${zone}|${code}`
  let format = known.get(key)
  if (!format) {
    const parts = Object.entries(PARTS).filter(([name]) => template.includes(name))
    const options = Object.assign(
      { hourCycle: 'h23' },
      ...parts.map(([, option]) => option),
    ) as Intl.DateTimeFormatOptions
    format = new Intl.DateTimeFormat(latin(code), zone ? { ...options, timeZone: zone } : options)
    known.set(key, format)
  }
  return unmarked(format.format(timestamp))
}

/** Have a chart speak the page's language. */
export function speakOn(chart: Chart, zone: string): void {
  const code = language.code
  registerLocale(code, {
    time: `${t('chart.time')}: `,
    open: `${t('chart.open')}: `,
    high: `${t('chart.high')}: `,
    low: `${t('chart.low')}: `,
    close: `${t('chart.close')}: `,
    volume: `${t('chart.volume')}: `,
    change: `${t('chart.change')}: `,
    turnover: '',
    second: '',
    minute: '',
    hour: '',
    day: '',
    week: '',
    month: '',
    year: '',
  })
  chart.setFormatter({
    formatDate: ({ timestamp, template }: FormatDateParams) => writeTime(timestamp, template, zone, code),
    formatBigNumber: writeBig,
  })
  chart.setThousandsSeparator({ format: writeNumber })
  chart.setDecimalFold({ format: String })
  chart.setTimezone(zone || Intl.DateTimeFormat().resolvedOptions().timeZone)
  chart.setLocale(code)
  speak({
    price: (value, decimals) => formatAmount(value.toFixed(decimals), decimals),
    measure: (from, to) => measured(from, to, decimalsOf(chart)),
  })
}

const decimalsOf = (chart: Chart): number => chart.getSymbol()?.pricePrecision ?? 2

type Point = { timestamp: number; value: number }
const HUNDRED = Decimal.of('100')
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

function measured(from: Point, to: Point, decimals: number): string[] {
  const [start, end] = [Decimal.of(from.value.toFixed(decimals)), Decimal.of(to.value.toFixed(decimals))]
  const change = end.minus(start)
  const percent = start.isZero ? null : change.times(HUNDRED).dividedBy(start, 2)
  const apart = Math.abs(to.timestamp - from.timestamp)
  const days = Math.floor(apart / DAY_MS)
  const minutes = Math.floor((apart % DAY_MS) / MINUTE_MS)
  return [
    `${formatAmount(change, decimals)}${percent ? ` (${formatAmount(percent, 2)}%)` : ''}`,
    t('chart.measured', { days, hours: Math.floor(minutes / 60), minutes: minutes % 60 }),
  ]
}
