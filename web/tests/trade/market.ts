// A symbol and a book for the tests of orders.
import type { SymbolInfo } from '../../src/market/symbols.svelte'
import { Decimal } from '../../src/money/decimal'
import type { Content } from '../../src/pages/trade/form/legs'
import type { Around } from '../../src/pages/trade/form/rules'

export const of = (text: string): Decimal => Decimal.of(text)
const level = (price: string, quantity: string) => ({ price: of(price), quantity: of(quantity) })

export const info = {
  symbol: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  baseAssetPrecision: 8,
  quoteAssetPrecision: 8,
  orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT', 'TAKE_PROFIT_LIMIT'],
  icebergAllowed: true,
  ocoAllowed: true,
  otoAllowed: true,
  opoAllowed: true,
  allowTrailingStop: true,
  amendAllowed: true,
  cancelReplaceAllowed: true,
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
    { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0', maxQty: '100', stepSize: '0' },
    {
      filterType: 'NOTIONAL',
      minNotional: '5',
      applyMinToMarket: true,
      maxNotional: '9000000',
      applyMaxToMarket: false,
    },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    {
      filterType: 'TRAILING_DELTA',
      minTrailingAboveDelta: 10,
      maxTrailingAboveDelta: 2000,
      minTrailingBelowDelta: 20,
      maxTrailingBelowDelta: 1000,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '2',
      bidMultiplierDown: '0.5',
      askMultiplierUp: '2',
      askMultiplierDown: '0.5',
    },
  ],
} as unknown as SymbolInfo

export const around: Around = {
  info,
  freeBase: of('2'),
  freeQuote: of('1000'),
  bids: [level('99', '1'), level('98', '2'), level('97', '100')],
  asks: [level('101', '1'), level('102', '2'), level('103', '100')],
  last: of('100'),
}

export const content: Content = {
  side: 'BUY',
  kind: 'LIMIT',
  isInQuote: false,
  isPostOnly: false,
  timeInForce: 'GTC',
  prevention: '',
  peg: '',
  trailsAs: 'STOP_LOSS',
  profitType: 'LIMIT_MAKER',
  nextSide: 'SELL',
  nextType: 'LIMIT',
  paysNext: false,
}
