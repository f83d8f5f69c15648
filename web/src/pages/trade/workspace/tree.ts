// How panels share a page: a tree of rows and columns whose leaves are panels. A tree has no holes and no overlaps, whatever
// is moved, hidden or made wider; everything here returns a new tree and leaves the given one as it was.
export const PANELS = ['chart', 'book', 'tape', 'form', 'orders'] as const
export type Panel = (typeof PANELS)[number]
export type Way = 'row' | 'column'

export interface Part {
  node: Node
  share: number
}
export interface Split {
  way: Way
  parts: Part[]
}
export type Node = Panel | Split

export type Side = 'before' | 'after' | 'above' | 'below'

const DEPTH_MAX = 6
const SHARE_MIN = 0.02

export const isSplit = (node: Node): node is Split => typeof node !== 'string'

/** Join nodes beside each other (`row`) or under each other (`column`), with their shares. */
export function split(way: Way, ...parts: [Node, number][]): Split {
  return { way, parts: parts.map(([node, share]) => ({ node, share })) }
}

/** List the panels of a tree in their order. */
export function panelsOf(node: Node | null): Panel[] {
  if (node === null) return []
  return isSplit(node) ? node.parts.flatMap((part) => panelsOf(part.node)) : [node]
}

/** Take a panel out; what was beside it takes its place. Null if nothing is left. */
export function without(node: Node, panel: Panel): Node | null {
  if (!isSplit(node)) return node === panel ? null : node
  const parts = node.parts.flatMap(({ node: inner, share }) => {
    const left = without(inner, panel)
    return left === null ? [] : [{ node: left, share }]
  })
  return tidied(node.way, parts)
}

/** Put a panel beside another one, which gives it half of its place. */
export function placed(node: Node, panel: Panel, beside: Panel, side: Side): Node {
  const way: Way = side === 'before' || side === 'after' ? 'row' : 'column'
  const isFirst = side === 'before' || side === 'above'
  if (!isSplit(node)) {
    if (node !== beside) return node
    return split(
      way,
      ...((isFirst
        ? [
            [panel, 1],
            [node, 1],
          ]
        : [
            [node, 1],
            [panel, 1],
          ]) as [Node, number][]),
    )
  }
  const at = node.parts.findIndex((part) => part.node === beside)
  const found = node.parts[at]
  if (found && node.way === way) {
    const half = found.share / 2
    const pair: Part[] = [
      { node: beside, share: half },
      { node: panel, share: half },
    ]
    return { way, parts: node.parts.toSpliced(at, 1, ...(isFirst ? pair.toReversed() : pair)) }
  }
  const parts = node.parts.map((part) => ({ ...part, node: placed(part.node, panel, beside, side) }))
  return tidied(node.way, parts) ?? node
}

/** Move a panel that is there beside another one. */
export function moved(node: Node, panel: Panel, beside: Panel, side: Side): Node {
  if (panel === beside) return node
  const rest = without(node, panel)
  return rest === null ? node : placed(rest, panel, beside, side)
}

/** Let two panels change places. */
export function swapped(node: Node, one: Panel, other: Panel): Node {
  if (!isSplit(node)) return node === one ? other : node === other ? one : node
  return { way: node.way, parts: node.parts.map((part) => ({ ...part, node: swapped(part.node, one, other) })) }
}

/** Move the border after part `index` of the split at `path` by a fraction of that split. */
export function resized(node: Node, path: readonly number[], index: number, by: number): Node {
  if (!isSplit(node)) return node
  const [first, ...rest] = path
  if (first !== undefined) {
    const parts = node.parts.map((part, at) =>
      at === first ? { ...part, node: resized(part.node, rest, index, by) } : part,
    )
    return { way: node.way, parts }
  }
  const [one, other] = [node.parts[index], node.parts[index + 1]]
  if (!one || !other) return node
  const total = node.parts.reduce((sum, part) => sum + part.share, 0)
  const both = one.share + other.share
  const least = Math.min(SHARE_MIN * total, both / 2)
  const wanted = Math.min(Math.max(one.share + by * total, least), both - least)
  const parts = node.parts.toSpliced(index, 2, { ...one, share: wanted }, { ...other, share: both - wanted })
  return { way: node.way, parts }
}

/** Read a tree that was kept. Null for anything that is none, or has a panel twice. */
export function readTree(kept: unknown): Node | null {
  const node = readNode(kept, 0)
  if (node === null) return null
  const panels = panelsOf(node)
  return new Set(panels).size === panels.length ? node : null
}

function readNode(kept: unknown, depth: number): Node | null {
  if (typeof kept === 'string') return PANELS.find((panel) => panel === kept) ?? null
  if (typeof kept !== 'object' || kept === null || depth >= DEPTH_MAX) return null
  const { way, parts } = kept as { way?: unknown; parts?: unknown }
  if ((way !== 'row' && way !== 'column') || !Array.isArray(parts) || parts.length < 2) return null
  const read = parts.map((each: unknown) => {
    const { node, share } = (each ?? {}) as { node?: unknown; share?: unknown }
    const inner = readNode(node, depth + 1)
    const isShare = typeof share === 'number' && Number.isFinite(share) && share > 0
    return inner !== null && isShare ? { node: inner, share } : null
  })
  const whole = read.filter((part) => part !== null)
  return whole.length === parts.length ? { way, parts: whole } : null
}

/** A split of one part is that part; a row inside a row is one row. */
function tidied(way: Way, parts: Part[]): Node | null {
  const flat = parts.flatMap((part) => {
    if (!isSplit(part.node) || part.node.way !== way) return [part]
    const inside = part.node.parts
    const total = inside.reduce((sum, each) => sum + each.share, 0)
    return inside.map(({ node, share }) => ({ node, share: (share / total) * part.share }))
  })
  if (flat.length <= 1) return flat[0]?.node ?? null
  return { way, parts: flat }
}
