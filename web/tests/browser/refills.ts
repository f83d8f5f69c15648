// Money between the hot wallet and the tier behind it, as operators see it: out of it by the exchange's own signature, into
// it by a keeper's. Asks for `code EMAIL`, for a withdrawal that takes more than there is hot: `withdraws AMOUNT`, for the
// keeper's machine: `signs PATH`, and for blocks until a refill is in a state: `mined REFILL STATE`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { agrees, closes, confirmIdentity, logIn, logOut, proposes } from './operators.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [ADA = '', BEN = ''] = others
const [OUT, IN] = ['ETH-ETH-1', 'ETH-ETH-2']

const row = (page: Page, refill: string) => page.getByRole('row').filter({ hasText: refill })

/** See a refill in a state, as the list follows it by itself. */
async function stands(page: Page, refill: string, state: string): Promise<void> {
  await row(page, refill).getByText(state, { exact: true }).waitFor()
}

async function emptiesTheHotWallet(person: Person) {
  const { page } = person
  await logIn(person, ADA)
  await page
    .getByRole('link', { name: /^Refills/ })
    .first()
    .click()
  await stands(page, OUT, 'To be agreed to')
  await person.inspect('refills-proposed')
  await proposes(row(page, OUT), 'Agree', {})
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Out of the hot addresses').waitFor()
  await person.inspect('refills-agree')
  await dialog.getByRole('button', { name: 'Propose' }).dblclick()
  await confirmIdentity(person, ADA)
  await closes(page)
  await logOut(person)
  await logIn(person, BEN)
  await agrees(person, 'Agree to a refill', BEN)
  await ask('mined', `${OUT} done`)
  await page.goto('/admin/refills')
  await stands(page, OUT, 'Done')
}

async function fillsItAgain(person: Person) {
  const { page } = person
  await ask('withdraws', '5')
  await stands(page, IN, 'To be agreed to')
  await proposes(row(page, IN), 'Agree', {})
  await page.getByRole('dialog').getByRole('button', { name: 'Propose' }).dblclick()
  await closes(page)
  await logOut(person)
  await logIn(person, ADA)
  await agrees(person, 'Agree to a refill', ADA)
  await page.goto('/admin/refills')
  await stands(page, IN, 'Being signed')
  await person.inspect('refills-signing')
}

async function carriesItToTheKeeper(person: Person) {
  const { page } = person
  // It is built a moment after it was agreed to.
  await ask('mined', `${IN} approved`)
  const taken = page.waitForEvent('download')
  await row(page, IN).getByRole('button', { name: 'Download' }).click()
  const file = await taken
  assert.equal(file.suggestedFilename(), `refill-${IN}.json`)
  const path = await file.path()
  assert.ok(JSON.parse(readFileSync(path, 'utf8')))
  await row(page, IN).getByRole('button', { name: 'Bring signatures' }).click()
  const dialog = page.getByRole('dialog')
  await person.inspect('refills-bring')
  await dialog.getByLabel('File of signatures').setInputFiles(path)
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText('It could not be done').waitFor()
  await person.picture('refills-not-signatures')
  await dialog.getByRole('button', { name: 'Close' }).click()
  const answer = await ask('signs', path)
  await row(page, IN).getByRole('button', { name: 'Bring signatures' }).click()
  await dialog.getByLabel('File of signatures').setInputFiles(answer)
  await dialog.getByRole('button', { name: 'Review' }).click()
  await person.picture('refills-signatures')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText('keeper 1 signed: 1 of 1').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await ask('mined', `${IN} done`)
  await stands(page, IN, 'Done')
  await person.inspect('refills-done')
}

await walk(emptiesTheHotWallet, fillsItAgain, carriesItToTheKeeper)
