// What a first visit costs: kilobytes as they are sent, requests, and how long until a page can be used, over a slow network
// and with a slow processor. `npm run bench-load -- URL [PATH...]` against a running exchange; nothing is cached.
import { chromium, type Browser } from 'playwright-core'

const [url = 'http://127.0.0.1:8000', ...given] = process.argv.slice(2)
const PATHS = given.length > 0 ? given : ['/', '/trade/BTCUSDT', '/account/login', '/api-docs/market/get-api-v3-depth']
/** A phone in the middle of the field: 1.6 Mbit/s with 150 ms there and back, a quarter of this processor. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 }
const SLOWER_BY = 4
const RUNS = 3
const READY = 'main :is(h1, h2, table, form, canvas)'

interface Visit {
  kilobytes: number
  requests: number
  seconds: number
}

async function visit(browser: Browser, path: string, isSlow: boolean): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, locale: 'en', viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  let bytes = 0
  const files = new Set<string>()
  await cdp.send('Network.enable')
  if (isSlow) {
    await cdp.send('Network.emulateNetworkConditions', SLOW)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_BY })
  }
  const addresses = new Map<string, string>()
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) =>
    addresses.set(requestId, new URL(request.url).pathname),
  )
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId) ?? ''
    // The page itself: what it then asks the exchange differs with every market.
    if (!/^\/(?:$|assets|trade|account\/(?!v1)|api-docs|icon|markets)/.test(address)) return
    files.add(address)
    bytes += encodedDataLength
  })
  const begun = performance.now()
  await page.goto(path, { waitUntil: 'commit' })
  await page.locator(READY).first().waitFor()
  const seconds = (performance.now() - begun) / 1000
  await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => undefined)
  await context.close()
  return { kilobytes: bytes / 1000, requests: files.size, seconds }
}

const middle = (numbers: number[]) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
console.log('| page | kB | files | usable (s) | slow phone (s) |\n| --- | --- | --- | --- | --- |')
for (const path of PATHS) {
  const visits: Visit[] = []
  const slow: Visit[] = []
  for (let run = 0; run < RUNS; run += 1) {
    visits.push(await visit(browser, path, false))
    slow.push(await visit(browser, path, true))
  }
  const { kilobytes = 0, requests = 0 } = visits[0] ?? {}
  const [fast, late] = [visits, slow].map((each) => middle(each.map(({ seconds }) => seconds)).toFixed(2))
  console.log(`| \`${path}\` | ${kilobytes.toFixed(0)} | ${requests} | ${fast} | ${late} |`)
}
await browser.close()
