// Alerts on prices: what one is, and when it goes off.
import { isRecord } from '../../../session/kept'
import { Decimal } from '../../../money/decimal'

export interface Alert {
  id: string
  symbol: string
  price: string
  /** Whether it goes off when the price rises to it, or when it falls to it. */
  isAbove: boolean
}

export const ALERTS_MAX = 50

/** Make something of what was kept. */
export function readAlerts(value: unknown): Alert[] | null {
  if (!Array.isArray(value)) return null
  return value
    .flatMap((each): Alert[] => {
      if (!isRecord(each) || typeof each.id !== 'string' || typeof each.symbol !== 'string') return []
      if (typeof each.price !== 'string' || Decimal.read(each.price) === null) return []
      return [{ id: each.id, symbol: each.symbol, price: each.price, isAbove: each.isAbove === true }]
    })
    .slice(0, ALERTS_MAX)
}

/** Make an alert on a price, for the side of it that the market is not on. */
export function alertAt(id: string, symbol: string, price: Decimal, last: string | null): Alert {
  return { id, symbol, price: price.toString(), isAbove: last === null || price.compare(Decimal.of(last)) > 0 }
}

/** Return which alerts go off at a price. */
export function ringing(alerts: readonly Alert[], symbol: string, price: string): Alert[] {
  const now = Decimal.of(price)
  return alerts.filter((alert) => {
    if (alert.symbol !== symbol) return false
    const there = now.compare(Decimal.of(alert.price))
    return alert.isAbove ? there >= 0 : there <= 0
  })
}
