// What the pieces of the reference are called in the page's language.
import type { Key } from '../../i18n/areas'
import type { Call, Security } from './model'

export const CHAPTERS: Record<string, Key> = {
  start: 'reference.start',
  market: 'reference.chapterMarket',
  trading: 'reference.chapterTrading',
  account: 'reference.chapterAccount',
  wallet: 'reference.chapterWallet',
  fiat: 'reference.chapterFiat',
  'travel-rule': 'reference.chapterTravelRule',
  'sub-accounts': 'reference.chapterSubAccounts',
  people: 'reference.chapterPeople',
  'websocket-api': 'reference.chapterSocket',
  operators: 'reference.chapterOperators',
  streams: 'reference.streams',
  binary: 'reference.binary',
  errors: 'reference.errors',
}

/** Pages that are written here, and not read from the exchange: before its chapters, and after. */
export const BEFORE = ['start'] as const
export const AFTER = ['streams', 'binary', 'errors'] as const

export const SECURITY: Record<Security, Key> = {
  NONE: 'reference.securityNone',
  SIGNED: 'reference.securitySigned',
  USER_STREAM: 'reference.securitySigned',
  USER_DATA: 'reference.securityUserData',
  TRADE: 'reference.securityTrade',
  MARGIN: 'reference.securityMargin',
  TRANSFER: 'reference.securityTransfer',
  WITHDRAW: 'reference.securityWithdraw',
  SESSION: 'reference.securitySession',
  OPERATOR: 'reference.securityOperator',
}

export const BUDGETS: Record<Call['budget'], Key> = {
  shared: 'reference.budgetShared',
  address: 'reference.budgetAddress',
  owner: 'reference.budgetOwner',
}
