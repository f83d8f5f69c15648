// Operators' part of money that went astray: transfers of nobody, deposits without a memo, people and deposits on lists, what
// was spent and is gone. Asks for `code EMAIL`, and says where a table was saved: `saved PATH`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { confirmIdentity, logIn, logOut } from './operators.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [ALICE = '', BOB = '', OWNER = '', SENDER = ''] = others

/** Fill in what an action asks for, and go on to what it would do. */
async function proposes(page: Page, button: string, given: Record<string, string>): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: button, exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  for (const [label, value] of Object.entries(given)) await dialog.getByLabel(label, { exact: true }).fill(value)
}

/** Read it over and send it, pressing twice; be told what came of it. */
async function sends(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByRole('button', { name: /^(Propose|Confirm)$/ }).dblclick()
}

async function closes(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('link', { name: 'See the proposal' }).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

async function assignsATransfer(person: Person) {
  const { page } = person
  await logIn(person, ALICE)
  await page.goto('/admin/fiat')
  await person.isSeen(SENDER)
  await person.inspect('treasury-suspended')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as CSV' }).click()
  await ask('saved', await (await saved).path())
  await proposes(page, 'Assign', {})
  await page.getByRole('dialog').getByRole('button', { name: 'Review' }).click()
  await page.getByRole('dialog').getByText('This is needed.').first().waitFor()
  await person.inspect('treasury-assign')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await proposes(page, 'Assign', { 'Person (number)': OWNER, Reason: 'they wrote to us' })
  await sends(page)
  await confirmIdentity(person, ALICE)
  await closes(page)
}

async function creditsWhatHadNoMemo(person: Person) {
  const { page } = person
  await page.goto('/admin/recoveries')
  await page.getByRole('button', { name: 'Details' }).click()
  await page.getByRole('heading', { name: /^Recovery / }).waitFor()
  await page.getByText('0.005 LTC').waitFor()
  await person.inspect('treasury-recovery')
  await proposes(page, 'Credit to the owner', {})
  await sends(page)
  await closes(page)
}

async function looksAtWhoIsListed(person: Person) {
  const { page } = person
  await page.goto('/admin/screening')
  await person.isSeen('Zoe Angstrom')
  await person.inspect('treasury-screening')
  await page.getByRole('link', { name: /^Case \d+/ }).click()
  await page.getByLabel('Why do you look?').fill('the queue of today')
  await page.getByRole('button', { name: 'Look' }).click()
  await person.isSeen('Zoë Ångström')
  await person.inspect('treasury-hit')
  await proposes(page, 'Not the person on the list', { Reason: 'born elsewhere' })
  await sends(page)
  await closes(page)
  await page.goto('/admin/screening?list=deposits')
  await page.getByRole('button', { name: 'Release' }).waitFor()
  await person.inspect('treasury-screened-deposits')
  await proposes(page, 'Release', { Reason: 'not theirs any more' })
  await sends(page)
  await closes(page)
}

async function coversWhatIsGone(person: Person) {
  const { page } = person
  await page.goto('/admin/shortfalls')
  await page.getByRole('cell', { name: '600', exact: true }).waitFor()
  await person.inspect('treasury-shortfalls')
  await proposes(page, 'Cover', { Reason: 'a fork' })
  await page.getByRole('dialog').getByLabel('Paid by').selectOption('INSURANCE')
  await sends(page)
  await closes(page)
  await logOut(person)
}

async function agreesAsASecond(person: Person) {
  const { page } = person
  await logIn(person, BOB)
  for (const [action, isFirst] of [
    ['Assign a bank transfer', true],
    ['Credit to the owner', false],
    ['Not the person on the list', false],
    ['Release a held deposit', false],
    ['Cover a shortfall', false],
  ] as const) {
    await page.goto('/admin/approvals')
    await page
      .getByRole('link', { name: new RegExp(`^${action}`) })
      .first()
      .click()
    await page.getByRole('button', { name: 'Agree' }).click()
    if (isFirst) await confirmIdentity(person, BOB)
    await page.getByRole('button', { name: 'Agree' }).waitFor({ state: 'detached' })
  }
}

async function findsNothingLeft(person: Person) {
  const { page } = person
  for (const path of ['fiat', 'recoveries', 'screening', 'screening?list=deposits', 'shortfalls']) {
    await page.goto(`/admin/${path}`)
    await page
      .getByText(/^(No |Nobody|Nothing|Every)/)
      .first()
      .waitFor()
    assert.equal(await page.getByRole('main').getByRole('row').count(), 0, path)
  }
}

await walk(
  ...[assignsATransfer, creditsWhatHadNoMemo, looksAtWhoIsListed, coversWhatIsGone, agreesAsASecond, findsNothingLeft],
)
