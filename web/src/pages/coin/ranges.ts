// How far back a coin's price is shown, and in what steps. Pixels and summaries only.
export const RANGES = {
  day: { interval: '15m', count: 96 },
  week: { interval: '1h', count: 168 },
  month: { interval: '4h', count: 180 },
  year: { interval: '1d', count: 365 },
  all: { interval: '1w', count: 1000 },
} as const
export type Range = keyof typeof RANGES

export interface Point {
  time: number
  /** As the exchange told it. */
  price: string
}

/** Where points lie in a box: x by time, y by price. */
export function placed(points: readonly Point[], width: number, height: number): { x: number; y: number }[] {
  const values = points.map(({ price }) => Number(price))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const [first, last] = [points[0]?.time ?? 0, points.at(-1)?.time ?? 0]
  return points.map(({ time }, index) => ({
    x: last === first ? width / 2 : ((time - first) / (last - first)) * width,
    y: most === least ? height / 2 : height - (((values[index] ?? least) - least) / (most - least)) * height,
  }))
}

/** The index of the point nearest to a place along the box. */
export function nearest(places: readonly { x: number }[], x: number): number {
  let found = 0
  places.forEach((place, index) => {
    if (Math.abs(place.x - x) < Math.abs((places[found]?.x ?? 0) - x)) found = index
  })
  return found
}
