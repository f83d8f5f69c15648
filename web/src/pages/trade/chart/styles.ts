// The chart in the page's colours and letters.
import type { DeepPartial, Styles } from 'klinecharts'
import { colour } from '../../../theme/theme.svelte'
import type { Look } from './kept'

/** The letters of the page. */
export const fontOfPage = (): string => getComputedStyle(document.body).fontFamily

/** Return the styles for the looks the document has now; where it is narrow, legends show only while one points. */
export function chartStyles(look: Look, isNarrow = false): DeepPartial<Styles> {
  const [up, down, line, soft, raised, text, blue] = ['up', 'down', 'line', 'soft', 'raised', 'text', 'blue'].map(
    colour,
  ) as [string, string, string, string, string, string, string]
  const family = fontOfPage()
  const letters = { family, size: 11 }
  const axis = {
    axisLine: { color: line },
    tickLine: { color: line },
    tickText: { ...letters, color: soft },
  }
  const cross = {
    line: { color: soft },
    text: { ...letters, backgroundColor: raised, borderColor: line, color: text },
  }
  const bar = { upColor: up, downColor: down, noChangeColor: soft }
  const legend = { ...letters, color: soft }
  const showRule = isNarrow ? 'follow_cross' : 'always'
  const isLine = look === 'line'
  return {
    grid: { horizontal: { color: line }, vertical: { color: line } },
    candle: {
      type: look === 'line' || look === 'area' ? 'area' : look,
      bar: {
        ...bar,
        upBorderColor: up,
        downBorderColor: down,
        noChangeBorderColor: soft,
        upWickColor: up,
        downWickColor: down,
        noChangeWickColor: soft,
      },
      area: {
        lineColor: blue,
        lineSize: 2,
        backgroundColor: [
          { offset: 0, color: isLine ? '#00000000' : `${blue}08` },
          { offset: 1, color: isLine ? '#00000000' : `${blue}40` },
        ],
        point: { show: false },
      },
      priceMark: {
        last: { ...bar, text: { family, size: 11 } },
        high: { color: soft, textFamily: family },
        low: { color: soft, textFamily: family },
      },
      tooltip: { showRule, title: { show: false }, legend },
    },
    indicator: {
      bars: [{ upColor: `${up}80`, downColor: `${down}80`, noChangeColor: soft }],
      tooltip: { showRule, title: legend, legend },
      lastValueMark: { text: letters },
    },
    xAxis: axis,
    yAxis: axis,
    separator: { color: line, activeBackgroundColor: `${blue}30` },
    crosshair: { horizontal: cross, vertical: cross },
    overlay: {
      point: { color: blue, borderColor: `${blue}60`, activeColor: blue, activeBorderColor: `${blue}60` },
      line: { color: blue },
      rect: { color: `${blue}26`, borderColor: blue },
      polygon: { color: blue, borderColor: blue },
      circle: { color: `${blue}26`, borderColor: blue },
      arc: { color: blue },
      text: { ...letters, color: text, backgroundColor: raised, borderColor: blue },
    },
  }
}
