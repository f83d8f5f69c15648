// Parts of what is free, as the slider of the form asks for them: rounded down to what the filters allow.
import { Decimal } from '../../../money/decimal'
import type { Leg } from './legs'
import { bound, opposed, type Around } from './rules'
import { sweepTotal } from './sweep'

const HUNDRED = Decimal.of('100')

/** The quantity, or the total of a market order that states one, that is so many percent of what is free. Null where it
 * cannot be known: for a stranger, and without a price. */
export function share(leg: Leg, around: Around, percent: number, isInQuote: boolean): Decimal | null {
  const part = Decimal.of(String(percent)).dividedBy(HUNDRED, 2)
  const { info, freeBase, freeQuote } = around
  const step = bound(info, 'LOT_SIZE', 'stepSize') ?? Decimal.ZERO
  if (leg.side === 'SELL' && !isInQuote) return freeBase && freeBase.times(part).downTo(step)
  if (leg.side === 'SELL') {
    const best = opposed(leg, around)[0]?.price
    return freeBase && best ? freeBase.times(part).times(best).toScale(info.quoteAssetPrecision).trimmed() : null
  }
  if (!freeQuote) return null
  const money = freeQuote.times(part)
  if (isInQuote) return money.toScale(info.quoteAssetPrecision).trimmed()
  if (leg.type === 'MARKET') {
    const levels = opposed(leg, around)
    return levels.length > 0
      ? sweepTotal(levels, money, bound(info, 'LOT_SIZE', 'stepSize') ?? Decimal.of('0.00000001')).quantity
      : null
  }
  const own = around.bids[0]?.price
  const price = leg.price ?? (leg.peg ? own : leg.trigger) ?? null
  if (!price || price.isZero) return null
  return money.dividedBy(price, info.baseAssetPrecision).downTo(step)
}

/** How many percent of what is free an order takes, for the slider; 0 where it cannot be known. */
export function percentOf(needed: Decimal | null, free: Decimal | null): number {
  if (!needed || !free || free.isZero) return 0
  const percent = Number(needed.times(HUNDRED).dividedBy(free, 0).toString())
  return Math.min(100, percent)
}
