// What operators may act on, in words.
import type { Key } from '../../../i18n/areas'

export const ROLES = ['support', 'risk', 'listing', 'finance', 'security', 'owner'] as const
export type Role = (typeof ROLES)[number]

export const ROLE_NAMES: Record<Role, Key> = {
  support: 'admin.role.support',
  risk: 'admin.role.risk',
  listing: 'admin.role.listing',
  finance: 'admin.role.finance',
  security: 'admin.role.security',
  owner: 'admin.role.owner',
}

export const EVERYONE: readonly Role[] = ROLES
export const SEES_PEOPLE: readonly Role[] = ['support', 'risk', 'finance', 'security', 'owner']
export const SEES_DEVICES: readonly Role[] = ['support', 'risk', 'security']
export const SEES_MONEY: readonly Role[] = ['support', 'risk', 'finance', 'security']
export const VERIFIERS: readonly Role[] = ['support', 'risk']
export const SCREENERS: readonly Role[] = ['risk']
export const MOVERS: readonly Role[] = ['risk', 'finance']
export const FINANCE: readonly Role[] = ['finance']
export const LAWYERS: readonly Role[] = ['security', 'risk']
export const READS_LOG: readonly Role[] = ['security', 'owner']

/** Tell whether somebody with some roles has one of those that are needed. */
export function hasOne(roles: readonly string[], needed: readonly string[]): boolean {
  return needed.some((role) => roles.includes(role))
}
