// A trader reads the market: the book, the tape, the depth and the chart, with their own orders and trades in them:
// `node chart.ts URL CHROMIUM [PICTURES]`. Asks for money with `credit ADDRESS`, for a trade of others at a price with
// `trade PRICE`.
import assert from 'node:assert/strict'
import { dragsTheOrder } from './dragging.ts'
import type { Person } from './person.ts'
import { ask, walk } from './walk.ts'

const EMAIL = 'dora@example.com'
const PASSWORD = 'seven Quiet lanterns'

/** Call the exchange as the page does. */
async function call(person: Person, path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  return person.page.evaluate(
    async ([to, sent]) => {
      const { csrfToken = '' } = (await (await fetch('/account/v1/session')).json()) as { csrfToken?: string }
      const answer = await fetch(to, {
        method: 'POST',
        body: new URLSearchParams(sent),
        headers: csrfToken ? { 'x-csrf-token': csrfToken } : {},
      })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as Record<string, unknown>
    },
    [path, form] as const,
  )
}

/** Close a dialog that is open; on a phone's width the panels are others, and their dialogs are gone. */
async function closesTheDialog({ page }: Person): Promise<void> {
  const done = page.getByRole('button', { name: 'Done' })
  await page.locator('.place').waitFor()
  if (await done.isVisible()) await done.click()
  await page.locator('dialog[open]').waitFor({ state: 'detached' })
}

async function entersTheMarket(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/markets')
  await call(person, '/account/v1/sign-up', { email: EMAIL })
  const code = await page.evaluate(async (to) => {
    const mails = (await (await fetch(`/account/v1/mailbox?to=${encodeURIComponent(to)}`)).json()) as { body: string }[]
    return /\b\d{6}\b/.exec(mails[0]?.body ?? '')?.[0] ?? ''
  }, EMAIL)
  await call(person, '/account/v1/sign-up/confirm', { email: EMAIL, code, password: PASSWORD })
  assert.equal(await ask('credit', EMAIL), 'done')
  await page.goto('/trade/BTCUSDT')
  await page.getByRole('region', { name: 'Order book' }).getByRole('button', { name: '101.00' }).waitFor()
}

async function readsTheBook(person: Person): Promise<void> {
  const { page } = person
  const book = page.getByRole('region', { name: 'Order book', exact: true })
  const form = page.getByRole('form', { name: 'New order' })
  await book.getByRole('button', { name: '103.00' }).click()
  assert.equal(await form.getByRole('textbox', { name: 'Price', exact: true }).inputValue(), '103.00')
  const asks = book.getByRole('rowgroup', { name: 'Asks' })
  // Two levels up to 102.00 are filled in with their sum.
  await asks
    .getByRole('row', { name: /^102\.00/ })
    .getByRole('button')
    .nth(1)
    .click()
  assert.equal(await form.getByRole('textbox', { name: 'Price', exact: true }).inputValue(), '102.00')
  await book.getByLabel('Price grouping').selectOption('1')
  await asks.getByRole('button', { name: '101', exact: true }).focus()
  await page.keyboard.press('ArrowUp')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), '102')
  await person.isSeen(/Best bid 99\.00, best ask 101\.00/)
  await book.getByRole('button', { name: 'Only asks' }).click()
  assert.equal(await book.getByRole('rowgroup', { name: 'Bids' }).count(), 0)
  await book.getByRole('button', { name: 'Bids and asks' }).click()
  await book.getByRole('button', { name: 'Order book settings' }).click()
  await page.getByLabel('Amounts in').selectOption('Value (quote asset)')
  await person.isSeen('Total (USDT)')
  await person.inspect('book-options')
  await closesTheDialog(person)
  await page.reload()
  await person.isSeen('Total (USDT)')
  await book.getByLabel('Price grouping').selectOption('0.01')
}

async function looksDeep(person: Person): Promise<void> {
  const { page } = person
  await page.getByRole('tab', { name: 'Depth' }).click()
  const depth = page.getByRole('slider', { name: 'Depth' })
  for (let wider = 0; wider < 3; wider++) await page.getByRole('button', { name: 'Show a wider range' }).click()
  await depth.focus()
  await page.keyboard.press('ArrowRight')
  assert.match((await depth.getAttribute('aria-valuetext')) ?? '', /2\.1 BTC .* can be bought at 101\.00 or less/)
  await person.inspect('depth')
  await page.getByRole('tablist', { name: 'Chart or depth' }).getByRole('tab', { name: 'Chart' }).click()
}

async function readsTheChart(person: Person): Promise<void> {
  const { page } = person
  const chart = page.getByRole('region', { name: 'Chart of BTC/USDT' })
  await chart.getByRole('button', { name: '1m', exact: true }).click()
  await chart.getByRole('button', { name: 'Indicators' }).click()
  await page.getByLabel('Add an indicator').selectOption('RSI')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByLabel(/^RSI/).fill('0')
  await person.isSeen(/Whole numbers from 1 to 500/)
  await page.getByLabel(/^RSI/).fill('7')
  await person.inspect('indicators')
  await closesTheDialog(person)
  await page.reload()
  assert.equal(await chart.getByRole('button', { name: '1m', exact: true }).getAttribute('aria-pressed'), 'true')
  await chart.getByRole('button', { name: 'Indicators' }).click()
  assert.equal(await page.getByLabel(/^RSI/).inputValue(), '7')
  await closesTheDialog(person)
  await chart.getByRole('button', { name: 'Candles as a table' }).click()
  await person.isSeen(/BTC\/USDT, interval 1m, from .* high 101\.00/)
  await person.inspect('candles')
  await closesTheDialog(person)
  await chart.getByRole('button', { name: 'Chart settings' }).click()
  await page.getByLabel('Time zone').selectOption('UTC')
  await person.inspect('chart-options')
  await closesTheDialog(person)
}

async function drawsALine(person: Person): Promise<void> {
  const { page } = person
  const chart = page.getByRole('region', { name: 'Chart of BTC/USDT' })
  const drawn = () => page.evaluate(() => localStorage.getItem('rialto.drawings.BTCUSDT') ?? '[]')
  await chart.getByRole('button', { name: 'Horizontal line' }).click()
  const box = await chart.locator('.place').boundingBox()
  assert.ok(box)
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3)
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 3)
  await page.waitForFunction(() => (localStorage.getItem('rialto.drawings.BTCUSDT') ?? '[]') !== '[]')
  await page.reload()
  await chart.getByRole('button', { name: 'Remove all drawings' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove all drawings' }).click()
  await page.waitForFunction(() => localStorage.getItem('rialto.drawings.BTCUSDT') === '[]')
  assert.equal(await drawn(), '[]')
}

async function isAlerted(person: Person): Promise<void> {
  const { page } = person
  await page.getByRole('button', { name: 'Price alerts' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: 'Enter a price' })
    .or(page.getByText('Enter a price above zero.'))
    .first()
    .waitFor()
  await page.getByLabel('Price of BTC/USDT').fill('101.5')
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await person.isSeen('BTC/USDT rises to 101.50')
  await person.inspect('alerts')
  await closesTheDialog(person)
  assert.equal(await ask('trade', '102.00'), 'done')
  await person.isSeen('BTC/USDT has risen to 101.50.')
}

async function movesAnOrder(person: Person): Promise<void> {
  const { page } = person
  const form = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.5', price: '99.50' }
  await call(person, '/api/v3/order', form)
  const book = page.getByRole('region', { name: 'Order book', exact: true })
  await book.getByText('Your orders: 0.5 BTC').first().waitFor({ state: 'attached' })
  await dragsTheOrder(page, 24)
  await person.isSeen(/Your order to buy 0\.5 BTC moves from 99\.50 to/)
  await page.getByRole('dialog').getByRole('button', { name: 'Move the order' }).click()
  await person.isSeen('The order is moved.')
}

async function readsTheTape(person: Person): Promise<void> {
  const { page } = person
  const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.3' }
  await call(person, '/api/v3/order', market)
  const tape = page.getByRole('region', { name: 'Trades', exact: true })
  await tape.getByText('Your trade').first().waitFor({ state: 'attached' })
  await tape.getByRole('tab', { name: 'My trades' }).click()
  await tape.getByRole('row', { name: /^Buy .*0\.30/ }).waitFor()
  await person.inspect('tape')
}

await walk(entersTheMarket, readsTheBook, looksDeep, readsTheChart, drawsALine, isAlerted, movesAnOrder, readsTheTape)
