// The exchange's pulse: how long a question over the stream takes, when news came last, and what time it is there.
import { connection } from '../../../market/connection.svelte'

const LOOK_EVERY_MS = 1_000
const ASK_EVERY = 5
/** Without news for so long, what is shown is told to be quiet. */
const QUIET_SECONDS = 20

class Pulse {
  latencyMs = $state<number | null>(null)
  ageSeconds = $state<number | null>(null)
  now = $state(0)

  get isQuiet(): boolean {
    return this.ageSeconds !== null && this.ageSeconds >= QUIET_SECONDS
  }

  /** Keep looking until the returned function is called. */
  watch(): () => void {
    let turn = 0
    const look = () => {
      this.now = Date.now()
      const heardAt = connection.streams.heardAt
      this.ageSeconds = heardAt === null ? null : Math.max(0, Math.floor((this.now - heardAt) / 1000))
      if ((turn % ASK_EVERY === 0 || this.latencyMs === null) && !document.hidden) void this.#ask()
      turn += 1
    }
    look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }

  async #ask(): Promise<void> {
    const took = await connection.streams.ask()
    this.latencyMs = took
  }
}

export const pulse = new Pulse()
