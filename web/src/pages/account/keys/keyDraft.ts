// An API key as it is asked for: what it may do, from where, on which symbols, until when. Nothing here is sent.
import type { Answer } from '../../../api/client'

export type Key = Answer<'get', '/account/v1/keys'>[number]

export const PERMISSIONS = [
  'read',
  'trade',
  'margin',
  'futures',
  'options',
  'transfer',
  'internal-transfer',
  'withdraw',
  'fix',
  'fix-read-only',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a key that may be used from anywhere may do for a while only. */
export const LAPSING: ReadonlySet<Permission> = new Set(['trade', 'margin', 'futures', 'options', 'fix'])
/** What takes money to others. */
export const DANGEROUS: ReadonlySet<Permission> = new Set(['withdraw', 'internal-transfer'])

export const ADDRESSES_MAX = 30
export const SYMBOLS_MAX = 100
const ADDRESS = /^[0-9A-Fa-f.:/]{2,50}$/
const SYMBOL = /^[A-Z0-9_.-]{1,20}$/

export interface KeyDraft {
  label: string
  permissions: readonly Permission[]
  addresses: string
  symbols: string
  /** A day, as a date field writes it; empty for never. */
  expires: string
}

export const EMPTY: KeyDraft = { label: '', permissions: ['read'], addresses: '', symbols: '', expires: '' }

/** A network as people write it: one address is shown as one. */
export const shownAddress = (network: string): string => network.replace(network.includes(':') ? /\/128$/ : /\/32$/, '')

/** A draft of what a key is now. */
export function draftOf(key: Key): KeyDraft {
  return {
    label: key.label,
    permissions: PERMISSIONS.filter((each) => key.permissions.includes(each)),
    addresses: key.addresses.map(shownAddress).join('\n'),
    symbols: key.symbols.join(' '),
    expires: key.expiresAt === null ? '' : new Date(key.expiresAt).toISOString().slice(0, 10),
  }
}

const words = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)

export type Problem =
  'label' | 'permissions' | 'addresses' | 'addressesMany' | 'symbols' | 'symbolsMany' | 'expires' | 'withdrawAnywhere'

/** Find what is wrong with a draft: at most one problem a field. */
export function problemsOf(draft: KeyDraft, now: number = Date.now()): Problem[] {
  const [addresses, symbols] = [words(draft.addresses), words(draft.symbols.toUpperCase())]
  const found: (Problem | false)[] = [
    draft.label.trim() === '' && 'label',
    draft.permissions.length === 0 && 'permissions',
    addresses.length > ADDRESSES_MAX ? 'addressesMany' : !addresses.every((each) => ADDRESS.test(each)) && 'addresses',
    symbols.length > SYMBOLS_MAX ? 'symbolsMany' : !symbols.every((each) => SYMBOL.test(each)) && 'symbols',
    draft.expires !== '' && !(expiryOf(draft.expires) > now) && 'expires',
    draft.permissions.includes('withdraw') && addresses.length === 0 && 'withdrawAnywhere',
  ]
  return found.filter((each) => each !== false)
}

/** When a day ends, everywhere the same: in UTC. */
const expiryOf = (day: string): number => Date.parse(`${day}T23:59:59.999Z`)

/** What of a draft is to be thought about, and is no mistake. */
export function warningsOf(draft: KeyDraft): ('lapses' | 'anywhere' | 'dangerous')[] {
  const isAnywhere = words(draft.addresses).length === 0
  const found: ('lapses' | 'anywhere' | 'dangerous' | false)[] = [
    isAnywhere && draft.permissions.some((each) => LAPSING.has(each)) && 'lapses',
    isAnywhere && 'anywhere',
    draft.permissions.some((each) => DANGEROUS.has(each)) && 'dangerous',
  ]
  return found.filter((each) => each !== false)
}

/** What the calls take. `*` lifts a restriction. */
export function parametersOf(draft: KeyDraft) {
  return {
    label: draft.label.trim(),
    permissions: JSON.stringify(draft.permissions),
    addresses: words(draft.addresses).join(',') || '*',
    symbols: words(draft.symbols.toUpperCase()).join(',') || '*',
    ...(draft.expires ? { expiresAt: expiryOf(draft.expires) } : {}),
  }
}
