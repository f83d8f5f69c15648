// Follow the account of who is logged in, and tell of fills and cancels.
import { t } from '../i18n/language.svelte'
import { symbols } from '../market/symbols.svelte'
import { formatAmount } from '../money/format'
import { watchAccount, type AccountEvent } from '../session/events'
import { notice } from './notices'
import type { Kind } from './choices.svelte'

export interface Happened {
  kind: Kind
  isBuy: boolean
  symbol: string
  quantity: string
  price: string
}

/** Read what an event tells; null if it is neither a fill nor the end of an order. */
export function happenedIn(event: AccountEvent | null): Happened | null {
  if (event?.e !== 'executionReport') return null
  const { x, S, s, l, L, q, p } = event as unknown as Record<string, string>
  const said = { isBuy: S === 'BUY', symbol: s ?? '' }
  if (x === 'TRADE') return { ...said, kind: 'fill', quantity: l ?? '0', price: L ?? '0' }
  if (x === 'CANCELED' || x === 'EXPIRED') return { ...said, kind: 'cancel', quantity: q ?? '0', price: p ?? '0' }
  return null
}

/** Follow until the returned function is called. */
export function followAccount(): () => void {
  return watchAccount((event) => {
    const happened = happenedIn(event)
    if (!happened) return
    const { kind, symbol } = happened
    const values = {
      symbol: symbols.pairOf(symbol),
      quantity: formatAmount(happened.quantity),
      price: formatAmount(happened.price),
    }
    if (kind === 'cancel') notice(kind, t('notice.canceled', values))
    else notice(kind, happened.isBuy ? t('notice.bought', values) : t('notice.sold', values))
  })
}
