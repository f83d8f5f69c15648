// A person's money: it comes in over a chain, is moved, and goes out again; what was told about it adds up.
import { ask, others, walk } from './walk.ts'
import type { Person } from './person.ts'

const [EMAIL = '', PASSWORD = ''] = others
const FRIEND = '0x52908400098527886E0F7030069857D2E4169EE7'
const BITCOIN = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'

async function logsIn(person: Person) {
  const { page } = person
  await page.goto('/wallet')
  await person.isSeen('Log in to see your wallet.')
  await person.inspect('wallet-stranger')
  await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.waitForURL('**/wallet')
  await person.isSeen('You hold nothing yet.')
}

async function deposits(person: Person) {
  const { page } = person
  await page.goto('/wallet/deposit')
  await page.getByRole('combobox', { name: 'Coin' }).click()
  await page.getByRole('option', { name: /^ETH/ }).click()
  await page.getByRole('img', { name: /QR code of your ETH address/ }).waitFor()
  const address = (await page.getByText(/^0x[0-9a-fA-F]{40}$/).innerText()).trim()
  await ask('pay', address)
  await person.isSeen('Confirming')
  await person.isSeen('1 of 2')
  await person.inspect('wallet-deposit')
  await ask('mine', '1')
  await person.isSeen('Credited, soon withdrawable')
  await ask('mine', '2')
  await page.getByText('Credited', { exact: true }).waitFor()
}

async function looksOver(person: Person) {
  const { page } = person
  await page.goto('/wallet')
  await page.getByRole('cell', { name: 'ETH', exact: false }).first().waitFor()
  await page.getByLabel('Show worth in').selectOption('EUR')
  await person.isSeen(/€/)
  await person.inspect('wallet-overview')
  await page.getByRole('button', { name: 'Hide amounts' }).click()
  await person.isSeen('••••••')
  await page.getByRole('button', { name: 'Show amounts' }).click()
}

async function transfers(person: Person) {
  const { page } = person
  await page.goto('/wallet/transfer/ETH')
  await page.getByLabel('Amount').fill('99')
  await page.getByRole('button', { name: 'Transfer now' }).click()
  await person.isSeen('This is more than is available.')
  await page.getByLabel('Amount').fill('1')
  await page.getByRole('button', { name: 'Transfer now' }).click()
  await person.isSeen('1 ETH moved to: Funding')
  await page.getByRole('cell', { name: '1 ETH' }).waitFor()
  await person.inspect('wallet-transfer')
}

async function withdraws(person: Person) {
  const { page } = person
  await page.goto('/wallet/withdraw/ETH')
  await page.getByRole('button', { name: 'Review' }).click()
  await person.isSeen('Enter where it goes.')
  await person.inspect('wallet-withdraw')
  await page.getByLabel('Address', { exact: true }).fill(BITCOIN)
  await page.getByLabel('Amount', { exact: true }).fill('0.5')
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('dialog').getByText('0.495 ETH').waitFor()
  await person.inspect('wallet-review')
  await page.getByRole('button', { name: 'Send now' }).click()
  await person.isSeen('Confirm that it is you')
  await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen(/belongs to Bitcoin/)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByLabel('Address', { exact: true }).fill(FRIEND)
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Send now' }).click()
  await page.getByRole('button', { name: 'Enter the code' }).click()
  await page.getByLabel('Code from the mail').fill('000000')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen('The code is wrong or too old.')
  await page.getByLabel('Code from the mail').fill(await ask('code'))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen('Being sent')
  await ask('confirmed', FRIEND)
  await page.getByText('Sent', { exact: true }).waitFor()
}

async function keepsAddresses(person: Person) {
  const { page } = person
  await page.goto('/wallet/addresses')
  await page.getByRole('button', { name: 'Add an address' }).click()
  await page.getByRole('combobox', { name: 'Network' }).click()
  await page.getByRole('option', { name: /Ethereum/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address', { exact: true }).fill('0x12')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await person.isSeen(/This address cannot be paid/)
  await dialog.getByLabel('Address', { exact: true }).fill(FRIEND)
  await dialog.getByLabel('Name of this address').fill('<b>Friend</b>')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await person.isSeen('<b>Friend</b>')
  await person.isSeen(/Usable from/)
  await person.inspect('wallet-addresses')
}

async function readsRecords(person: Person) {
  const { page } = person
  await page.goto('/wallet/history/withdrawals')
  await page.getByRole('cell', { name: '-0.495' }).waitFor()
  await person.inspect('wallet-history')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV' }).click()
  await saved
  await page.goto('/wallet/statements')
  await page.getByRole('button', { name: 'Show the statement' }).click()
  await page.getByText('Closing balance', { exact: true }).first().waitFor()
  await page.getByRole('cell', { name: '1.5', exact: true }).waitFor()
  await person.inspect('wallet-statement')
  const printed = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download PDF' }).click()
  await ask('printed', await (await printed).path())
}

async function paysByBank(person: Person) {
  const { page } = person
  await page.goto('/wallet/fiat')
  await page.getByLabel('Amount').fill('100.001')
  await page.getByRole('button', { name: 'Show bank details' }).click()
  await person.isSeen('Enter at most two decimals.')
  await page.getByLabel('Amount').fill('100')
  await page.getByRole('button', { name: 'Show bank details' }).click()
  await person.isSeen('DE89370400440532013000')
  await person.inspect('wallet-fiat')
}

async function checksReserves(person: Person) {
  const { page } = person
  await ask('publish')
  await page.goto('/proof-of-reserves')
  await person.isSeen('What is owed and what is held')
  await person.inspect('reserves')
  await page.getByRole('link', { name: 'Check that my balances are included' }).click()
  await page.getByRole('button', { name: 'Check now' }).click()
  await person.isSeen('Proven')
  await page.getByText('Leaf 1', { exact: false }).click()
  await person.inspect('reserves-mine')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the proof' }).click()
  const path = await (await saved).path()
  await page.getByRole('tab', { name: 'From a file' }).click()
  const tampered = await ask('tamper', path)
  await page.getByLabel('File of the proof').setInputFiles(tampered)
  await page.getByRole('button', { name: 'Check now' }).click()
  await person.isSeen('Not proven')
  await person.isSeen(/hashing it up leads to another root/)
}

await walk(logsIn, deposits, looksOver, transfers, withdraws, keepsAddresses, readsRecords, paysByBank, checksReserves)
