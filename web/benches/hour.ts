// What a market that never rests costs the trade page by itself: `node hour.js URL CHROMIUM [MINUTES] [PER_SECOND]`. The page
// is of a running exchange; what comes over its streams is made here, so that nothing else is measured. First half a minute
// at so many changes of the book a second, then an hour of them as fast as the page takes them, with the heap looked at in
// between: what grows on and on leaks. Prints one JSON object.
import { chromium, type Page, type WebSocketRoute } from 'playwright-core'
import { longTasks, measure, noteLongTasks } from './counting.ts'

const [url = '', executable = '', minutes = '60', perSecond = '50'] = process.argv.slice(2)
const SYMBOL = 'BTCUSDT'
const SETTLES_MS = 4_000
const LIVE_SECONDS = 30
const LEVELS = 200
const CHANGED_LEVELS = 8
const NEAR = 40
const GONE = '0.00000'
const BATCH = 250
const TICKS_AN_UPDATE = 3
const LOOKS = 6

/** A walk of the price, the same each time. */
let state = 42
function chance(): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return state / 2_147_483_648
}

/** The exchange's side of the streams: a book around a price that walks, and a trade with every change. */
class Market {
  #cents = 6_400_000
  #update = 1_000
  #trade = 1_000
  #time = Date.now()
  readonly #step: number
  /** The prices, in cents, at which somebody bids and asks. */
  readonly #bids = new Set<number>()
  readonly #asks = new Set<number>()

  constructor(changesASecond: number) {
    this.#step = 1_000 / changesASecond
  }

  snapshot(): object {
    const side = (held: Set<number>, sign: number) => {
      held.clear()
      for (let level = 1; level <= LEVELS; level += 1) held.add(this.#cents + sign * level)
      return [...held].map((cents) => [priced(cents), (1 + chance()).toFixed(5)])
    }
    return { lastUpdateId: this.#update, bids: side(this.#bids, -1), asks: side(this.#asks, 1) }
  }

  /** What is told of the next moment, as lines of the combined stream. */
  next(): string[] {
    this.#cents += Math.round((chance() - 0.5) * 2 * TICKS_AN_UPDATE)
    this.#time += this.#step
    this.#update += 1
    this.#trade += 1
    const name = SYMBOL.toLowerCase()
    const time = Math.round(this.#time)
    const price = priced(this.#cents)
    const begun = Math.floor(time / 60_000) * 60_000
    const candle = { t: begun, T: begun + 59_999, o: price, h: price, l: price, c: price, v: '1.00000', q: price }
    const told: [string, object][] = [
      [
        `${name}@depth@100ms`,
        {
          e: 'depthUpdate',
          U: this.#update,
          u: this.#update,
          b: this.#changes(this.#bids, -1),
          a: this.#changes(this.#asks, 1),
        },
      ],
      [`${name}@trade`, { t: this.#trade, p: price, q: chance().toFixed(5), T: time, m: chance() < 0.5 }],
    ]
    if (this.#update % 10 === 0) told.push([`${name}@kline_15m`, { k: candle }], [`${name}@kline_1m`, { k: candle }])
    return told.map(([stream, data]) => JSON.stringify({ stream, data }))
  }

  /** Change some levels near the price; what the price has passed, or left far behind, is gone. */
  #changes(held: Set<number>, sign: number): string[][] {
    const changed = new Map<number, string>()
    for (const cents of held) {
      const away = sign * (cents - this.#cents)
      if (away <= 0 || away > LEVELS) changed.set(cents, GONE)
    }
    for (let count = 0; count < CHANGED_LEVELS; count += 1) {
      const cents = this.#cents + sign * (1 + Math.floor(chance() * NEAR))
      changed.set(cents, chance() < 0.2 ? GONE : (chance() * 3).toFixed(5))
    }
    for (const [cents, quantity] of changed) {
      if (quantity === GONE) held.delete(cents)
      else held.add(cents)
    }
    return [...changed].map(([cents, quantity]) => [priced(cents), quantity])
  }
}

const priced = (cents: number) => (cents / 100).toFixed(2)

const market = new Market(Number(perSecond))
const sockets = new Set<WebSocketRoute>()

async function takeOver(page: Page): Promise<void> {
  await page.routeWebSocket('**/stream', (socket) => {
    sockets.add(socket)
    socket.onMessage((message) => {
      const { id } = JSON.parse(String(message)) as { id: number }
      socket.send(JSON.stringify({ id, result: null }))
    })
  })
  await page.route('**/api/v3/depth?**', (route) => route.fulfill({ json: market.snapshot() }))
}

const tell = () => market.next().forEach((line) => sockets.forEach((socket) => socket.send(line)))

const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
await noteLongTasks(page)
await takeOver(page)
await page.goto(`${url}/trade/${SYMBOL}`)
await page.waitForTimeout(SETTLES_MS)
const session = await page.context().newCDPSession(page)
await session.send('Performance.enable')

async function lives(seconds: number): Promise<object> {
  await longTasks(page)
  const before = await measure(session)
  const began = Date.now()
  let told = 0
  while (Date.now() - began < seconds * 1_000) {
    while (told < ((Date.now() - began) / 1_000) * Number(perSecond)) {
      tell()
      told += 1
    }
    await page.waitForTimeout(10)
  }
  const lasted = (Date.now() - began) / 1_000
  const after = await measure(session)
  const long = await longTasks(page)
  const spent = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  return {
    updatesASecond: +(told / lasted).toFixed(1),
    mainThreadPercent: +((spent('TaskDuration') / lasted) * 100).toFixed(1),
    millisecondsAnUpdate: +((spent('TaskDuration') / told) * 1_000).toFixed(2),
    scriptMillisecondsAnUpdate: +((spent('ScriptDuration') / told) * 1_000).toFixed(2),
    longTasks: long.length,
    longestTaskMs: Math.round(Math.max(0, ...long)),
  }
}

async function passes(simulatedMinutes: number): Promise<object[]> {
  const looks: object[] = []
  const all = simulatedMinutes * 60 * Number(perSecond)
  for (let look = 0; look <= LOOKS; look += 1) {
    const { JSHeapUsedSize = 0, Nodes = 0, JSEventListeners = 0 } = await measure(session)
    looks.push({
      minute: Math.round((simulatedMinutes * look) / LOOKS),
      heapMB: +(JSHeapUsedSize / 1e6).toFixed(2),
      nodes: Nodes,
      listeners: JSEventListeners,
    })
    if (look === LOOKS) break
    for (let told = 0; told < all / LOOKS; told += 1) {
      tell()
      // The page answers before it is told more: nothing waits outside of what is measured.
      if (told % BATCH === 0) await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)))
    }
  }
  return looks
}

const live = await lives(LIVE_SECONDS)
const hour = await passes(Number(minutes))
process.stdout.write(`${JSON.stringify({ live, hour }, null, 1)}\n`)
await browser.close()
