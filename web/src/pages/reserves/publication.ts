// What a publication says of each asset.
import type { Answer } from '../../api/client'
import { Decimal } from '../../money/decimal'

type Publication = Answer<'get', '/account/v1/reserves/publication'>

export interface AssetLine {
  asset: string
  owed: Decimal
  /** On the addresses shown. */
  held: Decimal
  /** What came in without a chain. */
  outside: Decimal
  ratio: string | null
}

const WHOLE = Decimal.of('100')

/** List every asset that is owed or held, the owed ones by name first. */
export function assetsOf(publication: Publication): AssetLine[] {
  const held = new Map<string, Decimal>()
  for (const address of publication.addresses)
    for (const [asset, amount] of Object.entries(address.balances))
      held.set(asset, (held.get(asset) ?? Decimal.ZERO).plus(Decimal.of(amount)))
  const names = new Set([...Object.keys(publication.liabilities), ...held.keys()])
  return [...names].sort().map((asset) => ({
    asset,
    owed: Decimal.of(publication.liabilities[asset] ?? '0'),
    held: held.get(asset) ?? Decimal.ZERO,
    outside: Decimal.of(publication.outside[asset] ?? '0'),
    ratio: publication.ratios[asset] ?? null,
  }))
}

/** Whether at least as much is held as is owed. */
export const isCovered = (ratio: string): boolean => Decimal.of(ratio).compare(WHOLE) >= 0
