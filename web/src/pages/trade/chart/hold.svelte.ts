// One chart of the library and everything the page has put on it. Made for a place in the document, closed with it.
import { dispose, init, type Chart } from 'klinecharts'
import { t } from '../../../i18n/language.svelte'
import { INTERVALS, millisecondsOf, type Interval } from '../../../market/candles'
import { followCandles, readCandles } from '../../../market/candleStream'
import { CANDLES_PER_SECOND, paced } from '../../../market/pace'
import { pairName, priceDecimals, quantityDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { colour } from '../../../theme/theme.svelte'
import { Drawings, type Tool } from './drawings'
import { Feed } from './feed'
import { registerFigures } from './figures'
import { kindOf, type Chosen } from './indicators'
import type { AxisName, Look } from './kept'
import { PriceMarks } from './priceMarks'
import { chartStyles, fontOfPage } from './styles'
import { summaryOf } from './summary'
import { showTradeMarks, type Told, type TradeMark } from './tradeMarks'
import { speakOn } from './words'

const CANDLE_PANE = 'candle_pane'
const AROUND = 250
/** Kept free over the candles for the legend and the mark of the highest price. */
const LEGEND_PX = 88
const PANE_LEGEND_PX = 40
const WITHOUT_LEGEND = 0.2
/** On less the legend would take a third of the candles' height. */
const WIDTH_FOR_LEGEND_PX = 480
const PANE_LEAST = 30
const PANE_MOST = 100
const PART_BELOW = 0.4

interface Events {
  onNote: (id: string, text: string) => void
  onAlert: (value: number) => void
  onFailed: (why: unknown) => void
}

/** What the library has, and does not declare. */
interface WithAutomatic {
  setAutoCalcTickFlag?: (isOn: boolean) => void
}

export class ChartHold {
  state = $state<'loading' | 'there' | 'empty' | 'failed'>('loading')
  /** The tool the person draws with. */
  tool = $state<Tool | null>(null)
  /** Whether what is shown ends in the past. */
  isPast = $state(false)
  readonly chart: Chart
  readonly drawings: Drawings
  readonly orders: PriceMarks
  readonly entry: PriceMarks
  readonly alerts: PriceMarks
  readonly #info: SymbolInfo
  readonly #place: HTMLElement
  readonly #resized: ResizeObserver
  #feed: Feed | null = null
  #indicators = new Map<string, string>()
  #interval: Interval = '1m'
  #zone = ''
  #fitted = ''
  #axis: AxisName = 'normal'
  #fittedAxis = ''

  constructor(place: HTMLElement, info: SymbolInfo, events: Events) {
    registerFigures()
    const chart = init(place)
    if (!chart) throw new Error('the chart has no place')
    this.chart = chart
    this.#place = place
    this.#info = info
    chart.setSymbol({
      ticker: info.symbol,
      pricePrecision: priceDecimals(info),
      volumePrecision: quantityDecimals(info),
    })
    this.#beReached(place)
    const onDone = () => void (this.tool = null)
    this.drawings = new Drawings(chart, info.symbol, { onNote: events.onNote, onDone })
    this.orders = new PriceMarks(chart, 'orders')
    this.entry = new PriceMarks(chart, 'entry')
    this.alerts = new PriceMarks(chart, 'alerts')
    this.#onFailed = events.onFailed
    this.#resized = new ResizeObserver(() => {
      chart.resize()
      this.#fitPanes()
      this.#fitAxis()
    })
    this.#resized.observe(place)
    const clicked = (data: unknown) => this.#clicked(data, events.onAlert)
    chart.subscribeAction('onCrosshairFeatureClick', clicked)
  }

  readonly #onFailed: (why: unknown) => void
  /** Say what is seen, in the language that the page has. */
  #describe = () => {}

  /** Let the keyboard come here, and say what is seen. The library would have it come before everything else, unseen. */
  #beReached(place: HTMLElement): void {
    const inner = place.querySelector<HTMLElement>('[tabindex]')
    if (!inner) return
    inner.tabIndex = 0
    inner.style.outline = ''
    inner.role = 'img'
    this.#describe = () => {
      const said = summaryOf(this.chart, this.#info, { interval: this.#interval, zone: this.#zone })
      inner.setAttribute('aria-label', said || t('chart.title', { symbol: pairName(this.#info) }))
    }
    this.#describe()
    inner.addEventListener('focus', this.#describe)
  }

  close(): void {
    this.#resized.disconnect()
    this.drawings.close()
    this.#feed?.close()
    dispose(this.#place)
  }

  /** Show candles of an interval. */
  show(interval: Interval): void {
    this.#interval = interval
    this.#feed?.close()
    this.state = 'loading'
    this.isPast = false
    this.#feed = this.#feedOf(interval)
    // In this order the old feed is not asked for what it does not have, and the new one is asked once.
    this.chart.setDataLoader(this.#feed)
    this.chart.setPeriod(INTERVALS[interval])
  }

  /** Read everything anew. */
  again(): void {
    this.#feed?.forget()
    this.isPast = false
    this.chart.resetData()
  }

  /** Show the candles around a moment. */
  goTo(moment: number): void {
    const candle = millisecondsOf(this.#interval)
    const until = moment + AROUND * candle
    const isPast = until < Date.now()
    this.#feed?.forget(isPast ? until : null)
    this.isPast = isPast
    this.chart.resetData()
    this.#whenThere = () => this.chart.scrollToTimestamp(moment + (AROUND / 4) * candle)
  }

  #whenThere: (() => void) | null = null

  get #isNarrow(): boolean {
    return this.#place.clientWidth < WIDTH_FOR_LEGEND_PX
  }

  setLook(look: Look): void {
    const font = fontOfPage()
    const plus = {
      id: 'alert',
      type: 'icon_font' as const,
      content: { family: font, code: '+' },
      size: 14,
      color: colour('text'),
      activeColor: colour('on-accent'),
      backgroundColor: colour('raised'),
      activeBackgroundColor: colour('accent'),
      borderRadius: 3,
      position: 'middle' as const,
      marginLeft: 0,
      marginTop: 0,
      marginRight: 2,
      marginBottom: 0,
      paddingLeft: 4,
      paddingTop: 1,
      paddingRight: 4,
      paddingBottom: 1,
    }
    const styles = chartStyles(look, this.#isNarrow)
    this.chart.setStyles({
      ...styles,
      crosshair: { ...styles.crosshair, horizontal: { ...styles.crosshair?.horizontal, features: [plus] } },
    })
  }

  speak(zone: string): void {
    this.#zone = zone
    speakOn(this.chart, zone)
    this.#describe()
  }

  setAxis(name: AxisName): void {
    this.#axis = name
    this.#fittedAxis = ''
    this.#fitAxis()
  }

  /** Keep room for the legend where there is one: whether there is shows only once the chart has its place. */
  #fitAxis(): void {
    if (this.#place.clientWidth === 0) return
    const top = this.#isNarrow ? WITHOUT_LEGEND : LEGEND_PX
    const now = `${this.#axis} ${top}`
    if (now === this.#fittedAxis) return
    this.#fittedAxis = now
    this.chart.overrideYAxis({ paneId: CANDLE_PANE, name: this.#axis, gap: { top } })
  }

  /** Let the height follow the prices again, after the person has stretched it. */
  fit(): void {
    for (const axis of this.chart.getYAxes({ paneId: CANDLE_PANE })) (axis as WithAutomatic).setAutoCalcTickFlag?.(true)
    this.chart.resize()
    this.chart.scrollToRealTime()
  }

  setIndicators(chosen: readonly Chosen[]): void {
    for (const id of this.#indicators.keys()) {
      if (chosen.some((each) => each.id === id)) continue
      this.chart.removeIndicator({ id })
      this.#indicators.delete(id)
    }
    for (const { id, name, params } of chosen) {
      const before = this.#indicators.get(id)
      const now = params.join()
      if (before === now) continue
      this.#indicators.set(id, now)
      if (before !== undefined) this.chart.overrideIndicator({ id, name, calcParams: params })
      else {
        const place = kindOf(name).isOver ? { paneId: CANDLE_PANE } : {}
        this.chart.createIndicator({ id, name, calcParams: params, ...place }, true)
      }
    }
    this.#fitPanes()
  }

  /** Leave the candles the larger part of the height: on a phone the panes below would take all of it. */
  #fitPanes(): void {
    const below = this.chart.getIndicators().filter(({ paneId }) => paneId !== CANDLE_PANE)
    const panes = new Set(below.map(({ paneId }) => paneId))
    const whole = this.#place.clientHeight
    if (whole === 0 || panes.size === 0) return
    const height = Math.max(PANE_LEAST, Math.min(PANE_MOST, Math.floor((whole * PART_BELOW) / panes.size)))
    const now = `${height} ${panes.size}`
    if (now === this.#fitted) return
    this.#fitted = now
    for (const id of panes) {
      this.chart.setPaneOptions({ id, height, minHeight: PANE_LEAST })
      if (!this.#isNarrow) this.chart.overrideYAxis({ paneId: id, gap: { top: PANE_LEGEND_PX } })
    }
  }

  draw(tool: Tool | null): void {
    this.tool = tool
    if (tool) this.drawings.begin(tool)
    else this.drawings.abandon()
  }

  removeSelected(): void {
    this.drawings.removeSelected()
  }

  showTrades(marks: TradeMark[], tell: (told: Told | null) => void): void {
    showTradeMarks(this.chart, marks, tell)
  }

  /** Have the browser save a picture of what is seen. */
  save(): void {
    const link = document.createElement('a')
    link.href = this.chart.getConvertPictureUrl(true, 'png', colour('panel'))
    link.download = `${this.#info.symbol}-${this.#interval}.png`
    link.click()
  }

  #clicked(data: unknown, onAlert: (value: number) => void): void {
    const { crosshair } = data as { crosshair?: { y?: number; paneId?: string } }
    if (crosshair?.y === undefined || crosshair.paneId !== CANDLE_PANE) return
    const point = this.chart.convertFromPixel([{ x: 0, y: crosshair.y }], { paneId: CANDLE_PANE })
    const value = (Array.isArray(point) ? point[0] : point)?.value
    if (value !== undefined) onAlert(value)
  }

  #feedOf(interval: Interval): Feed {
    const { symbol } = this.#info
    return new Feed({
      read: (range) => readCandles(symbol, interval, range),
      listen: (heard) =>
        followCandles(
          symbol,
          interval,
          (candle) => {
            if (this.state === 'empty') this.state = 'there'
            heard(candle)
          },
          () => this.again(),
        ),
      pace: (draw) => paced(draw, CANDLES_PER_SECOND),
      loaded: (count) => {
        this.state = count > 0 ? 'there' : 'empty'
        const then = this.#whenThere
        this.#whenThere = null
        if (then) setTimeout(then)
      },
      failed: (why) => {
        if (this.state === 'loading') this.state = 'failed'
        else this.#onFailed(why)
      },
    })
  }
}
