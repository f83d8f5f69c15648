// What is said beside a parameter of an action, and what is wrong with one.
import type { Key } from '../../../i18n/areas'
import type { Problem } from './form'

export const PROBLEMS: Record<Problem, Key> = {
  missing: 'admin.problem.missing',
  number: 'admin.problem.number',
  range: 'admin.problem.range',
  form: 'admin.problem.form',
  time: 'admin.problem.time',
}

export const HINTS: Partial<Record<string, Key>> = {
  makerRate: 'admin.hint.rate',
  takerRate: 'admin.hint.rate',
  multiplier: 'admin.hint.multiplier',
  symbols: 'admin.hint.names',
  tags: 'admin.hint.names',
  owners: 'admin.hint.owners',
  topics: 'admin.hint.topics',
  day: 'admin.hint.day',
  signature: 'admin.hint.signature',
  reason: 'admin.hint.reason',
  price: 'admin.hint.price',
  limit: 'admin.hint.limit',
}
