// One thing a person asks for at a time: whether it is under way, and why it failed.
import { untrack } from 'svelte'
import { reasonOf } from '../api/refusals'

export class Attempt {
  isBusy = $state(false)
  failure = $state('')

  /** Do something; tell whether it came about. `explain` may have a better word for a failure, or deal with it. */
  async run(what: () => Promise<unknown>, explain?: (why: unknown) => string | undefined): Promise<boolean> {
    // Whoever begins one in an effect does not wait for its end to begin another.
    if (untrack(() => this.isBusy)) return false
    this.isBusy = true
    this.failure = ''
    try {
      await what()
      return true
    } catch (why) {
      this.failure = explain?.(why) ?? reasonOf(why)
      return false
    } finally {
      this.isBusy = false
    }
  }
}
