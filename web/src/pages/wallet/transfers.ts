// Which accounts money moves between, and what the API calls that.
import type { Parameters } from '../../api/client'
import type { Kind } from './holdings'

export type TransferType = Parameters<'post', '/sapi/v1/asset/transfer'>['type']

const NAMES: Partial<Record<Kind, string>> = {
  spot: 'MAIN',
  funding: 'FUNDING',
  cross: 'MARGIN',
  usdFutures: 'UMFUTURE',
  coinFutures: 'CMFUTURE',
  options: 'OPTION',
}
const TYPES: readonly TransferType[] = [
  'MAIN_FUNDING',
  'FUNDING_MAIN',
  'MAIN_MARGIN',
  'MARGIN_MAIN',
  'MAIN_UMFUTURE',
  'UMFUTURE_MAIN',
  'MAIN_CMFUTURE',
  'CMFUTURE_MAIN',
  'MAIN_OPTION',
  'OPTION_MAIN',
  'FUNDING_MARGIN',
  'MARGIN_FUNDING',
  'FUNDING_UMFUTURE',
  'UMFUTURE_FUNDING',
  'FUNDING_CMFUTURE',
  'CMFUTURE_FUNDING',
  'FUNDING_OPTION',
  'OPTION_FUNDING',
  'MARGIN_UMFUTURE',
  'UMFUTURE_MARGIN',
  'MARGIN_CMFUTURE',
  'CMFUTURE_MARGIN',
  'MARGIN_OPTION',
  'OPTION_MARGIN',
  'UMFUTURE_OPTION',
  'OPTION_UMFUTURE',
]

/** The kinds money can be moved from. */
export const SOURCES = Object.keys(NAMES) as Kind[]

/** What the API calls a transfer; null where there is none. */
export function typeOf(from: Kind, to: Kind): TransferType | null {
  return TYPES.find((each) => each === `${NAMES[from]}_${NAMES[to]}`) ?? null
}

/** Where money can be moved to from a kind. */
export const destinationsOf = (from: Kind): Kind[] => SOURCES.filter((to) => typeOf(from, to) !== null)

/** Which kinds a transfer was between. */
export function endsOf(type: string): [Kind, Kind] | null {
  for (const from of SOURCES) for (const to of SOURCES) if (typeOf(from, to) === type) return [from, to]
  return null
}

/** Every type there is. */
export const ALL_TYPES = TYPES
