import { describe, expect, test } from 'vitest'
import { legsOf, type Content, type FieldName } from '../../src/pages/trade/form/legs'
import { requestOf } from '../../src/pages/trade/form/request'
import { around, content, info, of } from './market'

type Texts = Partial<Record<FieldName, string>>

function request(choice: Partial<Content>, texts: Texts) {
  const whole = { ...content, ...choice }
  const legs = legsOf(whole, (field) => (texts[field] ? of(texts[field]) : null), around.last)
  return requestOf(info, whole, legs, 'me')
}

describe('each kind becomes the call of the API that places it', () => {
  const always = { symbol: 'BTCUSDT' }
  const one = { ...always, newClientOrderId: 'me', newOrderRespType: 'FULL' }
  const list = { ...always, listClientOrderId: 'me', newOrderRespType: 'RESULT' }
  const own = { side: 'BUY', quantity: '1' }
  test.each<[string, Partial<Content>, Texts, string, Record<string, string>]>([
    [
      'limit',
      {},
      { price: '90', amount: '1' },
      'order',
      { ...one, ...own, type: 'LIMIT', price: '90', timeInForce: 'GTC' },
    ],
    [
      'post only',
      { isPostOnly: true },
      { price: '90', amount: '1' },
      'order',
      { ...one, ...own, type: 'LIMIT_MAKER', price: '90' },
    ],
    [
      'iceberg, fill or kill, prevention',
      { timeInForce: 'FOK', prevention: 'EXPIRE_BOTH' },
      { price: '90', amount: '1', iceberg: '0.5' },
      'order',
      {
        ...one,
        ...own,
        type: 'LIMIT',
        price: '90',
        timeInForce: 'FOK',
        icebergQty: '0.5',
        selfTradePreventionMode: 'EXPIRE_BOTH',
      },
    ],
    [
      'pegged',
      { peg: 'PRIMARY_PEG' },
      { price: '90', amount: '1', pegOffset: '2' },
      'order',
      {
        ...one,
        ...own,
        type: 'LIMIT',
        timeInForce: 'GTC',
        pegPriceType: 'PRIMARY_PEG',
        pegOffsetType: 'PRICE_LEVEL',
        pegOffsetValue: '2',
      },
    ],
    ['market by quantity', { kind: 'MARKET' }, { amount: '1' }, 'order', { ...one, ...own, type: 'MARKET' }],
    [
      'market by total',
      { kind: 'MARKET', isInQuote: true },
      { total: '50' },
      'order',
      { ...one, side: 'BUY', type: 'MARKET', quoteOrderQty: '50' },
    ],
    [
      'stop-limit below the market, of a buyer',
      { kind: 'STOP_LIMIT' },
      { trigger: '95', price: '96', amount: '1' },
      'order',
      { ...one, ...own, type: 'TAKE_PROFIT_LIMIT', stopPrice: '95', price: '96', timeInForce: 'GTC' },
    ],
    [
      'stop-limit above the market, of a buyer',
      { kind: 'STOP_LIMIT' },
      { trigger: '105', price: '106', amount: '1' },
      'order',
      { ...one, ...own, type: 'STOP_LOSS_LIMIT', stopPrice: '105', price: '106', timeInForce: 'GTC' },
    ],
    [
      'stop-loss',
      { kind: 'STOP_LOSS' },
      { trigger: '105', price: '90', amount: '1' },
      'order',
      { ...one, ...own, type: 'STOP_LOSS', stopPrice: '105' },
    ],
    [
      'take-profit',
      { kind: 'TAKE_PROFIT' },
      { trigger: '95', amount: '1' },
      'order',
      { ...one, ...own, type: 'TAKE_PROFIT', stopPrice: '95' },
    ],
    [
      'trailing stop',
      { kind: 'TRAILING' },
      { trailing: '1.5', amount: '1' },
      'order',
      { ...one, ...own, type: 'STOP_LOSS', trailingDelta: '150' },
    ],
    [
      'trailing stop with a limit and an activation',
      { kind: 'TRAILING', trailsAs: 'TAKE_PROFIT' },
      { trailing: '1', trigger: '95', price: '96', amount: '1' },
      'order',
      {
        ...one,
        ...own,
        type: 'TAKE_PROFIT_LIMIT',
        trailingDelta: '100',
        stopPrice: '95',
        price: '96',
        timeInForce: 'GTC',
      },
    ],
    [
      'OCO of a seller',
      { kind: 'OCO', side: 'SELL' },
      { profit: '110', stop: '90', stopLimit: '89', amount: '1' },
      'orderList/oco',
      {
        ...list,
        side: 'SELL',
        quantity: '1',
        aboveType: 'LIMIT_MAKER',
        abovePrice: '110',
        belowType: 'STOP_LOSS_LIMIT',
        belowStopPrice: '90',
        belowPrice: '89',
        belowTimeInForce: 'GTC',
      },
    ],
    [
      'OCO of a buyer',
      { kind: 'OCO' },
      { profit: '90', stop: '110', amount: '1' },
      'orderList/oco',
      { ...list, ...own, aboveType: 'STOP_LOSS', aboveStopPrice: '110', belowType: 'LIMIT_MAKER', belowPrice: '90' },
    ],
    [
      'OTO',
      { kind: 'OTO' },
      { price: '90', amount: '1', nextPrice: '120', nextAmount: '0.5' },
      'orderList/oto',
      {
        ...list,
        workingType: 'LIMIT',
        workingSide: 'BUY',
        workingPrice: '90',
        workingQuantity: '1',
        workingTimeInForce: 'GTC',
        pendingType: 'LIMIT',
        pendingSide: 'SELL',
        pendingPrice: '120',
        pendingQuantity: '0.5',
        pendingTimeInForce: 'GTC',
      },
    ],
    [
      'OTOCO that its first order pays',
      { kind: 'OTOCO', paysNext: true, isPostOnly: true },
      { price: '90', amount: '1', profit: '120', stop: '80' },
      'orderList/opoco',
      {
        ...list,
        workingType: 'LIMIT_MAKER',
        workingSide: 'BUY',
        workingPrice: '90',
        workingQuantity: '1',
        pendingSide: 'SELL',
        pendingAboveType: 'LIMIT_MAKER',
        pendingAbovePrice: '120',
        pendingBelowType: 'STOP_LOSS',
        pendingBelowStopPrice: '80',
      },
    ],
  ])('%s', (_, choice, texts, path, parameters) => {
    expect(request(choice, texts)).toEqual({ path: `/api/v3/${path}`, parameters })
  })
})
