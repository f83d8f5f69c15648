// A whole visit without a pointer: `node by-keyboard.ts URL CHROMIUM PICTURES EMAIL PASSWORD`. Asks for the code of a mail
// with `code`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { Keyboard } from './keyboard.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [EMAIL = '', PASSWORD = ''] = others

const formOf = (page: Page) => page.getByRole('form', { name: 'New order' })
const ordersOf = (page: Page) => page.getByRole('region', { name: 'Orders and balances' })
const field = (page: Page, label: string) => formOf(page).getByLabel(label, { exact: true })

async function skipsToWhatMatters(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await page.goto('/')
  await page.getByRole('row', { name: /BTC\/USDT/ }).waitFor()
  await keys.tab()
  await keys.isAt(page.getByRole('link', { name: 'Skip to the content' }))
  await keys.press('Enter')
  await keys.isAt(page.getByRole('main'))
  // What comes next is in the page, and no more in its frame.
  await keys.tab()
  assert.ok(await page.evaluate(() => document.querySelector('main')?.contains(document.activeElement)))
}

async function logsIn(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await keys.at(page.getByRole('banner').getByRole('link', { name: 'Log in' }), 'Enter')
  await page.waitForURL('**/account/login')
  await keys.write(page.getByLabel('E-mail address'), EMAIL)
  await keys.write(page.getByLabel('Password', { exact: true }), PASSWORD)
  await keys.press('Enter')
  await person.isSeen(EMAIL)
}

async function goesByMenus(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  const opener = page.getByRole('button', { name: /^Account of / })
  await keys.at(opener, 'Enter')
  const items = page.getByRole('menuitem')
  await keys.isAt(items.first())
  await keys.press('ArrowDown')
  await keys.isAt(items.nth(1))
  await keys.press('End')
  await keys.isAt(items.last())
  await keys.press('Escape')
  await keys.isAt(opener)
  await keys.press('ArrowDown', 'ArrowDown', 'ArrowUp')
  await keys.isAt(items.first())
  // Out of the menu the keyboard goes on from its button.
  await keys.press('Shift+Tab')
  await items.first().waitFor({ state: 'detached' })
  const preferences = page.getByRole('button', { name: 'Preferences' })
  await keys.isAt(preferences)
  await keys.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Preferences' })
  await dialog.waitFor()
  await keys.isKeptIn(dialog)
  await keys.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await keys.isAt(preferences)
  await keys.at(opener, 'Enter')
  await keys.isAt(items.first())
  // What an item opens gives the focus back to the button.
  await page.keyboard.type('Pref')
  await keys.press('Enter')
  await dialog.waitFor()
  await keys.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await keys.isAt(opener)
}

async function choosesAMarket(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await page.goto('/trade/BTCUSDT')
  await page.getByText('Live', { exact: true }).waitFor()
  const opener = page.getByRole('button', { name: /choose another market/ })
  await keys.at(opener, 'Enter')
  const picker = page.getByRole('dialog', { name: 'Choose a market' })
  await keys.isAt(picker.getByRole('searchbox'))
  await keys.press('Escape')
  await picker.waitFor({ state: 'detached' })
  await keys.isAt(opener)
  await keys.press('Enter')
  await page.keyboard.type('btc')
  await keys.press('ArrowDown', 'Enter')
  await picker.waitFor({ state: 'detached' })
  await keys.isAt(opener)
}

async function readsTheMarket(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  // Once around: whatever has the focus is seen.
  await keys.to(page.getByRole('link', { name: 'Skip to the content' }))
  const chart = page.getByRole('img', { name: /Chart of BTC\/USDT|^BTC\/USDT, interval/ })
  await keys.to(chart)
  const views = page.getByRole('tablist', { name: 'Chart or depth' })
  await keys.at(views.getByRole('tab', { name: 'Chart' }), 'ArrowRight')
  await keys.isAt(views.getByRole('tab', { name: 'Depth', selected: true }))
  await keys.press('ArrowLeft')
  await keys.isAt(views.getByRole('tab', { name: 'Chart', selected: true }))
  const book = page.getByRole('table', { name: 'Order book' })
  const bids = book.getByRole('rowgroup', { name: 'Bids' })
  await keys.to(bids.getByRole('button', { name: '99.90' }))
  await keys.press('ArrowDown')
  await keys.isAt(bids.getByRole('button', { name: '99.80' }))
  await keys.press('Enter')
  assert.equal(await field(page, 'Price').inputValue(), '99.80')
}

async function places(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  const form = formOf(page)
  await keys.at(form.getByRole('tab', { name: 'Buy' }), 'ArrowRight')
  await keys.isAt(form.getByRole('tab', { name: 'Sell', selected: true }))
  await keys.press('ArrowLeft')
  await keys.at(form.getByRole('tab', { name: 'Limit', exact: true }), 'ArrowRight')
  await form.getByRole('tab', { name: 'Market', selected: true }).waitFor()
  await keys.press('ArrowLeft')
  await keys.write(field(page, 'Price'), '90')
  await keys.write(field(page, 'Quantity'), '1')
  const send = form.getByRole('button', { name: 'Buy BTC' })
  await keys.at(send, 'Enter')
  const dialog = page.getByRole('dialog', { name: /Send this order/ })
  await dialog.waitFor()
  await keys.isKeptIn(dialog)
  await keys.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await keys.isAt(send)
  await keys.press('Enter')
  await keys.at(dialog.getByRole('button', { name: 'Confirm' }), 'Enter')
  await ordersOf(page).getByRole('tab', { name: 'Open orders (1)' }).waitFor()
  await keys.isAt(send)
}

async function changesAndCancels(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  const orders = ordersOf(page)
  await keys.at(orders.getByRole('button', { name: 'Edit' }), 'Enter')
  await keys.isAt(orders.getByRole('textbox', { name: 'Price' }))
  await keys.press('Escape')
  await keys.isAt(orders.getByRole('button', { name: 'Edit' }))
  await keys.press('Enter')
  await keys.write(orders.getByRole('textbox', { name: 'Quantity' }), '0.5')
  await keys.press('Enter')
  await person.isSeen('The order is changed.')
  await keys.isAt(orders.getByRole('button', { name: 'Edit' }))
  await keys.at(orders.getByRole('button', { name: 'Cancel', exact: true }), 'Enter')
  await orders.getByText('No open orders.').waitFor()
  // Where a button is gone, its row with it, the keyboard goes on from the list it stood in.
  await keys.isAt(orders.getByRole('tab', { selected: true }))
  await keys.press('ArrowRight')
  await keys.isAt(orders.getByRole('tab', { name: 'Order history', selected: true }))
}

async function proves(person: Person): Promise<void> {
  const keys = new Keyboard(person)
  const proof = person.page.getByRole('dialog', { name: 'Confirm that it is you' })
  await keys.isAt(proof.getByLabel('Password', { exact: true }))
  await person.page.keyboard.type(PASSWORD)
  await keys.press('Enter')
  await proof.waitFor({ state: 'detached' })
}

async function usesTheWallet(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await page.goto('/wallet/deposit')
  await keys.to(page.getByRole('combobox', { name: 'Coin' }))
  await page.keyboard.type('LTC')
  await page.getByRole('option', { name: /^LTC/ }).waitFor()
  await keys.press('ArrowDown', 'Enter')
  await keys.at(page.getByRole('radio', { name: /Model/ }), ' ')
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  await keys.to(page.getByRole('button', { name: /Copy/ }).first())

  await page.goto('/wallet/withdraw/LTC')
  await keys.write(page.getByLabel('Address', { exact: true }), 'ltc:theirs')
  await keys.write(page.getByLabel('Amount', { exact: true }), '1')
  const review = page.getByRole('button', { name: 'Review' })
  await keys.at(review, 'Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await keys.isKeptIn(dialog)
  await keys.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await keys.isAt(review)
  await keys.press('Enter')
  await keys.at(dialog.getByRole('button', { name: 'Send now' }), 'Enter')
  await proves(person)
  await keys.at(page.getByRole('button', { name: 'Enter the code' }), 'Enter')
  await keys.write(page.getByLabel('Code from the mail'), await ask('code'))
  await keys.press('Enter')
  await person.isSeen(/Being sent|Sent|Waiting/)
}

async function makesAKey(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await page.goto('/account/keys')
  const create = page.getByRole('button', { name: 'Create API key' })
  await keys.at(create, 'Enter')
  const making = page.getByRole('dialog', { name: 'Create API key' })
  await making.waitFor()
  await keys.isKeptIn(making)
  await keys.press('Escape')
  await keys.isAt(create)
  await keys.press('Enter')
  await keys.write(making.getByLabel('Label'), 'by hand')
  await keys.press('Enter')
  await proves(person)
  const made = page.getByRole('dialog', { name: 'by hand is created' })
  await keys.at(made.getByLabel('I have kept this in a safe place.'), ' ')
  await keys.at(made.getByRole('button', { name: 'Done' }), 'Enter')
  await page.getByRole('heading', { name: 'by hand' }).waitFor()
  // The button it began with stood where there were no keys, and is gone.
  await keys.isAt(page.getByRole('main'))
}

await walk(
  ...[skipsToWhatMatters, logsIn, goesByMenus, choosesAMarket, readsTheMarket, places, changesAndCancels],
  ...[usesTheWallet, makesAKey],
)
