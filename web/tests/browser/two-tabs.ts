// One person, or two, in two tabs of one browser: what one does, the other knows of. `node two-tabs.ts URL CHROMIUM PICTURES
// PASSWORD`. Asks for the end of what was proven with `forget EMAIL`, and for how many orders somebody has open with
// `orders EMAIL`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { enter } from './calls.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [PASSWORD = ''] = others
const ALICE = 'alice@example.com'
const BOB = 'bob@example.com'

const ordersOf = (page: Page) => page.getByRole('region', { name: 'Orders and balances' })
const fieldOf = (page: Page, label: string) =>
  page.getByRole('form', { name: 'New order' }).getByLabel(label, { exact: true })

/** Open a page in another tab of the same browser. */
async function another({ page, complaints }: Person, path: string): Promise<Page> {
  const tab = await page.context().newPage()
  tab.on('pageerror', (error) => complaints.push(`another tab: ${error.message}`))
  await tab.goto(path)
  return tab
}

async function logsOutInOne(person: Person): Promise<void> {
  const { page } = person
  await enter(person, ALICE, PASSWORD, '/wallet')
  await page.getByRole('cell', { name: 'USDT' }).first().waitFor()
  const other = await another(person, '/trade/BTCUSDT')
  await other.getByText(ALICE).first().waitFor()
  await page.bringToFront()
  await person.leaves()
  // Nobody touches the other tab.
  await other.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
  await ordersOf(other)
    .getByText(/Log in to/)
    .waitFor()
  assert.equal(await other.getByText(ALICE).count(), 0)
  assert.equal(await other.getByText('1,000 USDT').count(), 0)
  await other.close()
}

async function isSomebodyElseInOne(person: Person): Promise<void> {
  const { page } = person
  await enter(person, ALICE, PASSWORD, '/trade/BTCUSDT')
  await page.getByText(ALICE).first().waitFor()
  await fieldOf(page, 'Quantity').fill('1')
  const other = await another(person, '/account/login')
  await other.getByRole('button', { name: /^Account of / }).click()
  await other.getByRole('menuitem', { name: 'Log out' }).click()
  await other.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
  await other.goto('/account/login')
  await other.getByLabel('E-mail address').fill(BOB)
  await other.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await other.getByRole('button', { name: 'Log in', exact: true }).click()
  await other.getByText(BOB).first().waitFor()
  await page.getByText(BOB).first().waitFor()
  assert.equal(await page.getByText(ALICE).count(), 0)
  await other.close()
}

/** A tab that is not told, as one that slept, does not act for somebody it does not know of. */
async function sleepsMeanwhile(person: Person): Promise<void> {
  const { page } = person
  const asleep = await page.context().newPage()
  await asleep.addInitScript(() => Reflect.deleteProperty(globalThis, 'BroadcastChannel'))
  await asleep.routeWebSocket('**/ws-api/**', () => undefined)
  await asleep.goto('/trade/BTCUSDT')
  await asleep.getByText(BOB).first().waitFor()
  await fieldOf(asleep, 'Price').fill('90')
  await fieldOf(asleep, 'Quantity').fill('1')
  await enter(person, ALICE, PASSWORD, '/wallet')
  await asleep.bringToFront()
  await asleep.getByRole('button', { name: 'Buy BTC' }).click()
  await asleep.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await asleep.getByText(ALICE).first().waitFor()
  for (const email of [ALICE, BOB]) assert.equal(await ask('orders', email), '0', email)
  await asleep.close()
}

async function changesOneOrderInTwo(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/trade/BTCUSDT')
  await fieldOf(page, 'Price').fill('90')
  await fieldOf(page, 'Quantity').fill('1')
  await page.getByRole('button', { name: 'Buy BTC' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  const other = await another(person, '/trade/BTCUSDT')
  for (const tab of [page, other]) {
    await ordersOf(tab).getByRole('button', { name: 'Edit' }).click()
    await ordersOf(tab).getByRole('textbox', { name: 'Quantity' }).waitFor()
  }
  await ordersOf(page).getByRole('textbox', { name: 'Quantity' }).fill('0.5')
  await ordersOf(page).getByRole('textbox', { name: 'Quantity' }).press('Enter')
  await person.isSeen('The order is changed.')
  // The second would have made it larger again than it is by now.
  await ordersOf(other).getByRole('textbox', { name: 'Quantity' }).fill('0.8')
  await ordersOf(other).getByRole('textbox', { name: 'Quantity' }).press('Enter')
  await other.locator('.toast').first().waitFor()
  await other.keyboard.press('Escape')
  for (const tab of [page, other]) await ordersOf(tab).getByRole('row').filter({ hasText: '0.50000' }).waitFor()
  assert.equal(await ask('orders', ALICE), '1')
  // Where the order is replaced in one, the other has nothing to change any more.
  for (const tab of [page, other]) await ordersOf(tab).getByRole('button', { name: 'Edit' }).click()
  await ordersOf(page).getByRole('textbox', { name: 'Price' }).fill('91')
  await ordersOf(page).getByRole('textbox', { name: 'Price' }).press('Enter')
  await ordersOf(other).getByRole('row').filter({ hasText: '91.00' }).getByRole('button', { name: 'Edit' }).waitFor()
  assert.equal(await ask('orders', ALICE), '1')
  await other.close()
}

async function provesAnew(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/keys')
  for (const label of ['first', 'second']) {
    await page.getByRole('button', { name: 'Create API key' }).click()
    const making = page.getByRole('dialog', { name: 'Create API key' })
    await making.getByLabel('Label').fill(label)
    await making.getByRole('button', { name: 'Create API key' }).click()
    // The second time the page still takes for proven what is not any more.
    const proof = page.getByRole('dialog', { name: 'Confirm that it is you' })
    await proof.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await proof.getByRole('button', { name: 'Confirm' }).click()
    const made = page.getByRole('dialog', { name: `${label} is created` })
    await made.getByLabel('I have kept this in a safe place.').check()
    await made.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { name: label }).waitFor()
    assert.equal(await ask('forget', ALICE), 'done')
  }
  assert.equal(await page.getByRole('heading', { name: /^(first|second)$/ }).count(), 2)
}

await walk(logsOutInOne, isSomebodyElseInOne, sleepsMeanwhile, changesOneOrderInTwo, provesAnew)
