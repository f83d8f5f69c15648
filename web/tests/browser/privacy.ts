// A person looks after their data, and sees how the exchange does. Asks for `owe`, so that they have money, and for
// `announce TEXT`.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { enter } from './calls.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [EMAIL = '', PASSWORD = ''] = others
const EVIL = '<img src=x onerror="document.body.dataset.taken=1">'

async function looksAfterTheirData(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/privacy')
  await person.isSeen('Log in to see your consents, get a copy of your data or close your account.')
  await person.inspect('privacy-stranger')
  await enter(person, EMAIL, PASSWORD, '/account/privacy')
  const consents = page.getByRole('region', { name: 'Consents' })
  await consents.getByRole('button', { name: `Accept News ${EVIL}` }).click()
  await consents.getByRole('button', { name: 'Withdraw consent' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw consent' }).click()
  await consents.getByText('Withdrawn').first().waitFor()
  await consents.locator('summary').click()
  await consents.getByRole('row').nth(2).waitFor()
  const copies = page.getByRole('region', { name: 'A copy of your data' })
  await copies.getByRole('button', { name: 'Ask for a copy' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  const fetched = page.waitForEvent('download')
  await copies.getByRole('button', { name: 'Download' }).click()
  const content = await readFile(await (await fetched).path())
  assert.deepEqual([...content.subarray(0, 2)], [...Buffer.from('PK')])
  await person.isSeen('Destroyed 5 years after the account is closed')
  await person.inspect('privacy')
}

async function closesTheAccountAndDoesNot(person: Person): Promise<void> {
  const { page } = person
  const closing = page.getByRole('region', { name: 'Close your account' })
  await closing.getByRole('button', { name: 'Close my account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password').fill('wrong')
  await dialog.getByLabel(/a closed account does not come back/).check()
  await person.inspect('privacy-closing')
  await dialog.getByRole('button', { name: 'Close my account' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Close my account' }).click()
  await person.isSeen(/Your account will be closed after/)
  await closing.getByRole('button', { name: 'Keep my account' }).click()
  await person.isSeen('Your account stays open.')
  assert.equal(await ask('owe', EMAIL), 'done')
  await page.reload()
  await person.isSeen('There is money in your accounts.')
  assert.ok(await closing.getByRole('button', { name: 'Close my account' }).isDisabled())
}

async function seesHowTheExchangeDoes(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/status')
  await person.isSeen('Everything works')
  await person.isSeen('Nothing has been announced yet.')
  assert.equal(await ask('announce', EVIL), 'done')
  await page.reload()
  await person.isSeen('The exchange is under maintenance; trading rests')
  await person.isSeen(EVIL)
  await person.inspect('status')
  assert.equal(await page.evaluate(() => document.body.dataset.taken), undefined)
}

await walk(looksAfterTheirData, closesTheAccountAndDoesNot, seesHowTheExchangeDoes)
