// Figures the chart library does not have: rectangles, notes, what lies between two points; and the lines of orders,
// alerts, what was paid on average, and the marks of trades. Registered once.
import {
  registerIndicator,
  registerOverlay,
  type Coordinate,
  type KLineData,
  type OverlayCreateFiguresCallbackParams,
  type OverlayFigure,
} from 'klinecharts'
import { averagePaid } from './indicators'

/** What the line of an order, an alert or an average says. */
export interface LineData {
  /** Beside the line; of a line that is moved the price is told, too. */
  label: string
  colour: string
  ground: string
  ink: string
  font: string
  isDashed: boolean
  canBeRemoved: boolean
  /** Write a price as people read it. */
  decimals: number
}

export interface MarkData {
  letter: string
  isBuy: boolean
  colour: string
  ink: string
  font: string
}

/** What is told between two points of the chart, in the language of the page. */
export type Measured = (
  from: { timestamp: number; value: number },
  to: { timestamp: number; value: number },
) => string[]

const words: { measure: Measured; price: (value: number, decimals: number) => string } = {
  measure: () => [],
  price: (value, decimals) => value.toFixed(decimals),
}

/** Have words written so from now on. */
export function speak(spoken: Partial<typeof words>): void {
  Object.assign(words, spoken)
}

const box = ([one, other]: Coordinate[]) =>
  one && other
    ? {
        x: Math.min(one.x, other.x),
        y: Math.min(one.y, other.y),
        width: Math.abs(one.x - other.x),
        height: Math.abs(one.y - other.y),
      }
    : null

type Params = OverlayCreateFiguresCallbackParams<unknown>

function rectangle({ coordinates }: Params): OverlayFigure[] {
  const attrs = box(coordinates)
  return attrs ? [{ type: 'rect', attrs, styles: { style: 'stroke_fill' } }] : []
}

function note({ coordinates, overlay }: Params): OverlayFigure[] {
  const [at] = coordinates
  return at ? [{ type: 'text', attrs: { ...at, text: String(overlay.extendData || '…'), baseline: 'bottom' } }] : []
}

function measure({ coordinates, overlay }: Params): OverlayFigure[] {
  const attrs = box(coordinates)
  const [from, to] = overlay.points
  if (!attrs || from?.value === undefined || to?.value === undefined) return []
  const lines = words.measure(
    { timestamp: from.timestamp ?? 0, value: from.value },
    { timestamp: to.timestamp ?? 0, value: to.value },
  )
  const x = attrs.x + attrs.width / 2
  return [
    { type: 'rect', attrs, styles: { style: 'stroke_fill' } },
    ...lines.map((text, index) => ({
      type: 'text',
      attrs: { x, y: attrs.y + attrs.height + 6 + index * 20, text, align: 'center', baseline: 'top' },
      ignoreEvent: true,
    })),
  ]
}

const LABEL_FROM_END = 12
const CROSS = '×'

function line({ coordinates, overlay, bounding }: Params): OverlayFigure[] {
  const [at] = coordinates
  const { label, colour, ground, ink, font, isDashed, canBeRemoved } = overlay.extendData as LineData
  if (!at) return []
  const text = {
    size: 11,
    family: font,
    paddingLeft: 5,
    paddingRight: 5,
    paddingTop: 3,
    paddingBottom: 3,
    borderSize: 1,
  }
  const end = bounding.width - LABEL_FROM_END
  const figures: OverlayFigure[] = [
    {
      key: 'line',
      type: 'line',
      attrs: {
        coordinates: [at, { x: bounding.width, y: at.y }].map(({ y }, index) => ({ x: index * bounding.width, y })),
      },
      styles: { color: colour, style: isDashed ? 'dashed' : 'solid', dashedValue: [4, 3], size: 1 },
    },
    {
      key: 'label',
      type: 'text',
      attrs: { x: end - (canBeRemoved ? 18 : 0), y: at.y, text: label, align: 'right', baseline: 'middle' },
      styles: { ...text, style: 'stroke_fill', color: colour, backgroundColor: ground, borderColor: colour },
    },
  ]
  if (canBeRemoved)
    figures.push({
      key: 'remove',
      type: 'text',
      attrs: { x: end, y: at.y, text: CROSS, align: 'right', baseline: 'middle' },
      styles: { ...text, style: 'stroke_fill', color: ink, backgroundColor: colour, borderColor: colour },
    })
  return figures
}

function lineOnAxis({ coordinates, overlay, bounding, yAxis }: Params): OverlayFigure[] {
  const [at] = coordinates
  const { colour, ink, font, decimals } = overlay.extendData as LineData
  const value = overlay.points[0]?.value
  if (!at || value === undefined) return []
  const isFromZero = yAxis?.isFromZero() ?? true
  const attrs = {
    x: isFromZero ? 0 : bounding.width,
    y: at.y,
    text: words.price(value, decimals),
    align: isFromZero ? 'left' : 'right',
    baseline: 'middle',
  }
  const styles = { style: 'fill', color: ink, size: 11, family: font, backgroundColor: colour, borderColor: colour }
  return [{ type: 'text', attrs, styles, ignoreEvent: true }]
}

const MARK = 7

function mark({ coordinates, overlay }: Params): OverlayFigure[] {
  const [at] = coordinates
  if (!at) return []
  const { letter, isBuy, colour, ink, font } = overlay.extendData as MarkData
  const down = isBuy ? 1 : -1
  const y = at.y + down * (MARK + 4)
  return [
    {
      type: 'polygon',
      attrs: {
        coordinates: [
          { x: at.x, y: at.y + down * 2 },
          { x: at.x - 4, y: at.y + down * 7 },
          { x: at.x + 4, y: at.y + down * 7 },
        ],
      },
      styles: { style: 'fill', color: colour },
    },
    { type: 'circle', attrs: { x: at.x, y: y + down * 2, r: MARK }, styles: { style: 'fill', color: colour } },
    {
      type: 'text',
      attrs: { x: at.x, y: y + down * 2, text: letter, align: 'center', baseline: 'middle' },
      styles: {
        style: 'fill',
        color: ink,
        size: 9,
        weight: 700,
        family: font,
        backgroundColor: 'transparent',
        borderSize: 0,
      },
      ignoreEvent: true,
    },
  ]
}

const TWO_POINTS = {
  totalStep: 3,
  needDefaultPointFigure: true,
  needDefaultXAxisFigure: true,
  needDefaultYAxisFigure: true,
}
let isDone = false

export function registerFigures(): void {
  if (isDone) return
  isDone = true
  registerOverlay({ name: 'rectangle', ...TWO_POINTS, createPointFigures: rectangle })
  registerOverlay({ name: 'measure', ...TWO_POINTS, createPointFigures: measure })
  registerOverlay({ name: 'note', totalStep: 2, needDefaultPointFigure: true, createPointFigures: note })
  registerOverlay({ name: 'priceMark', totalStep: 2, createPointFigures: line, createYAxisFigures: lineOnAxis })
  registerOverlay({ name: 'tradeMark', totalStep: 2, createPointFigures: mark })
  registerIndicator<{ vwap?: number }>({
    name: 'VWAP',
    shortName: 'VWAP',
    series: 'price',
    calcParams: [],
    shouldOhlc: true,
    figures: [{ key: 'vwap', title: 'VWAP: ', type: 'line' }],
    calc: (candles: KLineData[]) => averagePaid(candles),
  })
}
