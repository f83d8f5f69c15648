// What a person should hear of at once: an order of theirs that was filled while they looked elsewhere. What the form has
// just told itself is not told twice.
import { t } from '../../../i18n/language.svelte'
import { symbols } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount } from '../../../money/format'
import type { AccountEvent } from '../../../session/events'
import { decimalsFor } from './terms'

/** Return what is to be told of an event of the account; null for most. */
export function noticeOf(event: AccountEvent): string | null {
  const { e, x, X, s, S, z, Z, O, T } = event
  // Who takes at once has just been told by the form: only what had waited is told here.
  if (e !== 'executionReport' || x !== 'TRADE' || X !== 'FILLED' || O === T) return null
  const [executed, total] = [Decimal.of(String(z)), Decimal.of(String(Z))]
  if (executed.isZero) return null
  const info = symbols.find(String(s))
  const decimals = decimalsFor(info)
  const price = total.dividedBy(executed, decimals.price)
  return t(S === 'BUY' ? 'order.bought' : 'order.sold', {
    quantity: `${formatAmount(executed)} ${info?.baseAsset ?? String(s)}`,
    price: `${formatAmount(price, decimals.price)} ${info?.quoteAsset ?? ''}`.trim(),
  })
}
