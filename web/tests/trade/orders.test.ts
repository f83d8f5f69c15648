import { expect, test, vi } from 'vitest'
import { cellOf, csvOf } from '../../src/files/csv'
import type { Order } from '../../src/pages/trade/account.svelte'
import { changeOf, halvesOf } from '../../src/pages/trade/orders/amending'
import { rangeOf } from '../../src/pages/trade/orders/filters'
import { Past } from '../../src/pages/trade/orders/past.svelte'
import { averagePrice, filledPercent, grouped, sumsOf } from '../../src/pages/trade/orders/terms'
import { info, of } from './market'

const order = {
  symbol: 'BTCUSDT',
  orderId: 7,
  orderListId: -1,
  price: '100.00000000',
  stopPrice: '0.00000000',
  icebergQty: '0.00000000',
  origQty: '3.00000000',
  executedQty: '1.00000000',
  cummulativeQuoteQty: '99.50000000',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  selfTradePreventionMode: 'EXPIRE_MAKER',
} as Order

test('an order made smaller is amended, any other change replaces what is left of it', () => {
  expect(changeOf(order, { price: of('100'), quantity: of('3') }, info)).toBeNull()
  expect(changeOf(order, { quantity: of('1') }, info)).toBeNull()
  expect(changeOf(order, { price: of('100.00'), quantity: of('2') }, info)).toEqual({
    kind: 'smaller',
    quantity: of('2'),
  })
  const another = changeOf(order, { price: of('99'), quantity: of('2.5') }, info)
  expect(another).toEqual({
    kind: 'another',
    parameters: {
      symbol: 'BTCUSDT',
      cancelOrderId: '7',
      cancelReplaceMode: 'STOP_ON_FAILURE',
      cancelRestrictions: 'ONLY_PARTIALLY_FILLED',
      side: 'BUY',
      type: 'LIMIT',
      quantity: '1.5',
      price: '99',
      timeInForce: 'GTC',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      newOrderRespType: 'RESULT',
    },
  })
})

test('a stop keeps what it is, and is not replaced where it has begun to trade since', () => {
  const stop = { ...order, type: 'STOP_LOSS', price: '0', stopPrice: '110', executedQty: '0', origQty: '3' } as Order
  expect(changeOf(stop, { trigger: of('120') }, info)).toMatchObject({
    parameters: { type: 'STOP_LOSS', stopPrice: '120', quantity: '3', cancelRestrictions: 'ONLY_NEW' },
  })
  const fixed = { ...info, amendAllowed: false, cancelReplaceAllowed: false }
  expect(changeOf(stop, { trigger: of('120') }, fixed)).toBeNull()
})

test('a replacement that failed tells whether the former order is gone', () => {
  const halves = (cancelResult: string) =>
    halvesOf({
      cancelResult,
      newOrderResult: 'FAILURE',
      cancelResponse: { code: -2011, msg: 'Unknown order sent.' },
      newOrderResponse: { code: -2010, msg: 'Market is closed.' },
    })
  expect(halves('SUCCESS')).toEqual({ isGone: true, code: -2010, detail: 'Market is closed.' })
  expect(halves('FAILURE')).toEqual({ isGone: false, code: -2011, detail: 'Unknown order sent.' })
  expect(halvesOf(undefined)).toBeNull()
})

test('averages, parts and sums are exact', () => {
  expect(averagePrice(order, 2)?.toString()).toBe('99.50')
  expect(averagePrice({ ...order, executedQty: '0' }, 2)).toBeNull()
  expect(filledPercent(order)).toBe(33)
  const fees = [
    { commission: '0.1', commissionAsset: 'BNB' },
    { commission: '0.00000001', commissionAsset: 'BTC' },
    { commission: '0.2', commissionAsset: 'BNB' },
  ]
  expect(sumsOf(fees).map(([asset, sum]) => `${sum} ${asset}`)).toEqual(['0.3 BNB', '0.00000001 BTC'])
})

test('the orders of a list stand together', () => {
  const rows = [1, -1, 2, 1].map((orderListId, orderId) => ({ ...order, orderListId, orderId }))
  expect(grouped(rows).map(({ orderId }) => orderId)).toEqual([0, 3, 1, 2])
})

test('a period is whole days where the person is', () => {
  const now = new Date(2026, 10, 30, 15, 30).getTime()
  expect(rangeOf({ period: 'day', from: '', to: '' }, now)).toEqual({ startTime: new Date(2026, 10, 30).getTime() })
  expect(rangeOf({ period: 'week', from: '', to: '' }, now)).toEqual({ startTime: new Date(2026, 10, 24).getTime() })
  expect(rangeOf({ period: 'custom', from: '2026-11-01', to: '2026-11-02' }, now)).toEqual({
    startTime: new Date(2026, 10, 1).getTime(),
    endTime: new Date(2026, 10, 3).getTime() - 1,
  })
  expect(rangeOf({ period: 'custom', from: '', to: 'nonsense' }, now)).toEqual({})
})

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['@sum', "'@sum"],
  ['-2', '-2'],
  ['-2+3', "'-2+3"],
  ['\tx', "'\tx"],
  ['0.00000001', '0.00000001'],
  ['a "b", c', '"a ""b"", c"'],
  ['=A1,"x"', '"\'=A1,""x"""'],
])('a cell of %j is written %j', (value, written) => {
  expect(cellOf(value)).toBe(written)
  expect(csvOf([['h'], [value]])).toBe(`\u{feff}h\r\n${written}\r\n`)
})

test('pages of the past are joined without a gap and without a row twice', async () => {
  let all = [9, 8, 7, 6, 5, 4, 3, 2, 1]
  const read = vi.fn((before: string | null, limit: number) => {
    const left = before === null ? all : all.filter((each) => each < Number(before))
    const rows = left.slice(0, Math.min(limit, 3))
    return Promise.resolve({ rows, next: left.length > rows.length ? String(rows.at(-1)) : null })
  })
  const past = new Past(read, String)
  await past.refresh()
  await past.more()
  expect([past.rows, past.isWhole]).toEqual([[9, 8, 7, 6, 5, 4], false])
  all = [10, ...all]
  await past.refresh()
  expect(past.rows).toEqual([10, 9, 8, 7, 6, 5, 4])
  await past.more()
  expect([past.rows, past.isWhole]).toEqual([[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], true])
  await past.more()
  expect(read).toHaveBeenCalledTimes(4)
  all = [14, 13, 12, 11, ...all]
  await past.refresh()
  expect([past.rows, past.isWhole]).toEqual([[14, 13, 12], false])
  expect(await past.all()).toEqual(all)
})
