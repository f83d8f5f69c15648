// What a person tries calls with, until the page is left: a key that is never stored, and what was filled in last.
import type { Signer } from './signing'

class Desk {
  signer = $state.raw<Signer | null>(null)
  /** By name of parameter: a symbol that was typed for one call is likely meant for the next. */
  readonly typed: Record<string, string> = {}
}

export const desk = new Desk()

const KEPT: ReadonlySet<string> = new Set(['symbol', 'interval', 'coin', 'asset', 'network', 'email'])

/** Keep what was typed for the calls after this one, if it means the same there. */
export function keep(name: string, value: string): void {
  if (KEPT.has(name)) desk.typed[name] = value
}
