// One document on its way to the exchange: made ready, sent piece by piece, taken. What was sent already stays sent, so
// that after a break it goes on where it was.
import { api, Refused } from '../../api/client'
import { reasonOf } from '../../api/refusals'
import { silent, t, type Saying } from '../../i18n/language.svelte'
import { FileRefused, pieceOf, prepare, type Prepared } from './files'

export type DocumentKind = 'identity' | 'address' | 'face' | 'funds'
type State = 'preparing' | 'sending' | 'done' | 'failed'

const ATTEMPTS = 4
const PAUSE_FIRST_MS = 800
/** What may be otherwise in a moment: not reached, too many, busy. */
const PASSING: ReadonlySet<number> = new Set([0, -1003, -1008, -41001])

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Try something again while what failed may pass. */
export async function persist<T>(attempt: () => Promise<T>, pause: (ms: number) => Promise<void> = sleep): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (failure) {
      if (count >= ATTEMPTS || !(failure instanceof Refused) || !PASSING.has(failure.code)) throw failure
      await pause(PAUSE_FIRST_MS * 2 ** (count - 1))
    }
  }
}

export class Upload {
  state = $state<State>('preparing')
  /** How much is there, from 0 to 1. */
  progress = $state(0)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())
  documentId = $state<string | null>(null)
  #prepared: Prepared | null = null
  #begun: { documentId: string; pieces: number; pieceBytes: number } | null = null
  #sent = 0
  #isStopped = false

  constructor(
    readonly file: File,
    readonly kind: DocumentKind,
    private readonly bytesMax: number,
    private readonly expires: () => number | undefined,
  ) {}

  /** Send it, or go on sending it. */
  async send(): Promise<void> {
    ;[this.#sayFailure, this.#isStopped] = [silent, false]
    try {
      this.state = 'preparing'
      this.#prepared ??= await prepare(this.file, this.bytesMax)
      this.state = 'sending'
      await this.#sendAll(this.#prepared)
    } catch (failure) {
      if (this.#isStopped) return
      // What the exchange does not take is begun anew.
      if (failure instanceof Refused && !PASSING.has(failure.code)) [this.#begun, this.#sent] = [null, 0]
      this.#sayFailure = () => (failure instanceof FileRefused ? t(failure.key) : reasonOf(failure))
      this.state = 'failed'
    }
  }

  /** Send no more, and have the exchange forget it. */
  async takeBack(): Promise<void> {
    this.#isStopped = true
    const documentId = this.documentId ?? this.#begun?.documentId
    if (documentId) await api.delete('/account/v1/verification/documents', { documentId }).catch(() => null)
  }

  async #sendAll({ type, bytes }: Prepared): Promise<void> {
    const expires = this.expires()
    const about = { kind: this.kind, contentType: type as 'image/png', size: bytes.length }
    this.#begun ??= await persist(() =>
      api.post('/account/v1/verification/documents', expires === undefined ? about : { ...about, expires }),
    )
    const { documentId, pieces, pieceBytes } = this.#begun
    while (this.#sent < pieces && !this.#isStopped) {
      const number = this.#sent
      const data = pieceOf(bytes, number, pieceBytes)
      await persist(() => api.post('/account/v1/verification/documents/piece', { documentId, number, data }))
      this.#sent += 1
      this.progress = this.#sent / pieces
    }
    if (this.#isStopped) return
    this.documentId = documentId
    this.state = 'done'
  }
}
