// The depth of a book as it is drawn: for each side steps of how much there is up to a price. What is told is exact; only
// places on the screen are binary numbers.
import type { Level } from '../../../market/book'
import { Decimal } from '../../../money/decimal'

export interface Step {
  price: Decimal
  sumQuantity: Decimal
  sumValue: Decimal
  /** For the pixels. */
  x: number
  y: number
}

export interface Depth {
  bids: Step[]
  asks: Step[]
  middle: Decimal
  /** The prices at the edges and the largest quantity, for the pixels. */
  low: number
  high: number
  most: number
}

export const RANGES = ['1', '2', '5', '10', '25', '50'] as const
export type Range = (typeof RANGES)[number]

const TWO = Decimal.of('2')
const HUNDRED = Decimal.of('100')
const MIDDLE_MORE = 4

/** Add up what lies within `percent` of the middle. Null for a book with an empty side. */
export function depthOf(bids: readonly Level[], asks: readonly Level[], percent: string): Depth | null {
  const [bid, ask] = [bids[0]?.price, asks[0]?.price]
  if (!bid || !ask) return null
  const sum = bid.plus(ask)
  const middle = sum.dividedBy(TWO, sum.scale + 1)
  const reach = middle.times(Decimal.of(percent)).dividedBy(HUNDRED, middle.scale + MIDDLE_MORE)
  const [low, high] = [middle.minus(reach), middle.plus(reach)]
  const steps = [
    stepsWithin(bids, (price) => price.compare(low) >= 0),
    stepsWithin(asks, (price) => price.compare(high) <= 0),
  ] as const
  const most = Math.max(...steps.map((side) => side.at(-1)?.y ?? 0))
  return { bids: steps[0], asks: steps[1], middle, low: Number(low.toString()), high: Number(high.toString()), most }
}

function stepsWithin(levels: readonly Level[], isWithin: (price: Decimal) => boolean): Step[] {
  const steps: Step[] = []
  let [sumQuantity, sumValue] = [Decimal.ZERO, Decimal.ZERO]
  for (const { price, quantity } of levels) {
    if (!isWithin(price)) break
    sumQuantity = sumQuantity.plus(quantity)
    sumValue = sumValue.plus(price.times(quantity))
    steps.push({ price, sumQuantity, sumValue, x: Number(price.toString()), y: Number(sumQuantity.toString()) })
  }
  return steps
}

/** Return the step a price lies on: the last whose price it has reached. Null between the best prices. */
export function stepAt({ bids, asks }: Depth, x: number): { side: 'bid' | 'ask'; index: number; step: Step } | null {
  const side = bids[0] && x <= bids[0].x ? 'bid' : asks[0] && x >= asks[0].x ? 'ask' : null
  if (!side) return null
  const steps = side === 'bid' ? bids : asks
  const isReached = (step: Step) => (side === 'bid' ? step.x >= x : step.x <= x)
  const index = steps.findLastIndex(isReached)
  const step = steps[index]
  return step ? { side, index, step } : null
}

/** Return how far a price is from the middle, in percent with two decimals and its sign. */
export function distanceOf(price: Decimal, middle: Decimal): string {
  return price.minus(middle).times(HUNDRED).dividedBy(middle, 2).toString()
}
