// Whether the exchange answers. While it does not, what the page reads waits, and one call asks for all whether it is back.
import { answers, remedy } from './client'

const AGAIN_FIRST_MS = 500
const AGAIN_LONGEST_MS = 20_000

class Away {
  /** Whether something waits for the exchange to answer again. */
  isNow = $state(false)
  #back: Promise<boolean> | null = null

  /** Have reads that find no exchange wait. Called once. */
  start(): void {
    remedy({ exchangeIsAway: () => (this.#back ??= this.#wait().finally(() => (this.#back = null))) })
  }

  async #wait(): Promise<boolean> {
    this.isNow = true
    let longest = AGAIN_FIRST_MS
    do {
      await moment(longest * (0.5 + Math.random() / 2))
      longest = Math.min(longest * 2, AGAIN_LONGEST_MS)
    } while (!(await answers()))
    this.isNow = false
    return true
  }
}

/** Wait so long, or until the browser has a network again. */
function moment(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      removeEventListener('online', over)
      resolve()
    }
    const timer = setTimeout(over, milliseconds)
    addEventListener('online', over)
  })
}

export const away = new Away()
