// The messages of a language as they lie beside the page, fetched pack by pack.
import type { Messages } from '@lingui/core'
import { VERSIONS } from 'virtual:catalogues'
import { packOf } from '../../build/packs'
import type { Area } from './areas'
import type { LanguageCode } from './languages'

const fetched = new Map<string, Promise<Messages>>()

/** Return the messages of these areas, and what else lies with them. Throws where they cannot be had. */
export async function messagesOf(code: LanguageCode, areas: readonly Area[]): Promise<Messages> {
  const packs = new Set(areas.map(packOf))
  return Object.assign({}, ...(await Promise.all([...packs].map((pack) => once(code, pack))))) as Messages
}

function once(code: LanguageCode, pack: string): Promise<Messages> {
  const url = `/assets/messages/${code}/${pack}-${VERSIONS[code]}.json`
  const known = fetched.get(url)
  if (known) return known
  const asked = read(url).catch((failure: unknown) => {
    // It is asked for again by whoever needs it next.
    fetched.delete(url)
    throw failure
  })
  fetched.set(url, asked)
  return asked
}

async function read(url: string): Promise<Messages> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`)
  return (await answer.json()) as Messages
}
