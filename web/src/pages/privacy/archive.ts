// An export as it is fetched: piece by piece, put together, and held against the sum the exchange told before.
import type { Answer } from '../../api/client'

export type Export = Answer<'get', '/account/v1/privacy/exports'>[number]

/** What arrived is not what was made. */
export class BrokenArchive extends Error {}

/** Fetch a whole export. `fetch` returns a piece in base64; `tell` is told how much is there, from 0 to 1. */
export async function fetchArchive(
  about: Pick<Export, 'pieces' | 'size' | 'sha256'>,
  fetch: (number: number) => Promise<string>,
  tell: (progress: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(about.size)
  let at = 0
  for (let number = 0; number < about.pieces; number++) {
    const piece = atob(await fetch(number))
    if (at + piece.length > whole.length) throw new BrokenArchive('it is longer than it was said to be')
    for (let index = 0; index < piece.length; index++) whole[at + index] = piece.charCodeAt(index)
    at += piece.length
    tell((number + 1) / about.pieces)
  }
  if (at !== about.size) throw new BrokenArchive('something is missing')
  if (!(await hasSum(whole, about.sha256))) throw new BrokenArchive('its sum is another')
  return whole
}

/** Tell whether bytes have a SHA-256. Where the browser computes none, over plain HTTP, they are taken to. */
async function hasSum(bytes: Uint8Array<ArrayBuffer>, sum: string): Promise<boolean> {
  // The types promise it everywhere; browsers have it in secure contexts alone.
  const subtle = (globalThis.crypto as Partial<Crypto>).subtle
  if (!subtle) return true
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === sum
}
