// A list that is read anew when something happens to the account, and now and then while any of it is under way:
// confirmations come without an event.
import { reasonOf } from '../../api/refusals'
import { silent, type Saying } from '../../i18n/language.svelte'
import { watchAccount } from '../../session/events'

const TOGETHER_MS = 300
const UNDER_WAY_MS = 4_000

export class Followed<Row> {
  rows = $state.raw<Row[]>([])
  isRead = $state(false)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOver = false
  readonly #read: () => Promise<Row[]>
  readonly #isUnderWay: (rows: Row[]) => boolean

  constructor(read: () => Promise<Row[]>, isUnderWay: (rows: Row[]) => boolean) {
    this.#read = read
    this.#isUnderWay = isUnderWay
  }

  start(): () => void {
    this.readSoon()
    const leave = watchAccount(() => this.readSoon())
    return () => {
      this.#isOver = true
      clearTimeout(this.#timer)
      leave()
    }
  }

  readSoon(after = TOGETHER_MS): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#now(), after)
  }

  async #now(): Promise<void> {
    try {
      const rows = await this.#read()
      if (this.#isOver) return
      this.rows = rows
      this.#sayFailure = silent
    } catch (why) {
      this.#sayFailure = () => reasonOf(why)
    }
    this.isRead = true
    if (!this.#isOver && this.#isUnderWay(this.rows)) this.readSoon(document.hidden ? 10 * UNDER_WAY_MS : UNDER_WAY_MS)
  }
}

/** Follow a list for as long as the component that asks is there. */
export function follow<Row>(read: () => Promise<Row[]>, isUnderWay: (rows: Row[]) => boolean): Followed<Row> {
  const followed = new Followed(read, isUnderWay)
  $effect(() => followed.start())
  return followed
}
