// Transfers between one's own accounts. The API lists one type at a time; the page asks for those people use.
import { api, type Answer } from '../../api/client'
import type { TransferType } from './transfers'

export type Transfer = NonNullable<Answer<'get', '/sapi/v1/asset/transfer'>['rows']>[number]
const USUAL: readonly TransferType[] = [
  'MAIN_FUNDING',
  'FUNDING_MAIN',
  'MAIN_MARGIN',
  'MARGIN_MAIN',
  'MAIN_UMFUTURE',
  'UMFUTURE_MAIN',
]

interface Wanted {
  size: number
  startTime?: number
  endTime?: number
}

/** Read the newest of each type, the newest first. Throws `Refused`. */
export async function readTransfers(wanted: Wanted): Promise<Transfer[]> {
  const all = await Promise.all(USUAL.map((type) => api.get('/sapi/v1/asset/transfer', { type, ...wanted })))
  return all.flatMap(({ rows }) => rows ?? []).toSorted((one, other) => other.timestamp - one.timestamp)
}
