// What a refused call means to the person who asked: a message by its code, else what the exchange said itself.
import type { Key } from '../i18n/areas'
import { t } from '../i18n/language.svelte'
import { Refused } from './client'

const BY_CODE: Partial<Record<number, Key>> = {
  0: 'refused.offline',
  [-1003]: 'refused.tooMany',
  [-1008]: 'refused.busy',
  [-1013]: 'refused.filter',
  [-2010]: 'refused.order',
  [-2011]: 'refused.unknownOrder',
  [-2015]: 'refused.noSession',
  [-41001]: 'refused.busy',
  [-41002]: 'refused.tooMany',
  [-41003]: 'refused.credentials',
  [-41004]: 'refused.email',
  [-41005]: 'refused.weakPassword',
  [-41006]: 'refused.proof',
  [-41007]: 'refused.noSession',
  [-41010]: 'refused.frozen',
  [-41011]: 'refused.loginExpired',
  [-41008]: 'refused.noSession',
  [-41012]: 'refused.factor',
  [-41018]: 'refused.closedAccount',
  [-41201]: 'refused.stepUp',
  [-41202]: 'refused.factor',
  [-41203]: 'refused.tooMany',
  [-41207]: 'refused.passwordWrong',
  [-41401]: 'refused.documents',
}

const BY_DETAIL: Partial<Record<string, Key>> = {
  'Account has insufficient balance for requested action.': 'refused.balance',
  'Market is closed.': 'refused.closed',
}

/** Say why a call failed. */
export function reasonOf(failure: unknown): string {
  if (!(failure instanceof Refused)) return t('refused.unknown', { detail: String(failure) })
  const key = BY_DETAIL[failure.detail] ?? BY_CODE[failure.code]
  const detail = failure.detail
  return key ? t(key, { detail }) : t('refused.unknown', { detail })
}
