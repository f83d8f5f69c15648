// A stranger becomes a customer: signs up, is verified, deposits on a chain, trades by form and by dragging a line, withdraws
// with an operator's consent, and takes everything along that was written down of it; what happens is seen live in a second
// session. Asks for `pay ADDRESS`, `mail`, `paid ADDRESS`, and an operator's `code EMAIL`.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dragsTheOrder } from './dragging.ts'
import { agreesToTheWithdrawal, approvesTheCase, logIn, takesTheCase } from './operators.ts'
import { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [OPERATOR = ''] = others
const EMAIL = 'ada@example.com'
const PASSWORD = 'nine Quiet ferries at noon'
const FRIEND = '0x27b1fdb04752bbc536007a920d24acb045561c26'
const PDF = Buffer.from('%PDF-1.7\nsomething\n%%EOF\n')

/** The same person at another browser, and the operator at theirs. */
let second: Person
let operator: Person

async function signsUp(person: Person): Promise<void> {
  const { page } = person
  const browser = page.context().browser()
  assert.ok(browser)
  await page.goto('/')
  await page.getByRole('main').getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const hint = await page.getByText(/The code is \d{6}/).textContent()
  await page.getByLabel('Code from the mail').fill(/\d{6}/.exec(hint ?? '')?.[0] ?? '')
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('button', { name: `Account of ${EMAIL}` }).waitFor()
  const origin = new URL(page.url()).origin
  second = await Person.at(browser, origin)
  operator = await Person.at(browser, origin)
}

async function opensASecondSession(): Promise<void> {
  const { page } = second
  await page.goto('/account/login?next=/trade/ETHUSDT')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.waitForURL('**/trade/ETHUSDT')
  await page.getByRole('region', { name: 'Orders and balances' }).getByRole('tab', { name: 'Balances' }).click()
}

async function isVerified(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/verification')
  const form = page.getByRole('form', { name: 'About you' })
  await form.getByLabel('First names').fill('Ada')
  await form.getByLabel('Last name').fill('Ångström')
  await form.getByLabel('Date of birth').fill('1990-02-28')
  await form.getByLabel('Country you live in').fill('Sweden')
  await page.getByRole('option', { name: 'Sweden' }).click()
  await form.getByLabel('Address').fill('Storgatan 1')
  await form.getByLabel('Identity document').selectOption('Passport')
  await form.getByLabel('Number of the document').fill('X1234567')
  await form.getByRole('button', { name: 'Continue' }).click()
  const identity = page.getByRole('region', { name: 'Identity document' })
  await identity
    .getByLabel('Choose files')
    .setInputFiles([{ name: 'passport.pdf', mimeType: 'application/pdf', buffer: PDF }])
  await person.isSeen('Received')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel(/Everything I state here is true/).check()
  await page.getByRole('button', { name: 'Send for review' }).click()
  await provesItself(person)
  await person.isSeen('Your details for level 1 are being reviewed')
  await logIn(operator, OPERATOR)
  await takesTheCase(operator, OPERATOR)
  await operator.isSeen('Ångström')
  await approvesTheCase(operator.page)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await person.isSeen('You are verified to level 1')
}

async function provesItself({ page }: Person): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

async function deposits(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/wallet/deposit/ETH')
  await page.getByRole('img', { name: /QR code of your ETH address/ }).waitFor()
  const address = (await page.getByText(/^0x[0-9a-fA-F]{40}$/).innerText()).trim()
  await ask('pay', address)
  await page.getByText('Credited', { exact: true }).waitFor()
  // The other session has it without anything being done there.
  await second.page.getByRole('row', { name: /ETH/ }).getByText('3', { exact: true }).first().waitFor()
}

async function tradesByForm(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/trade/ETHUSDT')
  const form = page.getByRole('form', { name: 'New order' })
  await form
    .getByRole('tab', { name: 'Sell', exact: true })
    .or(form.getByRole('button', { name: 'Sell', exact: true }))
    .first()
    .click()
  await form.getByLabel('Price', { exact: true }).fill('3055')
  await form.getByLabel('Quantity', { exact: true }).fill('1')
  await form.getByRole('button', { name: 'Sell ETH' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('tab', { name: 'Open orders (1)' }).waitFor()
  const orders = second.page.getByRole('region', { name: 'Orders and balances' })
  await orders.getByRole('tab', { name: 'Open orders (1)' }).click()
  await orders.getByRole('row', { name: /3,055\.00/ }).waitFor()
}

async function tradesByDragging(person: Person): Promise<void> {
  const { page } = person
  await dragsTheOrder(page, 20)
  await person.isSeen(/Your order to sell 1 ETH moves from 3,055\.00 to/)
  await page.getByRole('dialog').getByRole('button', { name: 'Move the order' }).click()
  await person.isSeen('The order is moved.')
  const orders = second.page.getByRole('region', { name: 'Orders and balances' })
  await orders.getByRole('row', { name: /3,055\.00/ }).waitFor({ state: 'detached' })
  await orders.getByRole('row', { name: /Sell/ }).waitFor()
  // What is taken is seen by both, as a fill and in the balance.
  const form = page.getByRole('form', { name: 'New order' })
  await form.getByRole('tab', { name: 'Market', exact: true }).click()
  await form.getByLabel('Quantity', { exact: true }).fill('0.5')
  await form.getByRole('button', { name: 'Sell ETH' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen(/^Sold 0\.5 ETH at .* USDT on average/)
  await orders.getByRole('tab', { name: 'Trade history' }).click()
  await orders.getByRole('row', { name: /2,990\.00/ }).waitFor()
}

async function withdraws(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/wallet/withdraw/ETH')
  await page.getByLabel('Address', { exact: true }).fill(FRIEND)
  await page.getByLabel('Amount', { exact: true }).fill('1')
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Send now' }).click()
  // It has proved itself for the documents a moment ago.
  await page.getByRole('button', { name: 'Enter the code' }).click()
  await page.getByLabel('Code from the mail').fill(await ask('mail'))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await operator.page.goto('/admin/withdrawals')
  await operator.isSeen('1 approval missing')
  await agreesToTheWithdrawal(operator.page, 'the withdrawal is approved')
  await ask('paid', FRIEND)
  await page.getByText('Sent', { exact: true }).waitFor()
}

async function takesEverythingAlong(person: Person): Promise<void> {
  const { page } = person
  const text = async (button: string) => {
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: button }).click()
    return readFile(await (await saved).path())
  }
  await page.goto('/wallet/history/withdrawals')
  await page.getByRole('cell', { name: '-0.995' }).waitFor()
  assert.match((await text('Download CSV')).toString(), new RegExp(FRIEND, 'i'))
  await page.goto('/account/privacy')
  const copies = page.getByRole('region', { name: 'A copy of your data' })
  await copies.getByRole('button', { name: 'Ask for a copy' }).click()
  const fetched = page.waitForEvent('download')
  await copies.getByRole('button', { name: 'Download' }).click()
  assert.equal((await readFile(await (await fetched).path())).subarray(0, 2).toString(), 'PK')
  assert.deepEqual([...second.complaints, ...operator.complaints], [])
}

await walk(
  ...[signsUp, opensASecondSession, isVerified, deposits, tradesByForm, tradesByDragging, withdraws],
  takesEverythingAlong,
)
