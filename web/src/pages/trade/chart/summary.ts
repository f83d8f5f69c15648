// What a chart shows, in words: for who does not see it.
import type { Chart, KLineData } from 'klinecharts'
import { language, t } from '../../../i18n/language.svelte'
import { INTERVALS } from '../../../market/candles'
import { changePercent } from '../../../market/change'
import { pairName, priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { formatAmount, formatChange } from '../../../money/format'
import type { ChartKept } from './kept'
import { writeTime } from './words'

type Shown = Pick<ChartKept, 'interval' | 'zone'>

const TEMPLATES: Record<string, string> = {
  second: 'MM-DD HH:mm:ss',
  minute: 'YYYY-MM-DD HH:mm',
  hour: 'YYYY-MM-DD HH:mm',
}

/** Write a candle's time, as exactly as its interval needs. */
export function timeOf({ timestamp }: KLineData, { interval, zone }: Shown): string {
  return writeTime(timestamp, TEMPLATES[INTERVALS[interval].type] ?? 'YYYY-MM-DD', zone, language.code)
}

/** Say what is visible: from when to when, and how prices went; empty where no candle is. */
export function summaryOf(chart: Chart, info: SymbolInfo, shown: Shown): string {
  const { from, to } = chart.getVisibleRange()
  const visible = chart.getDataList().slice(from, to)
  const [first, last] = [visible[0], visible.at(-1)]
  if (!first || !last) return ''
  const decimals = priceDecimals(info)
  const price = (value: number) => formatAmount(value.toFixed(decimals), decimals)
  const percent = changePercent(first.open.toFixed(decimals), last.close.toFixed(decimals))
  return t('chart.summary', {
    symbol: pairName(info),
    interval: shown.interval,
    from: timeOf(first, shown),
    to: timeOf(last, shown),
    open: price(first.open),
    high: price(Math.max(...visible.map(({ high }) => high))),
    low: price(Math.min(...visible.map(({ low }) => low))),
    close: price(last.close),
    change: percent === null ? '–' : formatChange(percent),
  })
}
