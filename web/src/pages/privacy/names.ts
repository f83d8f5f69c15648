// What the exchange's words for kinds of data and for what stands in the way of a closing are called.
import type { Key } from '../../i18n/areas'

export const TOPICS: Readonly<Record<string, Key>> = {
  profile: 'privacy.topic.profile',
  sessions: 'privacy.topic.sessions',
  activity: 'privacy.topic.activity',
  factors: 'privacy.topic.factors',
  'api-keys': 'privacy.topic.apiKeys',
  'sub-accounts': 'privacy.topic.subAccounts',
  verification: 'privacy.topic.verification',
  consents: 'privacy.topic.consents',
  addresses: 'privacy.topic.addresses',
  deposits: 'privacy.topic.deposits',
  withdrawals: 'privacy.topic.withdrawals',
  transfers: 'privacy.topic.transfers',
  orders: 'privacy.topic.orders',
  fills: 'privacy.topic.fills',
  ledger: 'privacy.topic.ledger',
  fiat: 'privacy.topic.fiat',
  'travel-rule': 'privacy.topic.travelRule',
  mail: 'privacy.topic.mail',
  products: 'privacy.topic.products',
  privacy: 'privacy.topic.privacy',
}

export const OBSTACLES: Readonly<Record<string, Key>> = {
  MONEY: 'privacy.obstacle.money',
  OPEN_ORDERS: 'privacy.obstacle.openOrders',
  SUB_ACCOUNTS: 'privacy.obstacle.subAccounts',
  OPERATOR: 'privacy.obstacle.operator',
  DEPOSIT_ON_ITS_WAY: 'privacy.obstacle.depositOnItsWay',
  DEPOSIT_WAITS: 'privacy.obstacle.depositWaits',
  DEPOSIT_OWED: 'privacy.obstacle.depositOwed',
  RECOVERY: 'privacy.obstacle.recovery',
  WITHDRAWAL: 'privacy.obstacle.withdrawal',
  FIAT_ORDER: 'privacy.obstacle.fiatOrder',
  CARD_ORDER: 'privacy.obstacle.cardOrder',
  CARD_REFUND: 'privacy.obstacle.cardRefund',
  CARD_CLAIM: 'privacy.obstacle.cardClaim',
  PLANNED_TRANSFER: 'privacy.obstacle.plannedTransfer',
}
