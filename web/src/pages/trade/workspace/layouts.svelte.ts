// How this browser lays out the trade page: what is shown now, and the layouts a person has given names to.
import { recall, remember } from '../../../session/memory'
import { panelsOf, placed, readTree, split, without, type Node, type Panel } from './tree'

export const PRESETS = {
  classic: split(
    'row',
    [split('column', ['chart', 64], ['orders', 36]), 58],
    [split('column', ['book', 64], ['tape', 36]), 20],
    ['form', 22],
  ),
  advanced: split(
    'row',
    [split('column', [split('row', ['chart', 58], ['book', 23], ['tape', 19]), 64], ['orders', 36]), 78],
    ['form', 22],
  ),
  basic: split('row', [split('column', ['chart', 68], ['orders', 32]), 75], ['form', 25]),
  focus: split('row', ['chart', 80], ['book', 20]),
} as const satisfies Record<string, Node>
export type Preset = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as Preset[]

/** What a page too narrow for a layout of one's own has, one under another. */
export const NARROW = split(
  'column',
  ['chart', 30],
  [split('row', ['book', 50], ['form', 50]), 42],
  [split('row', ['orders', 64], ['tape', 36]), 28],
)

export const SAVED_MAX = 12
export const NAME_LENGTH_MAX = 32

export interface SavedLayout {
  name: string
  tree: Node
}

function kept<T>(name: string, read: (value: unknown) => T | null, otherwise: T): T {
  try {
    return read(JSON.parse(recall(name) ?? 'null')) ?? otherwise
  } catch {
    return otherwise
  }
}

function readSaved(value: unknown): SavedLayout[] | null {
  if (!Array.isArray(value)) return null
  return value
    .flatMap((each: unknown) => {
      const { name, tree } = (each ?? {}) as { name?: unknown; tree?: unknown }
      const read = readTree(tree)
      return typeof name === 'string' && name !== '' && read !== null
        ? [{ name: name.slice(0, NAME_LENGTH_MAX), tree: read }]
        : []
    })
    .slice(0, SAVED_MAX)
}

class Layouts {
  tree = $state.raw<Node>(kept('layout', readTree, PRESETS.classic))
  saved = $state.raw<SavedLayout[]>(kept('layouts', readSaved, []))
  /** Whether panels show handles to be moved by. */
  isArranging = $state(false)

  readonly panels = $derived(panelsOf(this.tree))
  /** Which layout this is as it was made, if it has not been changed since. */
  readonly preset = $derived(PRESET_NAMES.find((name) => isSame(PRESETS[name], this.tree)) ?? null)

  /** Show a layout from now on. */
  use(tree: Node): void {
    this.tree = tree
    remember('layout', JSON.stringify(tree))
  }

  /** Show a panel, or hide it; one panel always stays. */
  toggle(panel: Panel): void {
    if (this.panels.includes(panel)) {
      const rest = without(this.tree, panel)
      if (rest !== null) this.use(rest)
      return
    }
    const [beside, side] = WHERE[panel].find(([each]) => this.panels.includes(each)) ?? [this.panels[0], 'after']
    if (beside) this.use(placed(this.tree, panel, beside, side))
  }

  /** Keep what is shown under a name; what had this name before is replaced. */
  save(name: string): void {
    const given = name.trim().slice(0, NAME_LENGTH_MAX)
    if (given === '') return
    const others = this.saved.filter((each) => each.name !== given)
    this.#keep([...others, { name: given, tree: this.tree }].slice(-SAVED_MAX))
  }

  forget(name: string): void {
    this.#keep(this.saved.filter((each) => each.name !== name))
  }

  #keep(saved: SavedLayout[]): void {
    this.saved = saved
    remember('layouts', JSON.stringify(saved))
  }
}

/** Where a panel that is shown again is put, the first that is there. */
const WHERE: Record<Panel, [Panel, 'before' | 'after' | 'above' | 'below'][]> = {
  chart: [
    ['orders', 'above'],
    ['book', 'before'],
  ],
  book: [
    ['tape', 'above'],
    ['form', 'before'],
    ['chart', 'after'],
  ],
  tape: [
    ['book', 'below'],
    ['form', 'before'],
    ['chart', 'after'],
  ],
  form: [
    ['book', 'after'],
    ['chart', 'after'],
  ],
  orders: [
    ['chart', 'below'],
    ['book', 'below'],
  ],
}

const isSame = (one: Node, other: Node): boolean => JSON.stringify(one) === JSON.stringify(other)

export const layouts = new Layouts()
