// What a person was at is not lost where the session ends in the middle of it, and no dialog stays where one has gone on.
// Asks for `endSessions EMAIL`, an app's `code EMAIL`, the code that was mailed with `mail`, and `withdrawals`, how many
// there are.
import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { enter } from './calls.ts'
import { confirmIdentity, isDone, logIn } from './operators.ts'
import { NARROW, Person, WIDE } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [ALICE = '', OLGA = '', PASSWORD = ''] = others
const WITHDRAWING = '/wallet/withdraw/LTC'

const over = ({ page }: Person) => page.getByRole('dialog', { name: 'Your session has ended' })

async function logsInAgain(person: Person): Promise<void> {
  const dialog = over(person)
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
}

/** End the sessions of somebody, and press a button, whether or not anything else on the page has noticed by then. */
async function endsBefore(email: string, button: Locator): Promise<void> {
  await button.waitFor()
  assert.equal(await ask('endSessions', email), 'done')
  await button.evaluate((element: HTMLElement) => element.click())
}

async function reviews({ page }: Person): Promise<void> {
  await page.getByLabel('Address', { exact: true }).fill('ltc:theirs')
  await page.getByLabel('Amount', { exact: true }).fill('1')
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('dialog').getByText('ltc:theirs').waitFor()
}

async function isLoggedOutWhileWithdrawing(person: Person): Promise<void> {
  const { page } = person
  await enter(person, ALICE, PASSWORD, WITHDRAWING)
  await reviews(person)
  await endsBefore(ALICE, page.getByRole('button', { name: 'Send now' }))
  await over(person).waitFor()
  const asked = await page.evaluate(() => document.activeElement?.getAttribute('type'))
  assert.equal(asked, 'password')
  await person.inspect('session-over')
  assert.equal(await ask('withdrawals'), '0')
  await logsInAgain(person)
  // The new session has proven nothing yet.
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await proof.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await proof.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('button', { name: 'Enter the code' }).click()
  assert.equal(await ask('withdrawals'), '1')
  // Once more, with the code in the form already.
  await page.getByLabel('Code from the mail').fill(await ask('mail'))
  await endsBefore(ALICE, page.getByRole('button', { name: 'Confirm' }))
  await logsInAgain(person)
  await person.isSeen('Being reviewed')
  assert.equal(await ask('withdrawals'), '1')
}

async function doesNotComeBack(person: Person): Promise<void> {
  const { page } = person
  await page.goto(WITHDRAWING)
  await reviews(person)
  await endsBefore(ALICE, page.getByRole('button', { name: 'Send now' }))
  await over(person).getByRole('button', { name: 'Log out instead' }).click()
  // Nothing of the account is shown any more, and nothing was sent.
  await page.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await page.getByText(ALICE).count(), 0)
  assert.equal(await ask('withdrawals'), '1')
}

async function isLoggedOutWhileApproving(person: Person): Promise<void> {
  const browser = person.page.context().browser()
  assert.ok(browser)
  const operator = await Person.at(browser, new URL(person.page.url()).origin)
  const { page } = operator
  await logIn(operator, OLGA)
  await page.goto('/admin/withdrawals')
  await page.getByRole('button', { name: 'Agree' }).click()
  await endsBefore(OLGA, page.getByRole('dialog').getByRole('button', { name: 'Confirm' }))
  await logsInAgain(operator)
  await over(operator)
    .getByLabel('Code', { exact: false })
    .fill(await ask('code', OLGA))
  await confirmIdentity(operator, OLGA)
  await isDone(page, 'the withdrawal is approved')
  await operator.isSeen('No withdrawal waits.')
  assert.deepEqual(operator.complaints, [])
  await page.context().close()
}

async function goesBackAndForth(person: Person): Promise<void> {
  const { page } = person
  await enter(person, ALICE, PASSWORD, '/wallet')
  await page.goto(WITHDRAWING)
  await reviews(person)
  for (const [turn, heading] of [
    [() => page.goBack(), 'Overview'],
    [() => page.goForward(), 'Withdraw'],
  ] as const) {
    await turn()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    assert.equal(await page.getByRole('dialog').count(), 0)
  }
  // What lies over a phone's page goes with it.
  await page.setViewportSize(NARROW)
  await page.goto('/markets')
  await page.getByRole('link', { name: /BTC/ }).first().click()
  await page.getByRole('button', { name: 'Buy BTC' }).click()
  await page.getByRole('dialog').waitFor()
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Markets' }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.getByRole('link', { name: /BTC/ }).first().click()
  await page.getByRole('button', { name: 'Buy BTC' }).waitFor()
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.setViewportSize(WIDE)
}

await walk(isLoggedOutWhileWithdrawing, doesNotComeBack, isLoggedOutWhileApproving, goesBackAndForth)
