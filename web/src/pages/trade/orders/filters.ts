// Which of the past a person asks for.
import type { Order } from '../account.svelte'

export const PERIODS = ['all', 'day', 'week', 'month', 'quarter', 'custom'] as const
export type Period = (typeof PERIODS)[number]

export interface Filters {
  /** Empty for every symbol; so with the others. */
  symbol: string
  side: '' | 'BUY' | 'SELL'
  status: string
  type: string
  period: Period
  /** Days as a date field has them, `2026-11-30`; only of a custom period. */
  from: string
  to: string
}

export const NO_FILTERS: Filters = { symbol: '', side: '', status: '', type: '', period: 'all', from: '', to: '' }

const DAYS: Partial<Record<Period, number>> = { day: 1, week: 7, month: 30, quarter: 90 }

/** The first moment of a day, where the person is, some days on; null for what is no day. */
function startOf(day: string, later = 0): number | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  return found ? new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + later).getTime() : null
}

/** From when to when, in milliseconds; both are included. */
export function rangeOf(
  filters: Pick<Filters, 'period' | 'from' | 'to'>,
  now: number,
): { startTime?: number; endTime?: number } {
  const days = DAYS[filters.period]
  // Days are not all as long as each other.
  if (days !== undefined) {
    const today = new Date(now)
    return { startTime: new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1).getTime() }
  }
  if (filters.period !== 'custom') return {}
  const [start, end] = [startOf(filters.from), startOf(filters.to, 1)]
  return { ...(start === null ? {} : { startTime: start }), ...(end === null ? {} : { endTime: end - 1 }) }
}

/** What is asked of the exchange. */
export function asked(filters: Filters, now: number) {
  const { symbol, side, status, type } = filters
  return {
    ...(symbol ? { symbol } : {}),
    ...(side ? { side } : {}),
    ...(status ? { status } : {}),
    ...(type ? { type } : {}),
    ...rangeOf(filters, now),
  }
}

export const orderKey = (order: Pick<Order, 'symbol' | 'orderId'>): string => `${order.symbol} ${order.orderId}`
