// The candles of one symbol at one interval as they change. What has happened between what was read and the beginning of
// the stream is told too, so that a quiet market is shown as it is.
import type { KLineData } from 'klinecharts'
import { api } from '../api/client'
import { fromEvent, fromRow, type CandleEvent, type Interval } from './candles'
import { connection } from './connection.svelte'

/** The one that changes, and the one before, which may have ended meanwhile. */
const CAUGHT_UP = 2

/** Read candles by pieces, the oldest first. */
export async function readCandles(
  symbol: string,
  interval: Interval,
  range: { startTime?: number; endTime?: number; limit: number },
): Promise<KLineData[]> {
  return (await api.get('/api/v3/klines', { symbol, interval, ...range })).map(fromRow)
}

/** Tell the candles of a symbol until the returned function is called; after a break `resumed` reads them all anew. */
export function followCandles(
  symbol: string,
  interval: Interval,
  heard: (candle: KLineData) => void,
  resumed: () => void,
): () => void {
  let hasBegun = false
  const heardMeanwhile = new Set<number>()
  let isCatchingUp = false
  const catchUp = async () => {
    isCatchingUp = true
    try {
      const candles = await readCandles(symbol, interval, { limit: CAUGHT_UP })
      for (const candle of candles) if (!heardMeanwhile.has(candle.timestamp)) heard(candle)
    } catch {
      // The next trade tells.
    }
    isCatchingUp = false
    heardMeanwhile.clear()
  }
  return connection.streams.subscribe<CandleEvent>(
    `${symbol.toLowerCase()}@kline_${interval}`,
    (event) => {
      const candle = fromEvent(event)
      if (isCatchingUp) heardMeanwhile.add(candle.timestamp)
      heard(candle)
    },
    () => {
      if (hasBegun) resumed()
      else void catchUp()
      hasBegun = true
    },
  )
}
