// Step-up: before money leaves or security changes, a person proves anew that it is them. A call that is refused for want
// of it asks by itself and is sent again; who would rather ask beforehand calls `stepUp`.
import { Refused, remedy, STEP_UP_REQUIRED } from '../api/client'

/** A proof counts for five minutes; what begins just before their end is asked for anew. */
const COUNTS_FOR_MS = 270_000

class Proving {
  /** Whether the person is asked now. */
  isAsked = $state(false)
  #freshUntil = 0
  #waiting: ((isProven: boolean) => void)[] = []

  get isFresh(): boolean {
    return performance.now() < this.#freshUntil
  }

  start(): void {
    remedy({ stepUpIsRequired: () => this.prove() })
  }

  /** Ask the person; tell whether they have proven themselves. */
  prove(): Promise<boolean> {
    this.isAsked = true
    return new Promise((tell) => this.#waiting.push(tell))
  }

  /** The exchange has accepted a proof. */
  succeed(): void {
    this.#freshUntil = performance.now() + COUNTS_FOR_MS
    this.#end(true)
  }

  /** The person would rather not. */
  giveUp(): void {
    this.#end(false)
  }

  /** What was proven was so in another session. */
  forget(): void {
    this.#freshUntil = 0
  }

  #end(isProven: boolean): void {
    this.isAsked = false
    this.#waiting.splice(0).forEach((tell) => tell(isProven))
  }
}

export const proving = new Proving()

/** Have the person prove that it is them, unless they just did. Throws `Refused` if they would rather not. */
export async function stepUp(): Promise<void> {
  if (proving.isFresh || (await proving.prove())) return
  throw new Refused(STEP_UP_REQUIRED, '', 403)
}
