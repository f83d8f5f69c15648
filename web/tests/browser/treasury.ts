// Operators' part of money that went astray: transfers of nobody, deposits without a memo, people and deposits on lists, what
// was spent and is gone; and whether a statement that somebody shows is genuine. Asks for `code EMAIL`, for a statement's
// `statement`: whose, from when to when, its reference; for what the bank does: `sentBack`; and says where a table was
// saved: `saved PATH`.
import assert from 'node:assert/strict'
import { agrees, closes, confirmIdentity, logIn, logOut, proposes, sends } from './operators.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [ALICE = '', BOB = '', OWNER = '', SENDER = '', NOBODY = ''] = others

async function assignsATransfer(person: Person) {
  const { page } = person
  await logIn(person, ALICE)
  await page.goto('/admin/fiat')
  await person.isSeen(SENDER)
  await person.inspect('treasury-suspended')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as CSV' }).click()
  await ask('saved', await (await saved).path())
  const assigned = page.getByRole('row').filter({ hasText: SENDER })
  await proposes(assigned, 'Assign', {})
  await page.getByRole('dialog').getByRole('button', { name: 'Review' }).click()
  await page.getByRole('dialog').getByText('This is needed.').first().waitFor()
  await person.inspect('treasury-assign')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await proposes(assigned, 'Assign', { 'Person (number)': OWNER, Reason: 'they wrote to us' })
  await sends(page)
  await confirmIdentity(person, ALICE)
  await closes(page)
}

async function sendsATransferBack(person: Person) {
  const { page } = person
  await proposes(page.getByRole('row').filter({ hasText: NOBODY }), 'Send back', { Reason: 'nobody here' })
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('This is needed.').waitFor()
  await person.inspect('treasury-send-back')
  await dialog.getByLabel('Why it goes back').selectOption({ label: 'The name does not match the account' })
  await sends(page)
  await closes(page)
}

async function creditsWhatHadNoMemo(person: Person) {
  const { page } = person
  await page.goto('/admin/recoveries')
  await page.getByRole('button', { name: 'Details' }).click()
  await page.getByRole('heading', { name: /^Recovery / }).waitFor()
  await page.getByText('0.005 LTC').waitFor()
  await person.inspect('treasury-recovery')
  await proposes(page.getByRole('main'), 'Credit to the owner', {})
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
  await proposes(page.getByRole('main'), 'Not the person on the list', { Reason: 'born elsewhere' })
  await sends(page)
  await closes(page)
  await page.goto('/admin/screening?list=deposits')
  await page.getByRole('button', { name: 'Release' }).waitFor()
  await person.inspect('treasury-screened-deposits')
  await proposes(page.getByRole('main'), 'Release', { Reason: 'not theirs any more' })
  await sends(page)
  await closes(page)
}

async function coversWhatIsGone(person: Person) {
  const { page } = person
  await page.goto('/admin/shortfalls')
  await page.getByRole('cell', { name: '600', exact: true }).waitFor()
  await person.inspect('treasury-shortfalls')
  await proposes(page.getByRole('main'), 'Cover', { Reason: 'a fork' })
  await page.getByRole('dialog').getByLabel('Paid by').selectOption('INSURANCE')
  await sends(page)
  await closes(page)
  await logOut(person)
}

async function agreesAsASecond(person: Person) {
  await logIn(person, BOB)
  await agrees(person, 'Assign a bank transfer', BOB)
  for (const action of [
    'Send a bank transfer back',
    'Credit to the owner',
    'Not the person on the list',
    'Release a held deposit',
    'Cover a shortfall',
  ])
    await agrees(person, action)
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

/** The sender's bank does not take it: it is there again, and goes to another account. */
async function sendsItBackAgain(person: Person) {
  const { page } = person
  assert.equal(await ask('sentBack', 'AC04'), 'paid, sent back')
  await page.goto('/admin/fiat')
  const row = page.getByRole('row').filter({ hasText: NOBODY })
  await row.getByText('AC04').waitFor()
  await person.inspect('treasury-came-back')
  await proposes(row, 'Send back', {
    'Bank account number (optional)': 'DE89370400440532013000',
    'Bank account holder (optional)': 'No Body',
    Reason: 'told us by letter',
  })
  await page
    .getByRole('dialog')
    .getByLabel('Why it goes back')
    .selectOption({ label: 'The name does not match the account' })
  await sends(page)
  await closes(page)
  await logOut(person)
  await logIn(person, ALICE)
  await agrees(person, 'Send a bank transfer back', ALICE)
  await page.goto('/admin/fiat')
  await row.waitFor({ state: 'detached' })
  assert.equal(await ask('sentBack'), 'paid')
}

async function confirmsAStatement(person: Person) {
  const { page } = person
  const [owner = '', from = '', to = '', reference = ''] = (await ask('statement')).split('|')
  await page.goto('/admin')
  await page.getByRole('link', { name: 'Statements', exact: true }).click()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await person.isSeen('Write it as it is printed: 2026-01-31 23:59:59.999.')
  await person.inspect('treasury-statement-empty')
  await page.getByLabel('Person', { exact: true }).fill(owner)
  await page.getByLabel('From (UTC)').fill(from)
  await page.getByLabel('To (UTC)').fill(to)
  await page.getByLabel('Reference of this document').fill(reference)
  await page.getByLabel('Why do you look?').fill('a bank asks')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await person.isSeen(/Genuine: this is/)
  await person.inspect('treasury-statement-genuine')
  const changed = reference.startsWith('0') ? '1' : '0'
  await page.getByLabel('Reference of this document').fill(changed + reference.slice(1))
  await page.getByText(/Genuine: this is/).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await person.isSeen(/Not genuine: a/)
  assert.equal(await page.locator('mark').count(), 2, 'the group that is otherwise stands out in both')
  await person.inspect('treasury-statement-changed')
  await page.goto('/admin/log')
  await page.getByRole('table', { name: 'Log' }).getByText('a bank asks').first().waitFor()
}

await walk(
  ...[assignsATransfer, sendsATransferBack, creditsWhatHadNoMemo, looksAtWhoIsListed, coversWhatIsGone],
  ...[agreesAsASecond, findsNothingLeft, sendsItBackAgain, confirmsAStatement],
)
