// Paints a depth on a canvas, sharp on every screen. Prices rise from left to right in every language.
import type { Depth, Step } from './depth'

export interface DepthColours {
  up: string
  down: string
  line: string
  soft: string
  text: string
  font: string
}

export interface DepthWords {
  /** Write a quantity for the axis. */
  quantity: (value: number) => string
  price: (value: number) => string
}

const FOOT = 22
const LINES = 4
const FILL = '2e'

/** Return the price under a place of the canvas. */
export const priceUnder = (depth: Depth, x: number, width: number): number =>
  depth.low + (x / width) * (depth.high - depth.low)

/** Return the place of a price. */
export const placeOf = (depth: Depth, price: number, width: number): number =>
  ((price - depth.low) / (depth.high - depth.low)) * width

export function paintDepth(
  canvas: HTMLCanvasElement,
  depth: Depth | null,
  pointed: Step | null,
  colours: DepthColours,
  words: DepthWords,
): void {
  const { clientWidth: width, clientHeight: height } = canvas
  const ratio = window.devicePixelRatio || 1
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio)
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context) return
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  if (!depth || depth.most === 0) return
  const floor = height - FOOT
  const at = (step: Step) => ({
    x: placeOf(depth, step.x, width),
    y: floor - (step.y / depth.most) * (floor - 24),
  })
  paintGrid(context, depth, { width, floor, colours, words })
  paintSide(context, depth.bids.map(at), 0, floor, colours.up)
  paintSide(context, depth.asks.map(at), width, floor, colours.down)
  context.strokeStyle = colours.soft
  context.setLineDash([3, 3])
  paintLine(context, width / 2, 0, width / 2, floor)
  if (pointed) {
    const { x, y } = at(pointed)
    paintLine(context, x, 0, x, floor)
    paintLine(context, 0, y, width, y)
    context.fillStyle = colours.text
    context.beginPath()
    context.arc(x, y, 3.5, 0, 2 * Math.PI)
    context.fill()
  }
  context.setLineDash([])
}

interface Ground {
  width: number
  floor: number
  colours: DepthColours
  words: DepthWords
}

function paintGrid(context: CanvasRenderingContext2D, depth: Depth, { width, floor, colours, words }: Ground): void {
  context.font = `11px ${colours.font}`
  context.fillStyle = colours.soft
  context.strokeStyle = colours.line
  context.lineWidth = 1
  context.textBaseline = 'bottom'
  for (let line = 0; line <= LINES; line++) {
    const share = line / LINES
    const y = Math.round(floor - share * (floor - 24)) + 0.5
    paintLine(context, 0, y, width, y)
    if (line > 0) {
      context.textAlign = 'right'
      context.fillText(words.quantity(depth.most * share), width - 6, y - 2)
    }
    const x = share * width
    context.textAlign = line === 0 ? 'left' : line === LINES ? 'right' : 'center'
    context.fillText(
      words.price(depth.low + share * (depth.high - depth.low)),
      x + (line === 0 ? 6 : line === LINES ? -6 : 0),
      floor + 17,
    )
  }
}

function paintSide(
  context: CanvasRenderingContext2D,
  points: { x: number; y: number }[],
  edge: number,
  floor: number,
  colour: string,
): void {
  const [first] = points
  const last = points.at(-1)
  if (!first || !last) return
  context.beginPath()
  context.moveTo(first.x, floor)
  let before = floor
  for (const { x, y } of points) {
    context.lineTo(x, before)
    context.lineTo(x, y)
    before = y
  }
  context.lineTo(edge, last.y)
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.setLineDash([])
  context.stroke()
  context.lineTo(edge, floor)
  context.closePath()
  context.fillStyle = colour + FILL
  context.fill()
}

function paintLine(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(toX, toY)
  context.stroke()
}
