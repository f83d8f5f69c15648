import type { KLineData } from 'klinecharts'
import { expect, test, vi } from 'vitest'
import { CANDLES, Feed, type CandleSource } from '../src/pages/trade/chart/feed'

const candle = (timestamp: number, close = 1): KLineData => ({ timestamp, open: 1, high: 1, low: 1, close })

function harness() {
  let heard: (candle: KLineData) => void = () => undefined
  const draws: (() => void)[] = []
  const reads: { range: object; answer: (candles: KLineData[]) => void; refuse: (why: unknown) => void }[] = []
  const source: CandleSource = {
    read: (range) => new Promise((answer, refuse) => reads.push({ range, answer, refuse })),
    listen: (call) => {
      heard = call
      return () => (heard = () => undefined)
    },
    pace: (draw) => {
      draws.push(draw)
      return () => undefined
    },
    failed: vi.fn(),
    loaded: vi.fn(),
  }
  const feed = new Feed(source)
  const shown: KLineData[][] = []
  const updates: KLineData[] = []
  const ask = (type: 'init' | 'forward' | 'backward', timestamp: number | null = null) =>
    feed.getBars({
      type,
      timestamp,
      symbol: { ticker: 'X', pricePrecision: 2, volumePrecision: 2 },
      period: { type: 'minute', span: 1 },
      callback: (candles) => {
        shown.push(candles)
        if (type === 'init') feed.subscribeBar({ callback: (each) => updates.push(each) })
      },
    })
  return { feed, source, reads, shown, updates, ask, hear: (each: KLineData) => heard(each), draw: () => draws[0]?.() }
}

test('a candle that comes while the first ones are read is not lost', async () => {
  const { reads, shown, updates, ask, hear } = harness()
  const asked = ask('init')
  hear(candle(3))
  reads[0]?.answer([candle(1), candle(2)])
  await asked
  expect(shown).toHaveLength(1)
  expect(updates.map(({ timestamp }) => timestamp)).toEqual([3])
})

test('between two redraws the last state of every candle is kept, not only of the newest', async () => {
  const { reads, updates, ask, hear, draw } = harness()
  const asked = ask('init')
  reads[0]?.answer([candle(1)])
  await asked
  hear(candle(1, 2))
  hear(candle(1, 3))
  hear(candle(2, 4))
  draw()
  expect(updates.map(({ timestamp, close }) => [timestamp, close])).toEqual([
    [1, 3],
    [2, 4],
  ])
})

test('asked twice for the beginning, it reads once and answers once', async () => {
  const { reads, shown, ask } = harness()
  const asked = [ask('init'), ask('init')]
  reads[0]?.answer([candle(1)])
  await Promise.all(asked)
  expect(reads).toHaveLength(1)
  expect(shown).toHaveLength(1)
})

test('a feed that was closed says nothing more', async () => {
  const { feed, reads, shown, ask } = harness()
  const asked = ask('init')
  feed.close()
  reads[0]?.answer([candle(1)])
  await asked
  expect(shown).toHaveLength(0)
})

test('it goes back in time by pieces, and from the past on to now', async () => {
  const { feed, reads, updates, ask, hear, draw } = harness()
  const first = ask('init')
  reads[0]?.answer([candle(100)])
  await first
  const before = ask('forward', 100)
  expect(reads[1]?.range).toEqual({ endTime: 99, limit: CANDLES })
  reads[1]?.answer([])
  await before
  feed.forget(50)
  const past = ask('init')
  expect(reads[2]?.range).toEqual({ endTime: 50, limit: CANDLES })
  reads[2]?.answer([candle(50)])
  await past
  hear(candle(101))
  draw()
  expect(updates).toEqual([])
  const after = ask('backward', 50)
  expect(reads[3]?.range).toEqual({ startTime: 51, limit: CANDLES })
  reads[3]?.answer([candle(100)])
  await after
  draw()
  expect(updates.map(({ timestamp }) => timestamp)).toEqual([101])
})

test('what cannot be read is told, and asked for again', async () => {
  const { source, reads, ask } = harness()
  const asked = ask('init')
  reads[0]?.refuse(new Error('lost'))
  await asked
  expect(source.failed).toHaveBeenCalledOnce()
  void ask('init')
  expect(reads).toHaveLength(2)
})
