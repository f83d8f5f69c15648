// Moving amounts between a master and its sub-accounts: what is there, and what will be.
import type { Answer } from '../../../api/client'
import { readTyped } from '../../../money/format'
import { Decimal } from '../../../money/decimal'

export type SubAccount = Answer<'get', '/account/v1/sub-accounts'>['subAccounts'][number]

export interface Holding {
  asset: string
  free: string
}

export type MoveProblem = 'none' | 'unreadable' | 'tooMuch'

export interface Move {
  amount: Decimal | null
  problem: MoveProblem | null
  /** What stays where it comes from. */
  left: Decimal | null
}

/** Judge an amount as it is typed against what is free. Nothing typed is no problem to tell of yet. */
export function moveOf(typed: string, free: string): Move {
  if (typed.trim() === '') return { amount: null, problem: null, left: null }
  const amount = readTyped(typed)
  if (amount === null) return { amount: null, problem: 'unreadable', left: null }
  if (amount.compare(Decimal.ZERO) <= 0) return { amount: null, problem: 'none', left: null }
  const left = Decimal.of(free).minus(amount)
  return left.compare(Decimal.ZERO) < 0 ? { amount, problem: 'tooMuch', left: null } : { amount, problem: null, left }
}

/** What holds something, by name. */
export const held = (holdings: readonly Holding[]): Holding[] =>
  holdings.filter(({ free }) => !Decimal.of(free).isZero).toSorted((one, other) => (one.asset < other.asset ? -1 : 1))
