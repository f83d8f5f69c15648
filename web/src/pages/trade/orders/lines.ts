// Orders and trades as rows of a file: amounts exact as the exchange keeps them, times in UTC, names as the API has them.
import type { Answer } from '../../../api/client'
import type { Order } from '../account.svelte'

export type Trade = Answer<'get', '/account/v1/trades'>['trades'][number]

const moment = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** Write orders, the first row the heads. */
export const orderLines = (orders: readonly Order[]): string[][] => [
  [
    'time',
    'updateTime',
    'symbol',
    'orderId',
    'clientOrderId',
    'orderListId',
    'side',
    'type',
    'timeInForce',
    'price',
    'stopPrice',
    'origQty',
    'executedQty',
    'cummulativeQuoteQty',
    'status',
  ],
  ...orders.map((order) => [
    moment(order.time),
    moment(order.updateTime),
    order.symbol,
    String(order.orderId),
    order.clientOrderId,
    order.orderListId === -1 ? '' : String(order.orderListId),
    order.side,
    order.type,
    order.timeInForce,
    order.price,
    order.stopPrice,
    order.origQty,
    order.executedQty,
    order.cummulativeQuoteQty,
    order.status,
  ]),
]

/** Write trades, the first row the heads. */
export const tradeLines = (trades: readonly Trade[]): string[][] => [
  ['time', 'symbol', 'id', 'orderId', 'side', 'role', 'price', 'qty', 'quoteQty', 'commission', 'commissionAsset'],
  ...trades.map((trade) => [
    moment(trade.time),
    trade.symbol,
    String(trade.id),
    String(trade.orderId),
    trade.isBuyer ? 'BUY' : 'SELL',
    trade.isMaker ? 'MAKER' : 'TAKER',
    trade.price,
    trade.qty,
    trade.quoteQty,
    trade.commission,
    trade.commissionAsset,
  ]),
]
