// What a person holds, asset by asset over all kinds of accounts, and what that comes to.
import type { Answer } from '../../api/client'
import { Decimal } from '../../money/decimal'

type Wallets = Answer<'get', '/sapi/v1/asset/wallet/balance'>
export type Kind = 'spot' | 'funding' | 'cross' | 'isolated' | 'usdFutures' | 'coinFutures' | 'earn' | 'options'

const KINDS: Readonly<Record<string, Kind>> = {
  Spot: 'spot',
  Funding: 'funding',
  'Cross Margin': 'cross',
  'Isolated Margin': 'isolated',
  'USDⓈ-M Futures': 'usdFutures',
  'COIN-M Futures': 'coinFutures',
  Earn: 'earn',
  Options: 'options',
}

/** What is held of an asset in one kind of account. */
export interface Holding {
  kind: Kind
  asset: string
  free: Decimal
  /** In orders and products, and on its way out. */
  locked: Decimal
  total: Decimal
}

/** The same over all kinds. */
export interface Held extends Omit<Holding, 'kind'> {
  parts: Holding[]
}

export type Valued = (asset: string, amount: Decimal) => Decimal | null

/** Read the answer of `wallet/balance` with its details. */
export function readHoldings(wallets: Wallets): { kinds: Kind[]; holdings: Holding[] } {
  const kinds: Kind[] = []
  const holdings: Holding[] = []
  for (const wallet of wallets) {
    const kind = KINDS[wallet.walletName]
    if (!kind || !wallet.activate) continue
    kinds.push(kind)
    for (const each of wallet.assetBalances ?? []) {
      const free = Decimal.of(each.free)
      const locked = [each.locked, each.freeze, each.withdrawing].map((text) => Decimal.of(text))
      const held = locked.reduce((sum, part) => sum.plus(part), Decimal.ZERO)
      holdings.push({ kind, asset: each.asset, free, locked: held, total: free.plus(held) })
    }
  }
  return { kinds, holdings }
}

/** Put together what is held of each asset, the most worth first, then by name. */
export function byAsset(holdings: readonly Holding[], valued: Valued): Held[] {
  const found = new Map<string, Held>()
  for (const each of holdings) {
    const one = found.get(each.asset)
    found.set(each.asset, {
      asset: each.asset,
      free: one ? one.free.plus(each.free) : each.free,
      locked: one ? one.locked.plus(each.locked) : each.locked,
      total: one ? one.total.plus(each.total) : each.total,
      parts: [...(one?.parts ?? []), each],
    })
  }
  const worth = (held: Held) => valued(held.asset, held.total) ?? Decimal.ZERO
  return [...found.values()].toSorted(
    (one, other) => worth(other).compare(worth(one)) || one.asset.localeCompare(other.asset),
  )
}

/** Add up what holdings are worth; what no rate values counts for nothing. */
export function totalOf(holdings: readonly { asset: string; total: Decimal }[], valued: Valued): Decimal {
  return holdings.reduce((sum, each) => sum.plus(valued(each.asset, each.total) ?? Decimal.ZERO), Decimal.ZERO)
}

/** A part of the whole, in hundredths of a percent, rounded down. */
export interface Share {
  asset: string
  worth: Decimal
  basisPoints: number
}

/** How a total is split: the largest parts, and one without a name for all others. */
export function sharesOf(held: readonly Held[], valued: Valued, partsMax = 5): Share[] {
  const total = totalOf(held, valued)
  if (total.isZero) return []
  const share = (asset: string, worth: Decimal): Share => ({
    asset,
    worth,
    basisPoints: Number(worth.times(Decimal.of('10000')).dividedBy(total, 0).toString()),
  })
  const known = held
    .map((each) => ({ asset: each.asset, worth: valued(each.asset, each.total) ?? Decimal.ZERO }))
    .filter((each) => !each.worth.isZero)
  const largest = known.slice(0, partsMax).map((each) => share(each.asset, each.worth))
  const rest = known.slice(partsMax).reduce((sum, each) => sum.plus(each.worth), Decimal.ZERO)
  return rest.isZero ? largest : [...largest, share('', rest)]
}
