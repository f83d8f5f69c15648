// Choices with a shape, kept in this browser. What is not of that shape any more is forgotten.
import { recall, remember } from './memory'

/** Recall what was kept under a name, if `read` makes something of it. */
export function recallShaped<T>(name: string, read: (value: unknown) => T | null, otherwise: T): T {
  const text = recall(name)
  if (text === null) return otherwise
  try {
    return read(JSON.parse(text)) ?? otherwise
  } catch {
    return otherwise
  }
}

export function rememberShaped(name: string, value: unknown): void {
  remember(name, JSON.stringify(value))
}

/** Return the value if it is one of those known. */
export function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((each) => each === value) ?? otherwise
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
