// What can be done by name or by key: what the page always offers, and what the shown page adds while it is shown.
import { untrack } from 'svelte'
import type { Key } from '../i18n/areas'

export const GROUPS = ['trade', 'layout', 'go', 'looks', 'account'] as const
export type Group = (typeof GROUPS)[number]

export interface Action {
  /** Names it for ever: keys are kept by it. */
  id: string
  group: Group
  title: Key
  values?: () => Record<string, unknown>
  /** The keys it has until a person gives it others. */
  chord?: string
  run: () => void
}

class Actions {
  all = $state.raw<readonly Action[]>([])

  /** Offer actions until the returned function is called. */
  offer(actions: readonly Action[]): () => void {
    // Who offers in an effect is not to offer again because of it.
    untrack(() => (this.all = [...this.all, ...actions]))
    return () => {
      untrack(() => (this.all = this.all.filter((each) => !actions.includes(each))))
    }
  }
}

export const actions = new Actions()
