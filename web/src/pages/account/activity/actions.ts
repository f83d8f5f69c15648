// What can stand in the log of an account, by the names the exchange gives it.
import type { Key } from '../../../i18n/areas'

export const ACTIONS = {
  'account-frozen': 'security.did.accountFrozen',
  'account-unfrozen': 'security.did.accountUnfrozen',
  'address-change-asked': 'security.did.emailChangeAsked',
  'address-changed': 'security.did.emailChanged',
  'anti-phishing-code-changed': 'security.did.phishingChanged',
  'closing-asked': 'security.did.closingAsked',
  'closing-canceled': 'security.did.closingCanceled',
  'device-forgotten': 'security.did.deviceForgotten',
  'export-asked': 'security.did.exportAsked',
  'factor-added': 'security.did.factorAdded',
  'factor-removed': 'security.did.factorRemoved',
  'key-changed': 'security.did.keyChanged',
  'key-created': 'security.did.keyCreated',
  'key-revoked': 'security.did.keyRevoked',
  login: 'security.did.login',
  logout: 'security.did.logout',
  'logout-everywhere': 'security.did.logoutEverywhere',
  'password-changed': 'security.did.passwordChanged',
  'password-forgotten': 'security.did.passwordForgotten',
  'password-reset': 'security.did.passwordReset',
  'recovery-codes-renewed': 'security.did.codesRenewed',
  'session-ended': 'security.did.sessionEnded',
  'sign-up': 'security.did.signUp',
  'sign-up-confirmed': 'security.did.signUpConfirmed',
  'step-up': 'security.did.stepUp',
  'sub-account-frozen': 'security.did.subFrozen',
  'sub-account-key-ended': 'security.did.subKeyEnded',
  'sub-account-key-made': 'security.did.subKeyMade',
  'sub-account-key-permitted': 'security.did.subKeyPermitted',
  'sub-account-key-restricted': 'security.did.subKeyRestricted',
  'sub-account-made': 'security.did.subMade',
  'sub-account-unfrozen': 'security.did.subUnfrozen',
  'verification-submitted': 'security.did.verificationSubmitted',
} as const satisfies Record<string, Key>

export type Action = keyof typeof ACTIONS

/** The message that names an action; null for one this page does not know, which is shown as it is. */
export const keyOf = (action: string): Key | null => (ACTIONS as Record<string, Key>)[action] ?? null

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** Read a day of a field, in the person's own time zone: when it begins, or with `isEnd` when it ends. */
export function timeOf(day: string, isEnd = false): number | undefined {
  const found = DAY.exec(day)
  if (!found) return undefined
  const [, year, month, date] = found.map(Number)
  const begin = new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + (isEnd ? 1 : 0)).getTime()
  return isEnd ? begin - 1 : begin
}
