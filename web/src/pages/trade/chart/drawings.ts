// Drawings on the chart: the tools, and how what was drawn is kept for each symbol. A point is kept by its time and price,
// so that a drawing stands where it stood whatever the interval.
import type { Chart, Overlay, OverlayCreate } from 'klinecharts'
import type { Key } from '../../../i18n/areas'
import { isRecord, recallShaped, rememberShaped } from '../../../session/kept'
import { isPoint } from './indicators'

export const TOOLS = {
  segment: 'chart.toolSegment',
  straightLine: 'chart.toolLine',
  rayLine: 'chart.toolRay',
  horizontalStraightLine: 'chart.toolHorizontal',
  verticalStraightLine: 'chart.toolVertical',
  parallelStraightLine: 'chart.toolChannel',
  fibonacciLine: 'chart.toolFibonacci',
  rectangle: 'chart.toolRectangle',
  brush: 'chart.toolBrush',
  note: 'chart.toolNote',
  measure: 'chart.toolMeasure',
} as const satisfies Record<string, Key>
export type Tool = keyof typeof TOOLS
export const TOOL_NAMES = Object.keys(TOOLS) as Tool[]
export const isTool = (value: unknown): value is Tool => TOOL_NAMES.some((each) => each === value)

const GROUP = 'drawings'
export const DRAWINGS_MAX = 200
const POINTS_MAX = 2_000
export const NOTE_LONGEST = 200

export interface Drawing {
  tool: Tool
  points: { timestamp: number; value: number }[]
  text: string
}

/** Make something of what was kept. */
export function readDrawings(value: unknown): Drawing[] | null {
  if (!Array.isArray(value)) return null
  return value.flatMap((each): Drawing[] => {
    if (!isRecord(each) || !isTool(each.tool) || !Array.isArray(each.points)) return []
    if (each.points.length === 0 || each.points.length > POINTS_MAX || !each.points.every(isPoint)) return []
    const text = typeof each.text === 'string' ? each.text.slice(0, NOTE_LONGEST) : ''
    return [{ tool: each.tool, points: each.points.map(({ timestamp, value }) => ({ timestamp, value })), text }]
  })
}

/** Return what is to be kept of an overlay; null for one that is not finished. */
export function drawingOf({
  name,
  points,
  extendData,
}: Pick<Overlay, 'name' | 'points' | 'extendData'>): Drawing | null {
  if (!isTool(name) || points.length === 0) return null
  const kept = points.map(({ timestamp, value }) => ({ timestamp: timestamp ?? NaN, value: value ?? NaN }))
  return kept.every(isPoint)
    ? { tool: name, points: kept, text: typeof extendData === 'string' ? extendData : '' }
    : null
}

export interface DrawingOptions {
  hasMagnet: boolean
  areLocked: boolean
  areHidden: boolean
}

/** What is drawn on one symbol's chart. `onNote` is asked for the words of a note. */
export class Drawings {
  readonly #chart: Chart
  readonly #name: string
  readonly #onNote: (id: string, text: string) => void
  readonly #onDone: () => void
  #options: DrawingOptions = { hasMagnet: false, areLocked: false, areHidden: false }
  #isClosed = false
  selected: string | null = null

  constructor(
    chart: Chart,
    symbol: string,
    { onNote, onDone }: { onNote: (id: string, text: string) => void; onDone: () => void },
  ) {
    this.#chart = chart
    this.#name = `drawings.${symbol}`
    this.#onNote = onNote
    this.#onDone = onDone
    for (const { tool, points, text } of recallShaped(this.#name, readDrawings, [])) {
      chart.createOverlay(this.#overlay(tool, { points, extendData: text }))
    }
  }

  get count(): number {
    return this.#all().length
  }

  /** Let the person draw with a tool. */
  begin(tool: Tool): void {
    this.abandon()
    if (this.count < DRAWINGS_MAX) this.#chart.createOverlay(this.#overlay(tool, {}))
  }

  /** Give up what is being drawn. */
  abandon(): void {
    for (const { id, currentStep } of this.#all()) if (currentStep > 0) this.#chart.removeOverlay({ id })
  }

  apply(options: DrawingOptions): void {
    this.#options = options
    for (const { id } of this.#all()) this.#chart.overrideOverlay({ id, ...this.#given() })
  }

  /** Write a note; an empty one is taken away. */
  write(id: string, text: string): void {
    if (text.trim() === '') this.#chart.removeOverlay({ id })
    else this.#chart.overrideOverlay({ id, extendData: text.trim().slice(0, NOTE_LONGEST) })
    this.save()
  }

  removeSelected(): void {
    if (this.selected) this.#chart.removeOverlay({ id: this.selected })
    this.selected = null
  }

  removeAll(): void {
    this.#chart.removeOverlay({ groupId: GROUP })
  }

  /** Keep what is drawn now. */
  save(): void {
    if (this.#isClosed) return
    const kept = this.#all().flatMap((overlay) => (overlay.currentStep > 0 ? [] : (drawingOf(overlay) ?? [])))
    rememberShaped(this.#name, kept)
  }

  /** The chart goes; what is removed from now on was not removed by the person. */
  close(): void {
    this.#isClosed = true
  }

  #all(): Overlay[] {
    return this.#chart.getOverlays({ groupId: GROUP })
  }

  #given(): Pick<OverlayCreate, 'lock' | 'visible' | 'mode'> {
    const { hasMagnet, areLocked, areHidden } = this.#options
    return { lock: areLocked, visible: !areHidden, mode: hasMagnet ? 'weak_magnet' : 'normal' }
  }

  #overlay(tool: Tool, given: Partial<OverlayCreate>): OverlayCreate {
    const saveSoon = () => void setTimeout(() => this.save())
    return {
      name: tool,
      groupId: GROUP,
      ...this.#given(),
      ...given,
      onDrawEnd: ({ overlay }) => {
        this.#onDone()
        if (tool === 'note') this.#onNote(overlay.id, '')
        saveSoon()
      },
      onPressedMoveEnd: saveSoon,
      onRemoved: saveSoon,
      onSelected: ({ overlay }) => void (this.selected = overlay.id),
      onDeselected: () => void (this.selected = null),
      onDoubleClick: ({ overlay }) => {
        if (tool === 'note') this.#onNote(overlay.id, String(overlay.extendData ?? ''))
      },
      // The library would remove it without a word.
      onRightClick: (event) => event.preventDefault?.(),
    }
  }
}
