// A person's money by card and by bank, with the questions of the travel rule, as small balances, and sent astray. Asks for
// what others do: `booked REFERENCE`, `returned REASON`, `sends ADDRESS [SENDER]`, `untagged ADDRESS`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { enter } from './calls.ts'
import { ask, others, walk } from './walk.ts'
import type { Person } from './person.ts'

const [EMAIL = '', PASSWORD = ''] = others
const [PAYS, ASKS, DECLINED] = ['4242424242424242', '4000000000003220', '4000000000000002']
const CODE = '123456'
const THEIRS = 'FR14 2004 1010 0505 0001 3M02 606'

/** The newest of the recent payments. */
const newest = (page: Page) => page.getByRole('region', { name: 'Recent payments' }).getByRole('row').nth(1)

async function orders(page: Page, euros: string, coin: string): Promise<void> {
  await page.getByLabel('You pay').fill(euros)
  await page.getByRole('combobox', { name: 'Buy', exact: true }).click()
  await page.getByRole('listbox', { name: 'Buy' }).getByRole('option', { name: coin }).click()
  await page.getByRole('button', { name: 'See the price' }).click()
}

async function pays(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Valid until').fill('12/30')
  await page.getByLabel('Check digits').fill('123')
  await page.getByRole('button', { name: 'Pay' }).click()
}

async function buysByCard(person: Person) {
  const { page } = person
  await enter(person, EMAIL, PASSWORD, '/wallet/fiat')
  await page.getByRole('tab', { name: 'Buy by card' }).click()
  await page.getByRole('button', { name: 'See the price' }).click()
  await person.isSeen('Enter an amount.')
  await orders(page, '9', 'BTC')
  await person.isSeen('At least 10 EUR.')
  await orders(page, '10.001', 'BTC')
  await person.isSeen('Enter at most two decimals.')
  await person.inspect('money-card')
  await orders(page, '100', 'BTC')
  await page.getByRole('dialog').getByText('0.00192138 BTC').waitFor()
  await person.inspect('money-card-price')
  await page.getByRole('link', { name: 'Go and pay' }).click()
  await pays(page, DECLINED)
  await person.isSeen('card declined')
  await pays(page, ASKS)
  await page.getByLabel('Code').fill(CODE)
  await page.getByRole('button', { name: 'It is me' }).click()
  await page.waitForURL('**/wallet/fiat?way=card')
  await newest(page).getByText('Done', { exact: true }).waitFor()
  await newest(page).getByText('0.00192138 BTC').waitFor()
  assert.equal(await page.getByRole('tab', { name: 'Buy by card' }).getAttribute('aria-selected'), 'true')
  await person.inspect('money-card-done')
}

async function goesBackAndPaysLater(person: Person) {
  const { page } = person
  await orders(page, '50', 'EUR')
  await page.getByRole('link', { name: 'Go and pay' }).click()
  await page.getByLabel('Card number').waitFor()
  await page.goBack()
  await newest(page).getByText('In progress').waitFor()
  await page.reload()
  await newest(page).getByRole('button', { name: 'Details' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Go and pay' }).waitFor()
  await person.inspect('money-card-later')
  await page.getByRole('dialog').getByRole('link', { name: 'Go and pay' }).click()
  await pays(page, PAYS)
  await page.waitForURL('**/wallet/fiat?way=card')
  await newest(page).getByText('Done', { exact: true }).waitFor()
}

async function isDeclined(person: Person) {
  const { page } = person
  await orders(page, '20', 'BTC')
  await page.getByRole('link', { name: 'Go and pay' }).click()
  for (let attempt = 0; attempt < 5; attempt += 1) await pays(page, DECLINED)
  await page.waitForURL('**/wallet/fiat?way=card')
  await newest(page).getByText('Failed').waitFor()
  await newest(page).getByRole('button', { name: 'Details' }).click()
  await page.getByRole('dialog').getByText('no card was taken').waitFor()
  await person.inspect('money-card-failed')
  await page.getByRole('button', { name: 'Close' }).click()
}

async function paysInByBank(person: Person) {
  const { page } = person
  await page.getByRole('tab', { name: 'Deposit by bank' }).click()
  await page.getByLabel('Amount').fill('100')
  await page.getByRole('button', { name: 'Show bank details' }).dblclick()
  await person.isSeen(/^RF\d\d/)
  await page.reload()
  await newest(page).getByText('In progress').waitFor()
  await newest(page).getByRole('button', { name: 'Details' }).click()
  const reference = await page
    .getByRole('dialog')
    .getByText(/^RF\d\d/)
    .innerText()
  await person.inspect('money-bank-details')
  await page.getByRole('button', { name: 'Close' }).click()
  assert.equal(await page.getByRole('cell', { name: '100 EUR' }).count(), 1, 'pressed twice, ordered once')
  assert.equal(await ask('booked', reference.trim()), 'credited')
  await newest(page).getByText('Done', { exact: true }).waitFor()
}

async function paysOutByBank(person: Person) {
  const { page } = person
  await page.getByRole('tab', { name: 'Withdraw to bank' }).click()
  await person.isSeen('Available: 149')
  await page.getByRole('button', { name: 'Review' }).click()
  await person.isSeen('Enter the account.')
  await page.getByLabel('Amount').fill('150')
  await page.getByLabel('Account holder').fill('Ann Lee')
  await page.getByLabel('IBAN').fill('FR15 2004 1010 0505 0001 3M02 606')
  await person.isSeen('This is more than is available.')
  await page.getByLabel('Amount').fill('60')
  await person.inspect('money-payout')
  await page.getByRole('button', { name: 'Review' }).click()
  await person.inspect('money-payout-review')
  await page.getByRole('button', { name: 'Send now' }).click()
  await page
    .getByRole('dialog', { name: 'Confirm that it is you' })
    .getByLabel('Password', { exact: true })
    .fill(PASSWORD)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen('This account number is not valid.')
  await person.picture('money-payout-wrong')
  await page.getByLabel('IBAN').fill(THEIRS)
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Send now' }).dblclick()
  await newest(page).getByText('-60 EUR').waitFor()
  assert.equal(await ask('returned', 'AC04'), 'paid, sent back')
  await newest(page).getByText('Refunded').waitFor()
  await newest(page).getByRole('button', { name: 'Details' }).click()
  await page.getByRole('dialog').getByText('AC04').waitFor()
  await person.inspect('money-payout-returned')
  await page.getByRole('button', { name: 'Close' }).click()
  await person.isSeen('Available: 148')
}

/** What was read before another language is chosen is said in that language, and read no second time. */
async function followsTheLanguage(person: Person) {
  const { page } = person
  const speaks = async (menu: string, language: string) => {
    await page.getByRole('button', { name: menu }).click()
    await page.getByRole('menuitem', { name: language, exact: true }).click()
  }
  await page.goto('/wallet/history/cards')
  await page.getByRole('cell', { name: 'Failed', exact: true }).waitFor()
  const read: string[] = []
  page.on('request', (request) => void (request.url().includes('/fiat/payments') && read.push(request.url())))
  await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed')
  await speaks('Language', 'Deutsch')
  await page.getByRole('cell', { name: 'Fehlgeschlagen', exact: true }).waitFor()
  await page.getByRole('cell', { name: /EUR per Karte bezahlt/ }).waitFor()
  assert.equal(await page.getByRole('combobox', { name: 'Status' }).locator(':checked').innerText(), 'Fehlgeschlagen')
  await person.inspect('money-history-german')
  await speaks('Sprache', 'English')
  await page.getByRole('cell', { name: 'Failed', exact: true }).waitFor()
  assert.deepEqual(read, [], 'nothing is read for it')
  await page.goto('/wallet/fiat')
  await newest(page).getByText('Refunded').waitFor()
}

async function saysWhoSentIt(person: Person) {
  const { page } = person
  await page.goto('/wallet/deposit/ETH')
  await page.getByRole('radio', { name: /Ethereum/ }).check()
  const address = (
    await page
      .getByText(/^eth:ours-/)
      .first()
      .innerText()
  ).trim()
  await ask('sends', address)
  const deposits = page.getByRole('region', { name: 'Recent deposits' })
  await deposits.getByText('Waiting for your answer').waitFor()
  await person.inspect('money-asked')
  await deposits.getByRole('button', { name: 'Say who sent it' }).click()
  const dialog = page.getByRole('dialog', { name: 'Say who sent it' })
  await dialog.getByLabel('Who sent it?').selectOption('other')
  assert.ok(await dialog.getByRole('button', { name: 'Confirm' }).isDisabled())
  await dialog.getByLabel('Full name').fill('Åsa \u202eÖberg')
  await chooses(page, 'Country', 'Sweden')
  await dialog.getByLabel('City').fill('Uppsala')
  await dialog.getByLabel('Where is the address kept?').selectOption('company')
  await chooses(page, 'Company', 'Another company')
  await dialog.getByLabel('Name of the company').fill('Elsewhere')
  await person.inspect('money-asked-from')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByRole('alert').waitFor()
  await person.picture('money-asked-refused')
  await dialog.getByLabel('Full name').fill('Åsa Öberg')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await deposits.getByText('Credited', { exact: true }).waitFor()
}

async function chooses(page: Page, label: string, option: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label, exact: true })
  await field.click()
  await field.fill(option)
  await page.getByRole('listbox', { name: label }).getByRole('option', { name: option }).first().click()
}

async function saysWhoIsPaid(person: Person) {
  const { page } = person
  await page.goto('/wallet/withdraw/ETH')
  await page.getByRole('radio', { name: /Ethereum/ }).check()
  await page.getByLabel('Address', { exact: true }).fill('eth:theirs')
  await page.getByLabel('Amount', { exact: true }).fill('0.5')
  await page.getByRole('button', { name: 'Review' }).click()
  const dialog = page.getByRole('dialog', { name: 'Is everything right?' })
  await dialog.getByRole('button', { name: 'Send now' }).click()
  await dialog.getByText('The law asks who is on the other side of this transfer.').waitFor()
  await person.inspect('money-to-whom')
  await dialog.getByLabel('Who receives it?').selectOption('other')
  await dialog.getByLabel('Full name').fill('Kim Example')
  await dialog.getByLabel('City').fill('Somewhere')
  await page.getByRole('combobox', { name: 'Country' }).click()
  assert.equal(await page.getByRole('option', { name: 'North Korea' }).count(), 0, 'nobody is paid there')
  await page.keyboard.press('Escape')
  await chooses(page, 'Country', 'Sweden')
  await dialog.getByLabel('Where is the address kept?').selectOption('company')
  await chooses(page, 'Company', 'Binance')
  await person.inspect('money-to-whom-told')
  await dialog.getByRole('button', { name: 'Send now' }).dblclick()
  await dialog.waitFor({ state: 'hidden' })
  const withdrawals = page.getByRole('region', { name: 'Recent withdrawals' })
  await withdrawals.getByRole('button', { name: 'Enter the code' }).waitFor()
  assert.equal(await withdrawals.getByRole('row').count(), 2, 'sent twice, done once')
  await person.inspect('money-withdrawn')
}

async function convertsDust(person: Person) {
  const { page } = person
  await page.goto('/wallet/small-balances')
  await page.getByRole('checkbox', { name: 'LTC' }).waitFor()
  await person.inspect('money-dust')
  const coins = await page.getByRole('checkbox').all()
  for (const each of coins) await each.uncheck()
  assert.ok(await page.getByRole('button', { name: 'Convert', exact: true }).isDisabled())
  await page.getByRole('checkbox', { name: 'LTC' }).check()
  await page.getByRole('button', { name: 'Convert', exact: true }).click()
  await person.inspect('money-dust-review')
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).dblclick()
  await person.isSeen('You received 0.0784 BNB.')
  await person.picture('money-dust-done')
  await page.goto('/wallet/history/conversions')
  await page.getByRole('cell', { name: '-0.2' }).waitFor()
}

async function asksForWhatWentAstray(person: Person) {
  const { page } = person
  await page.goto('/wallet/deposit/LTC')
  await person.isSeen('The memo is needed as well')
  await person.inspect('money-memo')
  const address = (
    await page
      .getByText(/^tag:ours-/)
      .first()
      .innerText()
  ).trim()
  const transaction = await ask('untagged', address)
  await page.goto('/wallet/recovery')
  await chooses(page, 'Network that it was sent over', 'Tagged')
  await page.getByLabel('Coin that was sent').fill('ltc')
  await page.getByLabel('Transaction').fill(transaction)
  await page.getByLabel('Address to send it back to (optional)').fill('tag:mine')
  await page.getByLabel('Memo').fill('x')
  await page.getByRole('button', { name: 'Ask for it' }).click()
  await person.isSeen('The memo is not valid.')
  await page.getByLabel('Memo').fill('77')
  await person.inspect('money-astray')
  await page.getByRole('button', { name: 'Ask for it' }).dblclick()
  const requests = page.getByRole('region', { name: 'Your requests' })
  await requests.getByText('Being looked at').waitFor()
  assert.equal(await requests.getByRole('row').count(), 2, 'asked for twice, filed once')
  await person.inspect('money-astray-asked')
}

await walk(
  ...[buysByCard, goesBackAndPaysLater, isDeclined, paysInByBank, paysOutByBank, followsTheLanguage],
  ...[saysWhoSentIt, saysWhoIsPaid, convertsDust, asksForWhatWentAstray],
)
