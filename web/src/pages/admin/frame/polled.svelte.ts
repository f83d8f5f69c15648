// What is read again and again while it is looked at, and keeps its place on the screen: what was read stays when a read
// fails, and nothing is read while the page is hidden.
import { silent, type Saying } from '../../../i18n/language.svelte'
import { toldOf } from './told'

export class Polled<T> {
  value = $state.raw<T | undefined>(undefined)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  isReading = $state(false)
  readonly #read: () => Promise<T>
  readonly #everyMs: number
  #turn = 0
  #watchers = 0
  #timer: ReturnType<typeof setInterval> | undefined
  readonly #readIfShown = () => {
    if (!document.hidden) void this.read()
  }

  constructor(read: () => Promise<T>, everyMs = 10_000) {
    this.#read = read
    this.#everyMs = everyMs
  }

  /** Read now and from then on, until what is returned is called by everyone who watches. */
  watch(): () => void {
    this.#watchers += 1
    if (this.#watchers === 1) {
      void this.read()
      this.#timer = setInterval(this.#readIfShown, this.#everyMs)
      document.addEventListener('visibilitychange', this.#readIfShown)
    }
    return () => {
      this.#watchers -= 1
      if (this.#watchers > 0) return
      clearInterval(this.#timer)
      document.removeEventListener('visibilitychange', this.#readIfShown)
    }
  }

  /** Read once. */
  async read(): Promise<void> {
    const turn = ++this.#turn
    this.isReading = true
    try {
      const value = await this.#read()
      if (turn === this.#turn) [this.value, this.#sayFailure] = [value, silent]
    } catch (failure) {
      if (turn === this.#turn) this.#sayFailure = () => toldOf(failure)
    } finally {
      if (turn === this.#turn) this.isReading = false
    }
  }
}
