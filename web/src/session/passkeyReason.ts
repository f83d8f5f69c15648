// What it means to a person that the browser gave no passkey.
import type { Key } from '../i18n/areas'
import { t } from '../i18n/language.svelte'
import type { NoPasskey } from './passkey'

const REASONS: Record<NoPasskey['reason'], Key> = {
  declined: 'account.passkeyDeclined',
  exists: 'account.passkeyExists',
  'not-here': 'account.passkeyNotHere',
}

export const passkeyReason = (failure: NoPasskey): string => t(REASONS[failure.reason])
