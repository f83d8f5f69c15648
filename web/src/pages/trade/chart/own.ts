// What is the person's own on the chart: the marks of their trades, what they paid on average, their alerts.
import { t } from '../../../i18n/language.svelte'
import { millisecondsOf, type Interval } from '../../../market/candles'
import { priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { formatAmount } from '../../../money/format'
import { colour } from '../../../theme/theme.svelte'
import { OWN_TRADES, type OwnTrade, type OwnTrades } from '../ownTrades.svelte'
import type { Alert } from './alarm'
import { alerts } from './alerts.svelte'
import { entryOf, marksOf } from './fills'
import type { PriceMark } from './priceMarks'
import { fontOfPage } from './styles'
import type { TradeMark } from './tradeMarks'

export function tradeMarks(info: SymbolInfo, trades: readonly OwnTrade[], interval: Interval): TradeMark[] {
  const decimals = priceDecimals(info)
  const [ink, font] = [colour('panel'), fontOfPage()]
  return marksOf(trades, millisecondsOf(interval)).map(({ isBuy, time, count, quantity, value }) => {
    const price = value.dividedBy(quantity, decimals)
    const said = {
      count,
      quantity: formatAmount(quantity),
      asset: info.baseAsset,
      price: formatAmount(price, decimals),
    }
    return {
      id: `${time}-${isBuy}`,
      time,
      value: Number(price.toString()),
      data: {
        letter: t(isBuy ? 'chart.letterBuy' : 'chart.letterSell'),
        isBuy,
        colour: colour(isBuy ? 'up' : 'down'),
        ink,
        font,
      },
      told: t(isBuy ? 'chart.bought' : 'chart.sold', said),
    }
  })
}

/** Return the line of what was paid on average; null if not all trades are known. */
export function entryMark(info: SymbolInfo, own: OwnTrades): PriceMark | null {
  if (own.all.length === 0 || own.all.length >= OWN_TRADES) return null
  const decimals = priceDecimals(info)
  const entry = entryOf(own.all, info.baseAsset, decimals)
  if (!entry) return null
  const line = {
    label: t('chart.entry', { quantity: formatAmount(entry.quantity) }),
    colour: colour('blue'),
    ground: colour('panel'),
    ink: colour('panel'),
    font: fontOfPage(),
    isDashed: true,
    canBeRemoved: false,
    decimals,
  }
  return { id: 'entry', value: Number(entry.price.toString()), data: line, canMove: false }
}

export function alertMarks(
  info: SymbolInfo,
  set: readonly Alert[],
  onmoved: (id: string, value: number) => void,
): PriceMark[] {
  const line = {
    label: t('chart.alert'),
    colour: colour('accent-line'),
    ground: colour('panel'),
    ink: colour('panel'),
    font: fontOfPage(),
    isDashed: true,
    canBeRemoved: true,
    decimals: priceDecimals(info),
  }
  return set.map(({ id, price }) => ({
    id,
    value: Number(price),
    data: line,
    canMove: true,
    onmoved: (value) => onmoved(id, value),
    onremove: () => alerts.remove(id),
  }))
}
