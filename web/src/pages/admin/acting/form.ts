// A form for a declared action: which of its parameters are asked for, what is wrong with what was typed, and what is sent.
import { Decimal } from '../../../money/decimal'
import { readTyped } from '../../../money/format'
import type { Action } from '../frame/office.svelte'

export type Parameter = Action['parameters'][number]
export type Given = Record<string, string>
export type Problem = 'missing' | 'number' | 'range' | 'form' | 'time'

const PLACES_MAX = 8
/** The commas of Latin, Arabic and Chinese writing. */
const COMMAS = /[,،、，]/

/** Begin with what is given, then with what is declared where nothing is. */
export function begin(parameters: readonly Parameter[], given: Given): Given {
  const values: Given = {}
  for (const { name, kind, default: otherwise, words, isRequired } of parameters) {
    const first = kind === 'choice' && isRequired && words.length === 1 ? (words[0] ?? '') : ''
    values[name] = given[name] ?? otherwise ?? (kind === 'boolean' ? 'false' : first)
  }
  return values
}

/** Write what was typed as the exchange reads it; empty for what is left out. `code` is the language typed in. */
export function wireOf({ kind }: Parameter, typed: string, code: string): string {
  const text = typed.trim()
  if (text === '') return ''
  if (kind === 'decimal') return readTyped(text, code)?.toString() ?? text
  if (kind === 'time') {
    const time = new Date(text).getTime()
    return Number.isNaN(time) ? text : String(time)
  }
  if (kind === 'names') {
    const names = text.split(COMMAS).map((each) => each.trim())
    return JSON.stringify(names.filter(Boolean))
  }
  if (kind === 'words') return JSON.stringify(text.split(' ').filter(Boolean))
  return text
}

/** Tell what is wrong with what was typed; null if nothing is. */
export function problemOf(parameter: Parameter, typed: string, code: string): Problem | null {
  const wire = wireOf(parameter, typed, code)
  if (wire === '' || wire === '[]') return parameter.isRequired ? 'missing' : null
  switch (parameter.kind) {
    case 'decimal': {
      const read = Decimal.read(wire)
      const isAmount = read !== null && read.compare(Decimal.ZERO) >= 0 && read.trimmed().scale <= PLACES_MAX
      return isAmount ? null : 'number'
    }
    case 'integer': {
      if (!/^\d{1,19}$/.test(wire)) return 'number'
      const whole = BigInt(wire)
      const { minimum, maximum } = parameter
      const isWithin = (minimum === null || whole >= BigInt(minimum)) && (maximum === null || whole <= BigInt(maximum))
      return isWithin ? null : 'range'
    }
    case 'time':
      return /^\d+$/.test(wire) ? null : 'time'
    case 'choice':
      return parameter.words.includes(wire) ? null : 'form'
    default:
      return fits(parameter.pattern, wire) ? null : 'form'
  }
}

/** Return what is sent: what was left empty is not. */
export function sentOf(parameters: readonly Parameter[], values: Given, code: string): Given {
  const written = parameters.map((each) => [each.name, wireOf(each, values[each.name] ?? '', code)] as const)
  return Object.fromEntries(written.filter(([, text]) => text !== '' && text !== '[]'))
}

function fits(pattern: string, text: string): boolean {
  if (pattern === '') return true
  try {
    return new RegExp(`^(?:${pattern})$`).test(text)
  } catch {
    // A pattern that only the exchange understands is checked there.
    return true
  }
}
