// How the book and the tape are shown, kept in this browser.
import { isRecord, oneOf, recallShaped, rememberShaped } from '../../../session/kept'

export const SIDES = ['both', 'bid', 'ask'] as const
export const AMOUNTS = ['quantity', 'value'] as const
export const BARS = ['sum', 'size'] as const

interface Kept {
  sides: (typeof SIDES)[number]
  /** What amounts are told in: the base asset, or what it is worth in the quote asset. */
  amounts: (typeof AMOUNTS)[number]
  bars: (typeof BARS)[number]
  freezes: boolean
  gathers: boolean
  /** The step chosen for each symbol. */
  steps: Record<string, string>
}

const FIRST: Kept = { sides: 'both', amounts: 'quantity', bars: 'sum', freezes: true, gathers: true, steps: {} }

function read(value: unknown): Kept | null {
  if (!isRecord(value)) return null
  const steps = isRecord(value.steps) ? value.steps : {}
  return {
    sides: oneOf(SIDES, value.sides, FIRST.sides),
    amounts: oneOf(AMOUNTS, value.amounts, FIRST.amounts),
    bars: oneOf(BARS, value.bars, FIRST.bars),
    freezes: value.freezes !== false,
    gathers: value.gathers !== false,
    steps: Object.fromEntries(
      Object.entries(steps).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  }
}

class BookSettings {
  kept = $state.raw<Kept>(recallShaped('book', read, FIRST))

  change(change: Partial<Kept>): void {
    this.kept = { ...this.kept, ...change }
    rememberShaped('book', this.kept)
  }
}

export const bookSettings = new BookSettings()
