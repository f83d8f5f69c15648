// What a busy market costs the trade page: `node trade.js URL CHROMIUM KEYS [SECONDS] [PER_SECOND]`, KEYS as KEY:SECRET
// with commas between. Orders are placed and canceled through the API as fast as asked, so that the book changes with each; meanwhile the browser counts what its main
// thread does. Prints one JSON object. docs/PERFORMANCE.md says how it is compiled, and what it measured.
import { createHmac } from 'node:crypto'
import { chromium } from 'playwright-core'
import { longTasks, measure, noteLongTasks } from './counting.ts'

const [url = '', executable = '', keys = '', seconds = '60', perSecond = '50'] = process.argv.slice(2)
const PAIRS = keys.split(',').map((pair) => pair.split(':'))
const SYMBOL = 'BTCUSDT'
const SETTLES_MS = 5_000
const MAX_WAITING = 20

async function call(who: number, method: string, path: string, parameters: Record<string, string>): Promise<Response> {
  const [key = '', secret = ''] = PAIRS[who % PAIRS.length] ?? []
  const query = new URLSearchParams({ ...parameters, timestamp: String(Date.now()) }).toString()
  const signature = createHmac('sha256', secret).update(query).digest('hex')
  const headers = { 'X-MBX-APIKEY': key }
  return fetch(`${url}${path}?${query}&signature=${signature}`, { method, headers })
}

/** Place orders below the market and cancel them until told to stop; return how many calls were answered, and how many not. */
async function churn(isOver: () => boolean): Promise<{ done: number; refused: number }> {
  const book = (await (await fetch(`${url}/api/v3/depth?symbol=${SYMBOL}&limit=5`)).json()) as { bids: string[][] }
  const best = Number(book.bids[0]?.[0])
  const counts = { done: 0, refused: 0 }
  let waiting = 0
  const open: { who: number; orderId: number }[] = []
  for (let turn = 0; !isOver(); turn++) {
    const apart = new Promise((over) => setTimeout(over, 1_000 / Number(perSecond)))
    if (waiting < MAX_WAITING) {
      waiting += 1
      const oldest = turn % 2 ? open.shift() : undefined
      const price = (best * (1 - (turn % 40) / 20_000)).toFixed(2)
      const order = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT_MAKER', quantity: '0.001', price }
      const answer =
        oldest === undefined
          ? call(turn >> 1, 'POST', '/api/v3/order', order)
          : call(oldest.who, 'DELETE', '/api/v3/order', { symbol: SYMBOL, orderId: String(oldest.orderId) })
      void answer
        .then(async (answered) => {
          counts[answered.ok ? 'done' : 'refused'] += 1
          const { orderId } = (await answered.json()) as { orderId?: number }
          if (oldest === undefined && orderId !== undefined) open.push({ who: turn >> 1, orderId })
        })
        .finally(() => (waiting -= 1))
    }
    await apart
  }
  for (const who of PAIRS.keys()) await call(who, 'DELETE', '/api/v3/openOrders', { symbol: SYMBOL })
  return counts
}

const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
await noteLongTasks(page)
let events = 0
page.on('websocket', (socket) =>
  socket.on('framereceived', ({ payload }) => {
    if (String(payload).includes('@depth')) events += 1
  }),
)
await page.goto(`${url}/trade/${SYMBOL}`)
await page.waitForTimeout(SETTLES_MS)
const session = await page.context().newCDPSession(page)
await session.send('Performance.enable')
await longTasks(page)
events = 0
const before = await measure(session)
const began = Date.now()
let isOver = false
const churning = churn(() => isOver)
await page.waitForTimeout(Number(seconds) * 1_000)
isOver = true
const calls = await churning
const after = await measure(session)
const lasted = (Date.now() - began) / 1_000
const long = await longTasks(page)
const spent = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
process.stdout.write(
  `${JSON.stringify({
    seconds: Math.round(lasted),
    calls,
    depthEvents: events,
    mainThreadPercent: +((spent('TaskDuration') / lasted) * 100).toFixed(1),
    scriptPercent: +((spent('ScriptDuration') / lasted) * 100).toFixed(1),
    layoutAndStylePercent: +(((spent('LayoutDuration') + spent('RecalcStyleDuration')) / lasted) * 100).toFixed(1),
    millisecondsPerDepthEvent: +((spent('TaskDuration') / Math.max(1, events)) * 1_000).toFixed(2),
    longTasks: long.length,
    longestTaskMs: Math.round(Math.max(0, ...long)),
    heapBeforeMB: +((before.JSHeapUsedSize ?? 0) / 1e6).toFixed(1),
    heapAfterMB: +((after.JSHeapUsedSize ?? 0) / 1e6).toFixed(1),
  })}\n`,
)
await browser.close()
