// Areas for a map of the market: each as large as its share, none long and thin if it can be helped (squarified treemap,
// Bruls, Huizing and van Wijk, 2000). Pixels only.
export interface Tile<T> {
  item: T
  x: number
  y: number
  width: number
  height: number
}

/** Fill a box with items by their sizes, the largest first. Sizes of zero or less have no place. */
export function treemap<T>(items: readonly T[], sizeOf: (item: T) => number, width: number, height: number): Tile<T>[] {
  const sized = items.map((item) => ({ item, size: sizeOf(item) })).filter(({ size }) => size > 0)
  const total = sized.reduce((sum, { size }) => sum + size, 0)
  const areas = sized
    .toSorted((one, other) => other.size - one.size)
    .map(({ item, size }) => ({ item, area: (size / total) * width * height }))
  const tiles: Tile<T>[] = []
  let box = { x: 0, y: 0, width, height }
  let from = 0
  while (from < areas.length) {
    const side = Math.min(box.width, box.height)
    let to = from + 1
    while (to < areas.length && worst(areas.slice(from, to + 1), side) <= worst(areas.slice(from, to), side)) to += 1
    const row = areas.slice(from, to)
    const sum = row.reduce((all, { area }) => all + area, 0)
    const isColumn = box.width >= box.height
    const thick = sum / side
    let at = isColumn ? box.y : box.x
    for (const { item, area } of row) {
      const long = area / thick
      tiles.push(
        isColumn
          ? { item, x: box.x, y: at, width: thick, height: long }
          : { item, x: at, y: box.y, width: long, height: thick },
      )
      at += long
    }
    box = isColumn
      ? { ...box, x: box.x + thick, width: box.width - thick }
      : { ...box, y: box.y + thick, height: box.height - thick }
    from = to
  }
  return tiles
}

/** How far the worst of a row is from a square. */
function worst(row: readonly { area: number }[], side: number): number {
  const areas = row.map(({ area }) => area)
  const sum = areas.reduce((all, area) => all + area, 0)
  const [least, most] = [Math.min(...areas), Math.max(...areas)]
  return Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least))
}
