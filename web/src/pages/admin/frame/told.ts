// Why an operator's call was refused, in words.
import { Refused } from '../../../api/client'
import { reasonOf } from '../../../api/refusals'
import type { Key } from '../../../i18n/areas'
import { t } from '../../../i18n/language.svelte'
import { nameRoles } from './names'

export const WRONG_ROLE = -42001

const BY_CODE: Partial<Record<number, Key>> = {
  [-42002]: 'admin.refused.factor',
  [-42003]: 'admin.refused.network',
  [-42004]: 'admin.refused.noProposal',
  [-42005]: 'admin.refused.decided',
  [-42006]: 'admin.refused.own',
  [-42008]: 'admin.refused.noPerson',
  [-42009]: 'admin.refused.tooMany',
  [-42010]: 'admin.refused.brokenLog',
  [-42011]: 'admin.refused.officer',
  [-42013]: 'admin.refused.ownAffair',
}

/** Say why a call failed. */
export function toldOf(failure: unknown): string {
  if (!(failure instanceof Refused)) return reasonOf(failure)
  if (failure.code === WRONG_ROLE) return t('admin.denied', { roles: nameRoles(rolesIn(failure.detail)) })
  const key = BY_CODE[failure.code]
  return key ? t(key, { detail: failure.detail }) : reasonOf(failure)
}

/** Find the roles in `This takes one of the roles: finance, risk.` */
export function rolesIn(detail: string): string[] {
  return (/: ([a-z, ]+)\.$/.exec(detail)?.[1] ?? '').split(', ').filter(Boolean)
}
