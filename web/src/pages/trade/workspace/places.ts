// Where the panels of a tree lie, in pixels from the start and the top: they fill the area, with a gap between neighbours,
// and none is smaller than it can be used, as long as the area is large enough for all.
import { isSplit, type Node, type Panel, type Way } from './tree'

export interface Rect {
  start: number
  top: number
  width: number
  height: number
}

/** A border that can be moved: after part `index` of the split at `path`. */
export interface Border extends Rect {
  path: number[]
  index: number
  way: Way
  /** The length that is shared by the parts of its split. */
  length: number
  /** How much of that length is before the border, in percent. */
  percent: number
  /** Panels before and after it, for its name. */
  between: [Panel, Panel]
}

export interface Places {
  panels: Partial<Record<Panel, Rect>>
  borders: Border[]
}

export const GAP = 4
const LEAST: Record<Panel, { width: number; height: number }> = {
  chart: { width: 360, height: 220 },
  book: { width: 220, height: 200 },
  tape: { width: 200, height: 120 },
  form: { width: 280, height: 240 },
  orders: { width: 360, height: 160 },
}

/** Lay a tree out in an area. */
export function places(tree: Node | null, area: Rect): Places {
  const found: Places = { panels: {}, borders: [] }
  if (tree !== null) lay(tree, area, [], found)
  return found
}

function lay(node: Node, area: Rect, path: number[], found: Places): void {
  if (!isSplit(node)) {
    found.panels[node] = area
    return
  }
  const isRow = node.way === 'row'
  const whole = Math.max(0, (isRow ? area.width : area.height) - GAP * (node.parts.length - 1))
  const sizes = shared(
    whole,
    node.parts.map((part) => part.share),
    node.parts.map((part) => leastOf(part.node, node.way)),
  )
  let at = isRow ? area.start : area.top
  let before = 0
  node.parts.forEach((part, index) => {
    const size = sizes[index] ?? 0
    const rect = isRow ? { ...area, start: at, width: size } : { ...area, top: at, height: size }
    lay(part.node, rect, [...path, index], found)
    at += size
    before += size
    const next = node.parts[index + 1]
    if (!next) return
    const border = isRow ? { ...area, start: at, width: GAP } : { ...area, top: at, height: GAP }
    const percent = whole > 0 ? Math.round((before / whole) * 100) : 0
    const between: [Panel, Panel] = [firstOf(part.node), firstOf(next.node)]
    found.borders.push({ ...border, path, index, way: node.way, length: whole, percent, between })
    at += GAP
  })
}

const firstOf = (node: Node): Panel => (isSplit(node) ? firstOf(node.parts[0]?.node ?? 'chart') : node)

/** How much a node needs in a direction. */
function leastOf(node: Node, way: Way): number {
  if (!isSplit(node)) return LEAST[node][way === 'row' ? 'width' : 'height']
  const inside = node.parts.map((part) => leastOf(part.node, way))
  if (node.way !== way) return Math.max(...inside)
  return inside.reduce((sum, each) => sum + each, 0) + GAP * (inside.length - 1)
}

/** Share a length: by shares, but none less than its least, as long as there is enough for all. */
export function shared(whole: number, shares: readonly number[], least: readonly number[]): number[] {
  const needed = least.reduce((sum, each) => sum + each, 0)
  if (needed >= whole) return least.map((each) => (needed > 0 ? (each / needed) * whole : 0))
  const sizes = shares.map(() => 0)
  const held = new Set<number>()
  for (;;) {
    const free = whole - [...held].reduce((sum, at) => sum + (least[at] ?? 0), 0)
    const total = shares.reduce((sum, share, at) => (held.has(at) ? sum : sum + share), 0)
    const small = shares.findIndex((share, at) => !held.has(at) && (share / total) * free < (least[at] ?? 0))
    if (small < 0) {
      shares.forEach((share, at) => (sizes[at] = held.has(at) ? (least[at] ?? 0) : (share / total) * free))
      return sizes
    }
    held.add(small)
  }
}

/** Which panel lies next to one, towards a side; null at the edge. */
export function neighbour(panels: Places['panels'], of: Panel, towards: 'start' | 'end' | 'up' | 'down'): Panel | null {
  const own = panels[of]
  if (!own) return null
  const middle = { x: own.start + own.width / 2, y: own.top + own.height / 2 }
  let nearest: { panel: Panel; distance: number } | null = null
  for (const [panel, rect] of Object.entries(panels) as [Panel, Rect][]) {
    if (panel === of) continue
    const isThere = {
      start: rect.start + rect.width <= own.start,
      end: rect.start >= own.start + own.width,
      up: rect.top + rect.height <= own.top,
      down: rect.top >= own.top + own.height,
    }[towards]
    if (!isThere) continue
    const distance = Math.hypot(rect.start + rect.width / 2 - middle.x, rect.top + rect.height / 2 - middle.y)
    if (nearest === null || distance < nearest.distance) nearest = { panel, distance }
  }
  return nearest?.panel ?? null
}
