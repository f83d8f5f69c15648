// Logging in, step by step: a passkey alone, or the password and then what else the person has.
import { api, Refused, type Answer } from '../api/client'
import { reasonOf } from '../api/refusals'
import { silent, type Saying } from '../i18n/language.svelte'
import { NoPasskey, offersPasskeys, showPasskey } from './passkey'
import { passkeyReason } from './passkeyReason'
import { asFactor, type Challenge, type Proof } from './proofs'
import type { Person } from './session.svelte'

type LoginAnswer = Answer<'post', '/account/v1/login'>

/** How long a challenge is offered before another takes its place; the exchange forgets it after five minutes. */
const OFFERED_MS = 240_000
const TICKET_IS_OVER = -41011

export class LogIn {
  email = $state('')
  password = $state('')
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  isBusy = $state(false)
  /** What is to be shown beside the password; null before the password. */
  challenge = $state.raw<Challenge | null>(null)
  #ticket = ''
  #offer: AbortController | null = null
  #isLeft = false

  constructor(
    private readonly done: (person: Person) => void,
    email = '',
  ) {
    this.email = email
  }

  /** Show the password. */
  enter = (): Promise<void> =>
    this.#attempt(async () => {
      const { email, password } = this
      this.#go(await api.post('/account/v1/login', { email: email.trim(), password }))
    })

  /** Show what else there is. */
  prove = (proof: Proof): Promise<void> =>
    this.#attempt(async () => {
      try {
        this.#go(await api.post('/account/v1/login/factor', { ticket: this.#ticket, ...asFactor(proof) }))
      } catch (why) {
        if (why instanceof Refused && why.code === TICKET_IS_OVER) this.startOver()
        // A challenge is answered once.
        else if (proof.kind === 'PASSKEY') await this.#renewChallenge()
        throw why
      }
    })

  /** Log in by a passkey alone. */
  usePasskey = (): Promise<void> =>
    this.#attempt(async () => {
      this.#withdrawOffer()
      await this.#enterByPasskey({})
    }).finally(() => void this.offer())

  /** Offer passkeys among the suggestions of the address field, for as long as the form is there. */
  async offer(): Promise<void> {
    if (!(await offersPasskeys())) return
    while (!this.#isLeft && !this.challenge) {
      const offer = (this.#offer = new AbortController())
      const timer = setTimeout(() => offer.abort('renewed'), OFFERED_MS)
      try {
        await this.#enterByPasskey({ isSuggested: true, signal: offer.signal })
        return
      } catch (failure) {
        if (offer.signal.reason !== 'renewed') {
          if (failure instanceof Refused) this.#sayFailure = () => reasonOf(failure)
          return
        }
      } finally {
        clearTimeout(timer)
      }
    }
  }

  startOver(): void {
    this.challenge = null
    this.password = ''
    this.#sayFailure = silent
  }

  /** The form is gone. */
  leave(): void {
    this.#isLeft = true
    this.#withdrawOffer()
  }

  #withdrawOffer(): void {
    this.#offer?.abort('withdrawn')
    this.#offer = null
  }

  async #enterByPasskey(how: { isSuggested?: boolean; signal?: AbortSignal }): Promise<void> {
    const { challenge, passkeyOptions } = await api.post('/account/v1/login/passkey/begin', {})
    const credential = await showPasskey(passkeyOptions ?? {}, how)
    this.#go(await api.post('/account/v1/login/passkey', { challenge: challenge ?? '', credential }))
  }

  async #renewChallenge(): Promise<void> {
    const { email, password } = this
    this.#go(await api.post('/account/v1/login', { email: email.trim(), password }))
  }

  #go(answer: LoginAnswer): void {
    if (answer.session) {
      this.leave()
      this.password = ''
      this.done(answer.session)
    } else if (answer.ticket && answer.challenge) {
      this.#withdrawOffer()
      this.#ticket = answer.ticket
      this.challenge = answer.challenge
    }
  }

  async #attempt(what: () => Promise<void>): Promise<void> {
    this.isBusy = true
    this.#sayFailure = silent
    try {
      await what()
    } catch (why) {
      this.#sayFailure = () => (why instanceof NoPasskey ? passkeyReason(why) : reasonOf(why))
    } finally {
      this.isBusy = false
    }
  }
}
