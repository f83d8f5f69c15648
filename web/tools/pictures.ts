// Takes the pictures of the README from a demonstration: `npm run pictures -- URL CHROMIUM FOLDER EMAIL PASSWORD`. Orders are
// placed so that there is something to see; nothing of the exchange's is kept but them.
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'

const [url = '', executable = '', folder = '', email = '', password = ''] = process.argv.slice(2)
const WIDE = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
const SETTLES_MS = 4_000

interface Picture {
  name: string
  path: string
  look: 'dark' | 'light'
  language?: string
  isPhone?: true
  first?: (page: Page) => Promise<void>
}

const PICTURES: readonly Picture[] = [
  { name: 'trade', path: '/trade/BTCUSDT', look: 'dark' },
  { name: 'trade-light', path: '/trade/ETHUSDT', look: 'light' },
  { name: 'trade-arabic', path: '/trade/BTCUSDT', look: 'dark', language: 'ar' },
  { name: 'trade-phone', path: '/trade/BTCUSDT', look: 'dark', isPhone: true },
  {
    name: 'order-phone',
    path: '/trade/BTCUSDT',
    look: 'light',
    isPhone: true,
    first: (page) => page.getByRole('button', { name: 'Buy BTC' }).click(),
  },
  {
    name: 'commands',
    path: '/markets',
    look: 'dark',
    first: (page) => page.keyboard.press('Control+k'),
  },
  {
    name: 'markets',
    path: '/markets',
    look: 'light',
    first: (page) => page.getByText('Map', { exact: true }).click(),
  },
  { name: 'coin', path: '/coin/ETH', look: 'dark' },
  { name: 'wallet', path: '/wallet', look: 'light' },
  { name: 'security', path: '/account/security', look: 'dark' },
  { name: 'preferences-japanese', path: '/account/preferences', look: 'light', language: 'ja' },
  { name: 'api', path: '/api-docs/trading/post-api-v3-order', look: 'dark' },
  { name: 'home-phone', path: '/', look: 'dark', isPhone: true },
]

const MARKET = { type: 'MARKET' }
const LIMIT = { type: 'LIMIT', timeInForce: 'GTC' }
/** What is placed, at parts of the last price. */
const ORDERS: readonly [Record<string, string>, number?][] = [
  [{ ...MARKET, symbol: 'BTCUSDT', side: 'BUY', quantity: '0.05' }],
  [{ ...MARKET, symbol: 'BTCUSDT', side: 'SELL', quantity: '0.02' }],
  [{ ...MARKET, symbol: 'ETHUSDT', side: 'BUY', quantity: '1' }],
  [{ ...LIMIT, symbol: 'BTCUSDT', side: 'BUY', quantity: '0.02' }, 0.997],
  [{ ...LIMIT, symbol: 'BTCUSDT', side: 'SELL', quantity: '0.03' }, 1.004],
  [{ ...LIMIT, symbol: 'ETHUSDT', side: 'BUY', quantity: '0.5' }, 0.996],
]

/** Log in and place the orders, as the page does. */
async function prepare(page: Page): Promise<void> {
  await page.goto('/status')
  await page.evaluate(
    async ({ who, orders }) => {
      const post = async (path: string, form: Record<string, string>, token = '') => {
        const headers = { 'x-csrf-token': token }
        const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(form), headers })
        if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
      }
      await post('/account/v1/login', who)
      const { csrfToken } = (await (await fetch('/account/v1/session')).json()) as { csrfToken: string }
      for (const [order, part] of orders) {
        const ticker = await fetch(`/api/v3/ticker/price?symbol=${order.symbol}`)
        const { price } = (await ticker.json()) as { price: string }
        const at = part === undefined ? {} : { price: (Number(price) * part).toFixed(2) }
        await post('/api/v3/order', { ...order, ...at }, csrfToken)
      }
    },
    { who: { email, password }, orders: ORDERS },
  )
}

const browser = await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage({ baseURL: url, viewport: WIDE, locale: 'en' })
await prepare(page)
for (const { name, path, look, language, isPhone, first } of PICTURES) {
  await page.setViewportSize(isPhone ? PHONE : WIDE)
  await page.emulateMedia({ colorScheme: look })
  await page.evaluate((code) => localStorage.setItem('rialto.language', code), language ?? 'en')
  await page.goto(path)
  await page.waitForTimeout(SETTLES_MS)
  await first?.(page)
  await page.waitForTimeout(SETTLES_MS / 4)
  await page.screenshot({ path: join(folder, `${name}.png`) })
  console.log(name)
}
await browser.close()
