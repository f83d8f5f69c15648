// Where a panel that is being dragged would go: to a side of the panel it is held over, or in exchange for it.
import type { Places, Rect } from './places'
import { moved, swapped, type Node, type Panel, type Side } from './tree'

export interface Target {
  panel: Panel
  /** Null is the middle: the two change places. */
  side: Side | null
  rect: Rect
}

/** Within this fraction of its size from an edge, a panel is held at that side. */
const EDGE = 0.25

/** Find what a point is over; null over nothing and over the dragged panel itself. */
export function targetAt(panels: Places['panels'], dragged: Panel, x: number, y: number): Target | null {
  for (const [panel, rect] of Object.entries(panels) as [Panel, Rect][]) {
    const along = (x - rect.start) / rect.width
    const down = (y - rect.top) / rect.height
    if (panel === dragged || along < 0 || along > 1 || down < 0 || down > 1) continue
    const edges: [number, Side][] = [
      [along, 'before'],
      [1 - along, 'after'],
      [down, 'above'],
      [1 - down, 'below'],
    ]
    const [distance, side] = edges.reduce((least, each) => (each[0] < least[0] ? each : least))
    return distance > EDGE ? { panel, side: null, rect } : { panel, side, rect: halfOf(rect, side) }
  }
  return null
}

/** Put the dragged panel where it was let go. */
export function dropped(tree: Node, dragged: Panel, { panel, side }: Target): Node {
  return side === null ? swapped(tree, dragged, panel) : moved(tree, dragged, panel, side)
}

function halfOf(rect: Rect, side: Side): Rect {
  const [width, height] = [rect.width / 2, rect.height / 2]
  if (side === 'before') return { ...rect, width }
  if (side === 'after') return { ...rect, width, start: rect.start + width }
  if (side === 'above') return { ...rect, height }
  return { ...rect, height, top: rect.top + height }
}
