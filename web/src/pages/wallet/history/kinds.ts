// Everything that came, went or was moved, in one form: one reader for each kind of record.
import { api } from '../../../api/client'
import type { Key } from '../../../i18n/areas'
import { silent, t, type Saying } from '../../../i18n/language.svelte'
import { formatAmount } from '../../../money/format'
import { KIND_NAMES } from '../kinds'
import { meaningOf as depositMeaning, readDeposits, type Tone } from '../deposits'
import { readTransfers } from '../transferHistory'
import { endsOf } from '../transfers'
import { meaningOf as withdrawalMeaning, timeOf } from '../withdraw/withdrawals'
import { fiatMeaning, methodName } from '../fiat/orders'

export const HISTORIES = [
  'deposits',
  'withdrawals',
  'transfers',
  'conversions',
  'distributions',
  'fiat',
  'cards',
] as const
export type History = (typeof HISTORIES)[number]

export const HISTORY_NAMES: Readonly<Record<History, Key>> = {
  deposits: 'wallet.historyDeposits',
  withdrawals: 'wallet.historyWithdrawals',
  transfers: 'wallet.historyTransfers',
  conversions: 'wallet.historyConversions',
  distributions: 'wallet.historyDistributions',
  fiat: 'wallet.historyFiat',
  cards: 'wallet.historyCards',
}

/** One record, whatever kind it is of. */
export interface Line {
  id: string
  time: number
  coin: string
  /** Signed as it changed what the person has; unsigned where it was only moved. */
  amount: string
  fee: string
  /** Where from, where to, or what for. */
  sayAbout: Saying
  transaction: string
  isInside: boolean
  status: Key
  tone: Tone
}

export interface Period {
  startTime: number
  endTime: number
}

const LIMIT = 1_000
const PAGE = 500
const plain = { fee: '', sayAbout: silent, transaction: '', isInside: false, tone: 'plain' as Tone }
const done = { status: 'wallet.done', tone: 'good' } as const

async function deposits(period: Period): Promise<Line[]> {
  const all = await readDeposits({ ...period, limit: LIMIT })
  return all.map((each) => {
    const meaning = depositMeaning(each)
    return {
      ...plain,
      id: each.id,
      time: each.insertTime,
      coin: each.coin,
      amount: each.amount,
      sayAbout: () => (each.transferType === 1 ? t('wallet.inside') : `${each.network} ${each.address}`),
      transaction: each.txId,
      isInside: each.transferType === 1,
      status: meaning.text,
      tone: meaning.tone,
    }
  })
}

async function withdrawals(period: Period): Promise<Line[]> {
  const all = await api.get('/account/v1/withdrawals', { ...period, limit: LIMIT })
  return all.map((each) => {
    const meaning = withdrawalMeaning(each)
    return {
      ...plain,
      id: each.id,
      time: timeOf(each.applyTime),
      coin: each.coin,
      amount: `-${each.amount}`,
      fee: each.transactionFee,
      sayAbout: () => `${each.network ?? ''} ${each.address}`.trim(),
      transaction: each.txId,
      isInside: each.transferType === 1,
      status: meaning.text,
      tone: meaning.tone,
    }
  })
}

async function transfers(period: Period): Promise<Line[]> {
  const all = await readTransfers({ size: 100, ...period })
  return all.map((each) => {
    const ends = endsOf(each.type)
    return {
      ...plain,
      id: String(each.tranId),
      time: each.timestamp,
      coin: each.asset,
      amount: each.amount,
      sayAbout: () =>
        ends ? t('wallet.fromTo', { from: t(KIND_NAMES[ends[0]]), to: t(KIND_NAMES[ends[1]]) }) : each.type,
      ...done,
    }
  })
}

interface Converted {
  transId: number
  fromAsset: string
  amount: string
  transferedAmount: string
  serviceChargeAmount: string
  operateTime: number
  targetAsset?: string
}

async function conversions(period: Period): Promise<Line[]> {
  const { userAssetDribblets } = await api.get('/sapi/v1/asset/dribblet', period)
  const details = userAssetDribblets.flatMap((each) => each.userAssetDribbletDetails as unknown as Converted[])
  return details.map((each) => ({
    ...plain,
    id: `${each.transId} ${each.fromAsset}`,
    time: each.operateTime,
    coin: each.fromAsset,
    amount: `-${each.amount}`,
    sayAbout: () =>
      t('wallet.convertedInto', { amount: formatAmount(each.transferedAmount), coin: each.targetAsset ?? 'BNB' }),
    fee: each.serviceChargeAmount,
    ...done,
  }))
}

async function distributions(period: Period): Promise<Line[]> {
  const { rows } = await api.get('/sapi/v1/asset/assetDividend', { ...period, limit: PAGE })
  return rows.map((each) => ({
    ...plain,
    id: String(each.id),
    time: each.divTime,
    coin: each.asset,
    amount: each.direction === -1 ? `-${each.amount}` : each.amount,
    sayAbout: () => each.enInfo,
    ...done,
  }))
}

const DEPOSIT = '0'
const WITHDRAWAL = '1'

async function fiat({ startTime, endTime }: Period): Promise<Line[]> {
  const period = { beginTime: startTime, endTime, rows: PAGE }
  const both = await Promise.all(
    ([DEPOSIT, WITHDRAWAL] as const).map(async (transactionType) => {
      const { data } = await api.get('/sapi/v1/fiat/orders', { transactionType, ...period })
      return data.map((each) => ({ ...each, sign: transactionType === WITHDRAWAL ? '-' : '' }))
    }),
  )
  return both.flat().map((each) => {
    const meaning = fiatMeaning(each.status)
    return {
      ...plain,
      id: each.orderNo,
      time: each.createTime,
      coin: each.fiatCurrency,
      amount: `${each.sign}${each.indicatedAmount}`,
      fee: each.totalFee,
      sayAbout: () => methodName(each.method),
      status: meaning.text,
      tone: meaning.tone,
    }
  })
}

async function cards({ startTime, endTime }: Period): Promise<Line[]> {
  const period = { beginTime: startTime, endTime, rows: PAGE }
  const { data } = await api.get('/sapi/v1/fiat/payments', { transactionType: DEPOSIT, ...period })
  return data.map((each) => {
    const meaning = fiatMeaning(each.status)
    return {
      ...plain,
      id: each.orderNo,
      time: each.createTime,
      coin: each.cryptoCurrency,
      amount: each.obtainAmount,
      fee: each.totalFee,
      sayAbout: () =>
        t('wallet.paidByCard', { amount: formatAmount(each.sourceAmount, 2), currency: each.fiatCurrency }),
      status: meaning.text,
      tone: meaning.tone,
    }
  })
}

const READERS: Readonly<Record<History, (period: Period) => Promise<Line[]>>> = {
  deposits,
  withdrawals,
  transfers,
  conversions,
  distributions,
  fiat,
  cards,
}

/** Read all records of a kind in a period, the newest first. Throws `Refused`. */
export async function readHistory(kind: History, period: Period): Promise<Line[]> {
  return (await READERS[kind](period)).toSorted((one, other) => other.time - one.time)
}
