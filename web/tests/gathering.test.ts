import { expect, test } from 'vitest'
import { largeFrom, printsOf } from '../src/pages/trade/book/gathering'
import { ownOrders } from '../src/pages/trade/book/own'
import type { Order } from '../src/pages/trade/account.svelte'

const trade = (id: number, time: number, isSell: boolean, quantity: string, price = '10') => ({
  id,
  time,
  isSell,
  quantity,
  price,
})

test('what one order did in one moment is one line', () => {
  const trades = [
    trade(5, 9, true, '1', '9.9'),
    trade(4, 9, true, '2'),
    trade(3, 9, false, '4'),
    trade(2, 8, false, '8'),
  ]
  const gathered = printsOf(trades, true)
  expect(gathered.map(({ ids, price, quantity }) => [ids, price, quantity.toString()])).toEqual([
    [[5, 4], '9.9', '3'],
    [[3], '10', '4'],
    [[2], '10', '8'],
  ])
  expect(gathered[0]?.value.toString()).toBe('29.9')
  expect(printsOf(trades, false)).toHaveLength(4)
})

test('a large trade is several times the average', () => {
  const prints = printsOf(
    [1, 1, 1, 1, 16].map((quantity, index) => trade(index, index, true, String(quantity))),
    true,
  )
  expect(largeFrom(prints)?.toString()).toBe('16')
  expect(largeFrom(prints.slice(0, 4))).toBeNull()
})

test('own orders are what stands in the book', () => {
  const order = (given: Partial<Order>) =>
    ({ side: 'BUY', price: '10', origQty: '5', executedQty: '2', isWorking: true, icebergQty: '0', ...given }) as Order
  const own = (orders: Order[]) => ownOrders(orders, 'bid').map(({ quantity }) => quantity.toString())
  expect(own([order({}), order({ side: 'SELL' }), order({ isWorking: false }), order({ price: '0' })])).toEqual(['3'])
  expect(own([order({ icebergQty: '1' })])).toEqual(['1'])
})
