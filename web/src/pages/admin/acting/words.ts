// What actions, their parameters and the words for those are called. The tables name every action that the exchange
// declares and every parameter: one that is added without a name breaks the page's build.
import type { PathOf } from '../../../api/client'
import type { paths } from '../../../api/schema'
import type { Key } from '../../../i18n/areas'
import { t } from '../../../i18n/language.svelte'

export type ActionName =
  PathOf<'post'> extends infer P ? (P extends `/admin/v1/actions/${infer Name}` ? Name : never) : never

type Sent<N extends ActionName> = paths[`/admin/v1/actions/${N}`]['post'] extends { parameters: { query?: infer Q } }
  ? Exclude<Q, undefined>
  : never
type KeysOf<T> = T extends unknown ? keyof T : never
/** Every parameter of an action; what signs a request is none, though one action takes a signature of its own. */
export type FieldName = Exclude<KeysOf<{ [N in ActionName]: Sent<N> }[ActionName]>, 'recvWindow' | 'timestamp'>

export const ACTION_NAMES: Record<ActionName, Key> = {
  'list-asset': 'admin.act.listAsset',
  'list-symbol': 'admin.act.listSymbol',
  'set-symbol-status': 'admin.act.setSymbolStatus',
  'set-exchange-limits': 'admin.act.setExchangeLimits',
  'set-asset-limit': 'admin.act.setAssetLimit',
  'pool-symbols': 'admin.act.poolSymbols',
  'set-reference-price': 'admin.act.setReferencePrice',
  'set-fees': 'admin.act.setFees',
  'reset-fees': 'admin.act.resetFees',
  'set-discount': 'admin.act.setDiscount',
  'schedule-symbol': 'admin.act.scheduleSymbol',
  'unschedule-symbol': 'admin.act.unscheduleSymbol',
  'describe-asset': 'admin.act.describeAsset',
  'set-maintenance': 'admin.act.setMaintenance',
  announce: 'admin.act.announce',
  'withdraw-announcement': 'admin.act.withdrawAnnouncement',
  'freeze-person': 'admin.act.freezePerson',
  'unfreeze-person': 'admin.act.unfreezePerson',
  'lock-withdrawals': 'admin.act.lockWithdrawals',
  'end-sessions': 'admin.act.endSessions',
  'reset-factors': 'admin.act.resetFactors',
  'set-roles': 'admin.act.setRoles',
  'answer-lawful-request': 'admin.act.answerLawfulRequest',
  'set-legal-hold': 'admin.act.setLegalHold',
  'lift-legal-hold': 'admin.act.liftLegalHold',
  'adjust-balance': 'admin.act.adjustBalance',
  distribute: 'admin.act.distribute',
  'publish-reserves': 'admin.act.publishReserves',
  'assign-fiat': 'admin.act.assignFiat',
  'return-fiat': 'admin.act.returnFiat',
  'refund-card-payment': 'admin.act.refundCardPayment',
  'cover-card-claim': 'admin.act.coverCardClaim',
  'approve-withdrawal': 'admin.act.approveWithdrawal',
  'refuse-withdrawal': 'admin.act.refuseWithdrawal',
  'switch-asset': 'admin.act.switchAsset',
  'settle-recovery': 'admin.act.settleRecovery',
  'return-recovery': 'admin.act.returnRecovery',
  'refuse-recovery': 'admin.act.refuseRecovery',
  'approve-refill': 'admin.act.approveRefill',
  'cancel-refill': 'admin.act.cancelRefill',
  'import-refill': 'admin.act.importRefill',
  'accept-signer-record': 'admin.act.acceptSignerRecord',
  'take-case': 'admin.act.takeCase',
  'decide-case': 'admin.act.decideCase',
  'clear-hit': 'admin.act.clearHit',
  'confirm-hit': 'admin.act.confirmHit',
  'release-deposit': 'admin.act.releaseDeposit',
  'cover-shortfall': 'admin.act.coverShortfall',
  'claim-shortfall': 'admin.act.claimShortfall',
}

const FIELD_NAMES: Record<FieldName, Key> = {
  account: 'admin.field.account',
  address: 'admin.field.address',
  addressTag: 'admin.field.addressTag',
  algoOrdersMax: 'admin.field.algoOrdersMax',
  amendmentsMax: 'admin.field.amendmentsMax',
  amount: 'admin.field.amount',
  announcement: 'admin.field.announcement',
  answer: 'admin.field.answer',
  asset: 'admin.field.asset',
  authority: 'admin.field.authority',
  averageMinutes: 'admin.field.averageMinutes',
  base: 'admin.field.base',
  body: 'admin.field.body',
  case: 'admin.field.case',
  category: 'admin.field.category',
  change: 'admin.field.change',
  code: 'admin.field.code',
  day: 'admin.field.day',
  decision: 'admin.field.decision',
  deposit: 'admin.field.deposit',
  depositsOpen: 'admin.field.depositsOpen',
  direction: 'admin.field.direction',
  distribution: 'admin.field.distribution',
  endTime: 'admin.field.endTime',
  entry: 'admin.field.entry',
  fee: 'admin.field.fee',
  head: 'admin.field.head',
  heldAsset: 'admin.field.heldAsset',
  holder: 'admin.field.holder',
  hours: 'admin.field.hours',
  icebergOrdersMax: 'admin.field.icebergOrdersMax',
  icebergPartsMax: 'admin.field.icebergPartsMax',
  id: 'admin.field.id',
  isDiscounted: 'admin.field.isDiscounted',
  isOn: 'admin.field.isOn',
  label: 'admin.field.label',
  legalBasis: 'admin.field.legalBasis',
  limit: 'admin.field.limit',
  lot: 'admin.field.lot',
  makerRate: 'admin.field.makerRate',
  marketLot: 'admin.field.marketLot',
  marketQuantityMax: 'admin.field.marketQuantityMax',
  marketQuantityMin: 'admin.field.marketQuantityMin',
  minimum: 'admin.field.minimum',
  multiplier: 'admin.field.multiplier',
  multiplierDown: 'admin.field.multiplierDown',
  multiplierUp: 'admin.field.multiplierUp',
  name: 'admin.field.name',
  network: 'admin.field.network',
  notionalMax: 'admin.field.notionalMax',
  notionalMaxAppliesToMarket: 'admin.field.notionalMaxAppliesToMarket',
  notionalMin: 'admin.field.notionalMin',
  notionalMinAppliesToMarket: 'admin.field.notionalMinAppliesToMarket',
  openOrdersMax: 'admin.field.openOrdersMax',
  order: 'admin.field.order',
  orderListsMax: 'admin.field.orderListsMax',
  ordersMax: 'admin.field.ordersMax',
  owner: 'admin.field.owner',
  owners: 'admin.field.owners',
  pool: 'admin.field.pool',
  positionMax: 'admin.field.positionMax',
  price: 'admin.field.price',
  priceMax: 'admin.field.priceMax',
  priceMin: 'admin.field.priceMin',
  quantityMax: 'admin.field.quantityMax',
  quantityMin: 'admin.field.quantityMin',
  quote: 'admin.field.quote',
  reason: 'admin.field.reason',
  recovery: 'admin.field.recovery',
  reference: 'admin.field.reference',
  refill: 'admin.field.refill',
  roles: 'admin.field.roles',
  signature: 'admin.field.signature',
  source: 'admin.field.source',
  startTime: 'admin.field.startTime',
  status: 'admin.field.status',
  symbol: 'admin.field.symbol',
  symbols: 'admin.field.symbols',
  tags: 'admin.field.tags',
  takerRate: 'admin.field.takerRate',
  tick: 'admin.field.tick',
  time: 'admin.field.time',
  title: 'admin.field.title',
  toldReference: 'admin.field.toldReference',
  topics: 'admin.field.topics',
  trailingMax: 'admin.field.trailingMax',
  trailingMin: 'admin.field.trailingMin',
  withdrawal: 'admin.field.withdrawal',
  withdrawalsOpen: 'admin.field.withdrawalsOpen',
}

/** What is told beside the parameters of an action. */
const BESIDE_NAMES: Partial<Record<string, Key>> = {
  balance: 'admin.free',
  chainAmount: 'admin.chainAmount',
  currency: 'admin.currency',
  sender: 'admin.sender',
  tier: 'admin.tier',
}

const WORDS: Partial<Record<string, Key>> = {
  GIVE: 'admin.word.give',
  TAKE: 'admin.word.take',
  OWNER: 'admin.word.owner',
  TREASURY: 'admin.word.treasury',
  INSURANCE: 'admin.word.insurance',
  AC01: 'bank.AC01',
  AM05: 'bank.AM05',
  BE01: 'bank.BE01',
  FOCR: 'bank.FOCR',
  MS02: 'bank.MS02',
  MS03: 'bank.MS03',
  RR04: 'bank.RR04',
  trading: 'admin.market.trading',
  halt: 'admin.market.halt',
  break: 'admin.market.break',
  end_of_day: 'admin.market.endOfDay',
  cancel_only: 'admin.market.cancelOnly',
  open: 'admin.word.open',
  delist: 'admin.word.delist',
  listing: 'admin.word.listing',
  delisting: 'admin.word.delisting',
  maintenance: 'admin.word.maintenance',
  news: 'admin.word.news',
  approve: 'admin.word.approve',
  refuse: 'admin.word.refuse',
  refill: 'admin.word.refill',
  drain: 'admin.word.drain',
  'want-more': 'admin.word.wantMore',
  true: 'common.yes',
  false: 'common.no',
}

/** Name an action; one this page does not know goes by its own name. */
export function nameAction(name: string): string {
  const key = ACTION_NAMES[name as ActionName] as Key | undefined
  return key ? t(key) : name
}

/** Name a parameter of an action, or what an action changes beside those. */
export function nameField(name: string): string {
  const key = BESIDE_NAMES[name] ?? (FIELD_NAMES[name as FieldName] as Key | undefined)
  return key ? t(key) : name
}

/** Say what a word among several stands for. */
export function nameWord(word: string): string {
  const key = WORDS[word]
  return key ? t(key) : word
}
