// What a person has said to the documents there are.
import type { Answer } from '../../api/client'

export type Document = Answer<'get', '/account/v1/privacy/documents'>[number]
export type Consent = Answer<'get', '/account/v1/privacy/consents'>[number]

/** `given`: to the version that holds now. `older`: to one before it. */
export type Said = 'given' | 'older' | 'withdrawn' | 'nothing'

/** Tell what was said last about a document; `consents` are the newest first. */
export function saidOf(document: Document, consents: readonly Consent[]): { said: Said; last: Consent | null } {
  const last = consents.find((each) => each.document === document.document)
  if (!last) return { said: 'nothing', last: null }
  if (!last.isGiven) return { said: 'withdrawn', last }
  return { said: last.version === document.version ? 'given' : 'older', last }
}
