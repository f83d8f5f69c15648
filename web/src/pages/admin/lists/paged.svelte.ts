// A list that is read on from where it was read last: by a cursor that says a place and not a page, so that what is added
// meanwhile is neither read twice nor left out.
import { silent, type Saying } from '../../../i18n/language.svelte'
import { toldOf } from '../frame/told'

export class Paged<Row> {
  rows = $state.raw<readonly Row[] | undefined>(undefined)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  isBusy = $state(false)
  hasMore = $state(false)
  #read: ((after: Row | undefined) => Promise<readonly Row[]>) | null = null
  #turn = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Read from the beginning. */
  begin(read: (after: Row | undefined) => Promise<readonly Row[]>): Promise<void> {
    this.#read = read
    return this.#next(undefined, [])
  }

  /** Read on. */
  more(): Promise<void> {
    const held = this.rows ?? []
    return this.#next(held.at(-1), held)
  }

  /** Show nothing, and forget what is on its way. */
  clear(): void {
    this.#turn += 1
    this.rows = undefined
    this.#sayFailure = silent
    this.isBusy = this.hasMore = false
  }

  async #next(after: Row | undefined, held: readonly Row[]): Promise<void> {
    if (!this.#read) return
    const turn = ++this.#turn
    this.isBusy = true
    try {
      const found = await this.#read(after)
      if (turn !== this.#turn) return
      this.rows = [...held, ...found]
      this.hasMore = found.length >= this.#limit
      this.#sayFailure = silent
    } catch (failure) {
      if (turn === this.#turn) this.#sayFailure = () => toldOf(failure)
    } finally {
      if (turn === this.#turn) this.isBusy = false
    }
  }
}
