import { expect, test } from 'vitest'
import { Decimal } from '../src/money/decimal'
import { alertAt, readAlerts, ringing } from '../src/pages/trade/chart/alarm'
import { drawingOf, readDrawings } from '../src/pages/trade/chart/drawings'
import { entryOf, marksOf } from '../src/pages/trade/chart/fills'
import { averagePaid, paramsOf, paramsTyped } from '../src/pages/trade/chart/indicators'
import { CHART_FIRST, readChart } from '../src/pages/trade/chart/kept'
import { leftOf, linesOf, priceAt } from '../src/pages/trade/chart/replacing'
import { depthOf, distanceOf, stepAt } from '../src/pages/trade/book/depth'
import type { Order } from '../src/pages/trade/account.svelte'

test('settings that were kept are read, and what is not understood is as at first', () => {
  expect(readChart('nonsense')).toBeNull()
  expect(readChart({})).toEqual(CHART_FIRST)
  const read = readChart({
    interval: '1s',
    favourites: ['1M', '2h', 'x'],
    zone: 'Nowhere/City',
    indicators: [
      { id: 'a', name: 'RSI', params: [7] },
      { id: 'b', name: 'XYZ', params: [] },
      { id: 'c', name: 'MACD', params: [1] },
    ],
    showsOrders: false,
  })
  expect(read).toMatchObject({ interval: '1s', favourites: ['2h', '1M'], zone: '', showsOrders: false })
  expect(read?.indicators).toEqual([
    { id: 'a', name: 'RSI', params: [7] },
    { id: 'c', name: 'MACD', params: [12, 26, 9] },
  ])
})

test('an indicator takes the numbers it can be computed by', () => {
  expect(paramsTyped('MA', '5, 10 30')).toEqual([5, 10, 30])
  expect(paramsTyped('MACD', '12 26')).toBeNull()
  expect(paramsTyped('RSI', '0')).toBeNull()
  expect(paramsTyped('RSI', '501')).toBeNull()
  expect(paramsOf('BOLL', 'x')).toEqual([20, 2])
})

test('the average that was paid begins anew each day', () => {
  const day = 86_400_000
  const bar = (timestamp: number, volume: number, turnover: number) =>
    ({ timestamp, high: 1, low: 1, close: 1, volume, turnover }) as const
  expect(averagePaid([bar(0, 1, 10), bar(1, 3, 50), bar(day, 0, 0), bar(day + 1, 2, 8)])).toEqual([
    { vwap: 10 },
    { vwap: 15 },
    {},
    { vwap: 4 },
  ])
})

test('drawings are kept by time and price, and what is no drawing is not read', () => {
  const points = [{ timestamp: 1, value: 2, dataIndex: 7 }]
  const kept = drawingOf({ name: 'note', points, extendData: 'hello' })
  expect(kept).toEqual({ tool: 'note', points: [{ timestamp: 1, value: 2 }], text: 'hello' })
  expect(readDrawings([kept, { tool: 'note', points: [{ value: 2 }] }, { tool: 'bomb', points }, 7])).toEqual([kept])
  expect(drawingOf({ name: 'priceMark', points, extendData: null })).toBeNull()
})

const fill = (isBuyer: boolean, qty: string, quoteQty: string, time = 0, commission = '0') => ({
  isBuyer,
  qty,
  quoteQty,
  time,
  price: '0',
  commission,
  commissionAsset: 'BTC',
})

test('trades within one candle are one mark', () => {
  const marks = marksOf([fill(true, '1', '10', 5), fill(true, '2', '26', 1), fill(false, '1', '9', 6)], 10)
  expect(
    marks.map(({ isBuy, time, count, quantity, value }) => [isBuy, time, count, `${quantity}`, `${value}`]),
  ).toEqual([
    [true, 1, 2, '3', '36'],
    [false, 6, 1, '1', '9'],
  ])
})

test('what is held was bought for so much on average', () => {
  const price = (fills: ReturnType<typeof fill>[]) => entryOf(fills, 'BTC', 2)?.price.toString()
  expect(price([fill(true, '1', '100', 1), fill(true, '1', '200', 2)])).toBe('150.00')
  expect(price([fill(true, '1', '100', 1), fill(true, '1', '200', 2), fill(false, '1', '500', 3)])).toBe('150.00')
  expect(price([fill(true, '1', '100', 1), fill(false, '2', '500', 2)])).toBeUndefined()
  expect(price([fill(false, '5', '500', 1), fill(true, '1', '80', 2)])).toBe('80.00')
  expect(price([fill(true, '1', '100', 1, '0.5')])).toBe('200.00')
})

const order = (given: Partial<Order>): Order =>
  ({
    symbol: 'BTCUSDT',
    orderId: 7,
    orderListId: -1,
    side: 'SELL',
    type: 'LIMIT',
    timeInForce: 'GTC',
    price: '100.00',
    stopPrice: '0.00',
    origQty: '5.0',
    executedQty: '2.0',
    icebergQty: '0.0',
    isWorking: true,
    selfTradePreventionMode: 'EXPIRE_MAKER',
    ...given,
  }) as Order

test('an order has a line where it stands, and one where it is triggered while it waits', () => {
  const lines = (given: Partial<Order>) => linesOf(order(given)).map(({ moved, price }) => `${moved} ${price}`)
  expect(lines({})).toEqual(['price 100.00'])
  expect(lines({ stopPrice: '90.00', isWorking: false })).toEqual(['price 100.00', 'trigger 90.00'])
  expect(lines({ stopPrice: '90.00', price: '0.00', isWorking: false })).toEqual(['trigger 90.00'])
  expect(lines({ stopPrice: '90.00' })).toEqual(['price 100.00'])
  expect(leftOf(order({})).toString()).toBe('3.0')
})

test('a height of the chart is a whole number of ticks', () => {
  const tick = Decimal.of('0.05')
  expect(priceAt(100.07000000001, tick, 2)?.toString()).toBe('100.05')
  expect(priceAt(-1, tick, 2)).toBeNull()
  expect(priceAt(NaN, tick, 2)).toBeNull()
  expect(priceAt(0.001, tick, 2)).toBeNull()
})

test('an alert goes off when the price comes to it from the side it was on', () => {
  const above = alertAt('1', 'BTCUSDT', Decimal.of('110'), '100')
  const below = alertAt('2', 'BTCUSDT', Decimal.of('90.0'), '100')
  const ids = (symbol: string, price: string) => ringing([above, below], symbol, price).map(({ id }) => id)
  expect(ids('BTCUSDT', '109.99')).toEqual([])
  expect(ids('BTCUSDT', '110.00')).toEqual(['1'])
  expect(ids('BTCUSDT', '89')).toEqual(['2'])
  expect(ids('ETHUSDT', '200')).toEqual([])
  expect(readAlerts([above, { ...below, price: 'x' }, null])).toEqual([above])
})

test('the depth adds up what lies within reach of the middle, and tells what is at a price', () => {
  const levels = (...all: [string, string][]) =>
    all.map(([price, quantity]) => ({ price: Decimal.of(price), quantity: Decimal.of(quantity) }))
  const bids = levels(['99', '1'], ['98', '2'], ['50', '9'])
  const asks = levels(['101', '1'], ['102', '4'], ['500', '9'])
  const depth = depthOf(bids, asks, '10')
  if (!depth) throw new Error('there is no depth')
  expect(depth.middle.toString()).toBe('100.0')
  expect(depth.bids.map(({ sumQuantity }) => sumQuantity.toString())).toEqual(['1', '3'])
  expect(depth.asks.map(({ sumValue }) => sumValue.toString())).toEqual(['101', '509'])
  expect([depth.low, depth.high, depth.most]).toEqual([90, 110, 5])
  expect(stepAt(depth, 98.5)?.step.sumQuantity.toString()).toBe('1')
  expect(stepAt(depth, 95)?.step.sumQuantity.toString()).toBe('3')
  expect(stepAt(depth, 101)?.step.sumQuantity.toString()).toBe('1')
  expect(stepAt(depth, 100)).toBeNull()
  expect(distanceOf(Decimal.of('98'), depth.middle)).toBe('-2.00')
  expect(depthOf([], asks, '10')).toBeNull()
})
