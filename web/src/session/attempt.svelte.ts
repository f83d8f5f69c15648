// One thing a person asks for at a time: whether it is under way, and why it failed.
import { untrack } from 'svelte'
import { reasonOf } from '../api/refusals'
import { silent, type Saying } from '../i18n/language.svelte'

export class Attempt {
  isBusy = $state(false)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())

  /** Do something; tell whether it came about. `explain` may have a better word for a failure, or deal with it. */
  async run(what: () => Promise<unknown>, explain?: (why: unknown) => Saying | undefined): Promise<boolean> {
    // Whoever begins one in an effect does not wait for its end to begin another.
    if (untrack(() => this.isBusy)) return false
    this.isBusy = true
    this.forget()
    try {
      await what()
      return true
    } catch (why) {
      this.#sayFailure = explain?.(why) ?? (() => reasonOf(why))
      return false
    } finally {
      this.isBusy = false
    }
  }

  /** Say no more why it failed. */
  forget(): void {
    this.#sayFailure = silent
  }
}
