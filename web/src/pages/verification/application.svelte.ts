// What somebody is about to submit: kept in memory alone, so that looking at another page loses nothing and nothing of it
// stays in the browser.
import { api, type Answer } from '../../api/client'
import type { Rules } from './standing'
import { EMPTY, oneLine, type Statement } from './statement'
import { Upload, type DocumentKind } from './upload.svelte'

type Shown = Answer<'get', '/account/v1/verification/documents'>[number]
export type Step = 'about' | 'funds' | 'documents' | 'review'

/** How many documents one case takes. */
export const DOCUMENTS_MAX = 10

export class Application {
  step = $state<Step>('about')
  statement = $state<Statement>({ ...EMPTY })
  uploads = $state<Upload[]>([])
  /** Documents of an earlier visit that are in no case yet. */
  earlier = $state<Shown[]>([])
  readonly #expiresOf = new Map<Upload, string>()

  constructor(
    readonly userId: number,
    readonly level: number,
    readonly rules: Rules,
  ) {}

  /** Ask for what was shown before. Throws `Refused`. */
  async recall(): Promise<void> {
    const held = await api.get('/account/v1/verification/documents', {})
    const own = new Set(this.uploads.map((each) => each.documentId))
    const now = Date.now()
    this.earlier = held.filter(
      (each) =>
        each.isWhole &&
        each.caseId === null &&
        !own.has(each.documentId) &&
        (each.expires === null || each.expires > now),
    )
  }

  /** How many documents there are, on their way or there. */
  get count(): number {
    return this.uploads.length + this.earlier.length
  }

  get isSending(): boolean {
    return this.uploads.some((each) => each.state === 'preparing' || each.state === 'sending')
  }

  has(kind: string): boolean {
    return (
      this.uploads.some((each) => each.kind === kind && each.state === 'done') ||
      this.earlier.some((each) => each.kind === kind)
    )
  }

  add(file: File, kind: DocumentKind): void {
    if (this.count >= DOCUMENTS_MAX) return
    const expires = kind === 'identity' ? this.statement.expires : ''
    const upload = new Upload(file, kind, this.rules.documentBytesMax, () =>
      expires ? Date.parse(`${expires}T23:59:59Z`) : undefined,
    )
    this.#expiresOf.set(upload, expires)
    this.uploads.push(upload)
    void upload.send()
  }

  async remove(upload: Upload): Promise<void> {
    this.uploads = this.uploads.filter((each) => each !== upload)
    await upload.takeBack()
  }

  /** Take a document of an earlier visit back. Throws `Refused`. */
  async forget(documentId: string): Promise<void> {
    await api.delete('/account/v1/verification/documents', { documentId })
    this.earlier = this.earlier.filter((each) => each.documentId !== documentId)
  }

  /** Have documents sent again that were sent with another day of expiry than is stated now. */
  renew(): void {
    for (const upload of this.uploads) {
      if (upload.kind !== 'identity' || this.#expiresOf.get(upload) === this.statement.expires) continue
      void this.remove(upload)
      this.add(upload.file, upload.kind)
    }
  }

  /** Submit it all. Throws `Refused`. */
  async submit(): Promise<Answer<'post', '/account/v1/verification'>> {
    const stated = $state.snapshot(this.statement)
    const documents = [...this.uploads, ...this.earlier].flatMap(({ documentId }) => documentId ?? [])
    return api.post('/account/v1/verification', {
      firstName: stated.firstName.trim(),
      lastName: stated.lastName.trim(),
      birthDate: stated.birthDate,
      country: stated.country,
      address: oneLine(stated.address),
      documentType: stated.documentType,
      documentNumber: stated.documentNumber.trim(),
      level: this.level,
      documents: documents.join(','),
    })
  }
}

let current: Application | null = null

/** Return what this person has begun for a level, or begin it. */
export function applicationOf(userId: number, level: number, rules: Rules): Application {
  if (current?.userId !== userId || current.level !== level) current = new Application(userId, level, rules)
  return current
}

/** Begin anew: what there was is submitted, or the person is gone. */
export function forgetApplication(): void {
  current = null
}
