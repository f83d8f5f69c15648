// Who is logged in here. The session's own token is in a cookie that scripts cannot read; the page knows the rest.
//
// A session that ends in front of a person takes nothing away from them: the page stays as it is, a dialog lets them
// log in and go on, and the calls that were refused are sent again. Tabs tell each other, and each asks the exchange.
import { api, readSession, Refused, remedy, useToken, type Answer } from '../api/client'
import { tellTabs, whenTabsTell } from './tabs'

export type Person = Answer<'get', '/account/v1/session'>

const AGAIN_FIRST_MS = 1_000
const AGAIN_LONGEST_MS = 30_000

/** Tell whether a call failed because there is no session, and not because the exchange was not reached. */
const isNoSession = (failure: unknown) =>
  failure instanceof Refused && (failure.status === 401 || failure.status === 403)

class Session {
  /** Undefined until it is known; null for a stranger. */
  person = $state<Person | null | undefined>(undefined)
  /** Whether the session has ended while its person was at it: they are shown still, and may log in again. */
  isOver = $state(false)
  /** How often somebody has left: what they were at is theirs, and goes with them. */
  departures = $state(0)
  #waiting: ((isBack: boolean) => void)[] = []

  /** Ask who is logged in, until it is known. */
  async start(): Promise<void> {
    remedy({ sessionIsOver: () => this.#remedyEnd(), tokenIsOld: () => this.#renewToken() })
    whenTabsTell(() => void this.#look())
    for (let wait = AGAIN_FIRST_MS; ; wait = Math.min(wait * 2, AGAIN_LONGEST_MS)) {
      try {
        this.#take(await readSession())
        return
      } catch (failure) {
        if (this.person !== undefined) return
        if (isNoSession(failure)) return this.#drop()
      }
      await new Promise((later) => setTimeout(later, wait))
    }
  }

  /** Go on as someone who has just logged in. */
  enter(person: Person): void {
    this.#take(person)
    tellTabs()
  }

  /** Go on as a stranger: the session is over, and who was in it does not want another. */
  leave(): void {
    this.#drop()
    tellTabs()
  }

  /** End the session. Throws `Refused`. */
  async logOut(): Promise<void> {
    await api.post('/account/v1/logout', {})
    this.leave()
  }

  /** End every session of this person. Throws `Refused`. */
  async logOutEverywhere(): Promise<number> {
    const { sessionsEnded } = await api.post('/account/v1/logout-everywhere', {})
    this.leave()
    return sessionsEnded
  }

  #take(person: Person): void {
    const before = this.person
    useToken(person.csrfToken)
    // What is on the page is another person's.
    if (before && before.userId !== person.userId) return location.reload()
    this.person = person
    this.#resume(true)
  }

  #drop(): void {
    useToken('')
    if (this.person) this.departures += 1
    this.person = null
    this.#resume(false)
  }

  #resume(isBack: boolean): void {
    this.isOver = false
    this.#waiting.splice(0).forEach((resume) => resume(isBack))
  }

  /** Another tab has logged in or out. */
  async #look(): Promise<void> {
    try {
      this.#take(await readSession())
    } catch (failure) {
      if (isNoSession(failure)) this.#drop()
    }
  }

  /** Read the session's token anew; tell whether it is another. */
  async #renewToken(): Promise<boolean> {
    const before = this.person
    const now = await readSession()
    this.#take(now)
    return before?.userId === now.userId && before.csrfToken !== now.csrfToken
  }

  /** Wait for a person whose session is over to come back; false at once where a session is there, or nobody was. */
  async #remedyEnd(): Promise<boolean> {
    if (!this.person) return false
    try {
      return await this.#renewToken()
    } catch (failure) {
      if (!isNoSession(failure)) return false
    }
    // Meanwhile they may have left, here or in another tab.
    if (!this.person) return false
    this.isOver = true
    return new Promise((resume) => this.#waiting.push(resume))
  }
}

export const session = new Session()
