// A person places every kind of order, changes and cancels them, and looks back: `node orders.ts URL CHROMIUM [PICTURES]`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import type { Person } from './person.ts'
import { walk } from './walk.ts'

const EMAIL = 'trader@example.com'
const PASSWORD = 'seven Quiet lanterns'

const formOf = (page: Page) => page.getByRole('form', { name: 'New order' })
const ordersOf = (page: Page) => page.getByRole('region', { name: 'Orders and balances' })
const field = (page: Page, label: string) => formOf(page).getByLabel(label, { exact: true })

async function logsIn(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/login')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await person.isSeen(EMAIL)
  await page.goto('/trade/BTCUSDT')
  await ordersOf(page).getByText('No open orders.').waitFor()
}

async function send(page: Page): Promise<void> {
  await formOf(page)
    .getByRole('button', { name: /^(Buy|Sell) BTC$/ })
    .click()
}

async function isOpen(page: Page, count: number): Promise<void> {
  await ordersOf(page)
    .getByRole('tab', { name: `Open orders (${count})` })
    .waitFor()
}

async function isToldBeforeAndAfter(person: Person): Promise<void> {
  const { page } = person
  await field(page, 'Price').fill('90')
  await field(page, 'Quantity').fill('1')
  assert.equal(await field(page, 'Total').inputValue(), '90')
  await field(page, 'Total').fill('45.001')
  assert.equal(await field(page, 'Quantity').inputValue(), '0.50001')
  await field(page, 'Price').press('ArrowUp')
  assert.equal(await field(page, 'Price').inputValue(), '90.01')
  await field(page, 'Price').fill('150')
  await person.isSeen(/At this price the order trades at once/)
  await person.isSeen(/% worse than the market/)
  await field(page, 'Price').fill('1e3')
  await person.isSeen('Enter a number.')
  await field(page, 'Price').fill('90')
  await field(page, 'Quantity').fill('2')
  await formOf(page).getByRole('button', { name: 'Buy BTC' }).click()
  await page.getByRole('dialog').getByText('Send this order on BTC/USDT?').waitFor()
  await person.inspect('order-confirm')
  // The page was laid out anew for a phone and back: what is typed is there, and nothing was sent.
  assert.equal(await field(page, 'Quantity').inputValue(), '2')
  await formOf(page).getByRole('button', { name: 'Buy BTC' }).click()
  await page.getByLabel('Do not ask again').check()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await isOpen(page, 1)
}

async function placesEveryKind(person: Person): Promise<void> {
  const { page } = person
  await formOf(page).getByRole('button', { name: 'Settings of orders' }).click()
  await page.getByRole('switch', { name: /Advanced orders/ }).check()
  await page.getByRole('button', { name: 'Done' }).click()

  await page.getByLabel('Post only: never trade at once').check()
  await field(page, 'Price').fill('101')
  await field(page, 'Quantity').fill('1')
  await person.isSeen(/A post-only order must not reach/)
  await field(page, 'Price').fill('89')
  await page.getByText('More options').click()
  await field(page, 'Visible quantity (iceberg)').fill('0.5')
  await person.inspect('order-advanced')
  await send(page)
  await isOpen(page, 2)

  await formOf(page).getByRole('tab', { name: 'Stop-limit' }).click()
  await field(page, 'Trigger price').fill('110')
  await field(page, 'Price').fill('111')
  await field(page, 'Quantity').fill('1')
  await person.isSeen('Stop-loss: buys once the price rises to 110.00.')
  await send(page)
  await isOpen(page, 3)

  await formOf(page).getByRole('tab', { name: 'Sell' }).click()
  await formOf(page).getByRole('tab', { name: 'Other' }).click()
  const kind = formOf(page).getByRole('combobox', { name: 'Type of order' })
  await kind.selectOption('Trailing stop')
  await field(page, 'Trailing distance').fill('1.5')
  await field(page, 'Quantity').fill('1')
  await send(page)
  await isOpen(page, 4)
  await kind.selectOption('Stop-loss')
  await field(page, 'Trigger price').fill('105')
  await person.isSeen(/Must be below the last price/)
  await kind.selectOption('One cancels the other (OCO)')
  await field(page, 'Profit at').fill('120')
  await field(page, 'Stop triggers at').fill('80')
  await field(page, 'Quantity').fill('1')
  await person.inspect('order-oco')
  await send(page)
  await isOpen(page, 6)
  await formOf(page).getByRole('tab', { name: 'Buy' }).click()
  await kind.selectOption('One triggers an OCO (OTOCO)')
  await field(page, 'Price').fill('85')
  await field(page, 'Quantity').fill('1')
  await send(page)
  await isOpen(page, 9)
  await person.inspect('open-orders')
}

async function isToldWhyBesideTheField(person: Person): Promise<void> {
  const { page } = person
  await formOf(page).getByRole('tab', { name: 'Limit', exact: true }).click()
  await page.route('**/api/v3/order', (route) =>
    route.fulfill({ status: 400, json: { code: -2010, msg: 'Order would immediately match and take.' } }),
  )
  await field(page, 'Price').fill('88')
  await field(page, 'Quantity').fill('1')
  await formOf(page).getByRole('button', { name: 'Buy BTC' }).click()
  await page.getByRole('alert').filter({ hasText: 'would have traded at once' }).waitFor()
  assert.equal(await field(page, 'Price').getAttribute('aria-invalid'), 'true')
  await page.unroute('**/api/v3/order')
  await formOf(page).getByRole('button', { name: 'Buy BTC' }).click()
  await isOpen(page, 10)
}

async function changesAndCancels(person: Person): Promise<void> {
  const { page } = person
  const orders = ordersOf(page)
  const row = orders.getByRole('row').filter({ hasText: '90.00' }).filter({ hasText: 'Limit' }).first()
  await row.getByRole('button', { name: 'Edit' }).click()
  await orders.getByRole('textbox', { name: 'Quantity' }).fill('1.5')
  await orders.getByRole('textbox', { name: 'Quantity' }).press('Enter')
  await person.isSeen('The order is changed.')
  await orders.getByRole('row').filter({ hasText: '1.50000' }).getByRole('button', { name: 'Edit' }).click()
  await orders.getByRole('textbox', { name: 'Price' }).fill('0')
  await orders.getByText(/^At least/).waitFor()
  await orders.getByRole('textbox', { name: 'Price' }).fill('91')
  await orders.getByRole('button', { name: 'Save' }).click()
  await orders.getByRole('row').filter({ hasText: '91.00' }).filter({ hasText: '1.50000' }).waitFor()

  const other = await page.context().newPage()
  await other.goto('/trade/BTCUSDT')
  await isOpen(other, 10)
  await orders.getByRole('button', { name: 'Cancel these together' }).first().click()
  const began = Date.now()
  await isOpen(other, 7)
  assert.ok(Date.now() - began < 5_000)
  await other.close()
  await isOpen(page, 7)
  await orders.getByRole('button', { name: 'Cancel all' }).click()
  await person.isSeen(/7 open orders will be canceled on BTC\/USDT/)
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel all' }).click()
  await orders.getByText('No open orders.').waitFor()
}

async function looksBack(person: Person): Promise<void> {
  const { page } = person
  const orders = ordersOf(page)
  await formOf(page).getByRole('tab', { name: 'Market' }).click()
  await formOf(page).getByRole('button', { name: '25%' }).click()
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[data-field=total]')?.value !== '')
  await formOf(page).getByRole('button', { name: 'Buy BTC' }).click()
  await person.isSeen(/^Bought .* BTC at .* USDT on average/)
  await orders.getByRole('tab', { name: 'Order history' }).click()
  const filled = orders.getByRole('row', { name: /Buy.*Market.*Filled/ })
  await filled.waitFor()
  await orders.getByLabel('Status').selectOption('Canceled')
  await filled.waitFor({ state: 'detached' })
  await orders.getByRole('row', { name: /Trailing stop.*Canceled/ }).waitFor()
  await orders.getByRole('button', { name: 'Reset filters' }).click()
  await filled.waitFor()
  // The last price has shone up, and is read again once it is back.
  await page.waitForTimeout(2_000)
  await person.inspect('order-history')
  await filled.getByRole('button').click()
  await page.getByRole('dialog').getByText('Fees in total').waitFor()
  await person.inspect('order-details')
  await page.keyboard.press('Escape')

  await orders.getByRole('tab', { name: 'Trade history' }).click()
  await orders
    .getByRole('row', { name: /Buy BTC\/USDT.*Taker/ })
    .first()
    .waitFor()
  await person.inspect('trade-history')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    orders.getByRole('button', { name: 'Download as CSV' }).click(),
  ])
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  assert.match(lines[0] ?? '', /^\u{feff}time,symbol,id,orderId,side,role,price,qty/u)
  assert.match(lines[1] ?? '', /^\d{4}-.*Z,BTCUSDT,\d+,\d+,BUY,TAKER,10\d\.\d{8},0\.\d{8},/)
  await orders.getByRole('tab', { name: 'Balances' }).click()
  await orders.getByRole('row', { name: /USDT/ }).waitFor()
  await person.inspect('balances')
}

await walk(logsIn, isToldBeforeAndAfter, placesEveryKind, isToldWhyBesideTheField, changesAndCancels, looksBack)
