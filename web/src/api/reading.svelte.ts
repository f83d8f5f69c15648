// Something the page reads of the exchange: what came, whether it is on its way, why it did not come.
import { untrack } from 'svelte'
import { silent, type Saying } from '../i18n/language.svelte'
import { reasonOf } from './refusals'

export class Reading<T> {
  /** What was read last; it stays while it is read anew. */
  value = $state.raw<T | null>(null)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  isBusy = $state(false)
  #turn = 0

  constructor(private readonly ask: () => Promise<T>) {}

  /** Read it anew. Of several at once the last counts. */
  read = async (): Promise<void> => {
    const turn = ++this.#turn
    this.isBusy = true
    try {
      // What it is asked with is for the caller to depend on.
      const value = await untrack(() => this.ask())
      if (turn === this.#turn) [this.value, this.#sayFailure] = [value, silent]
    } catch (why) {
      if (turn === this.#turn) this.#sayFailure = () => reasonOf(why)
    } finally {
      if (turn === this.#turn) this.isBusy = false
    }
  }
}
