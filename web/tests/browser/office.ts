// Operators at work: `node office.ts URL CHROMIUM [PICTURES]`. Asks for an app's code with `code EMAIL`; everything else is
// there before: operators with second factors, a case of verification, a withdrawal that waits.
import assert from 'node:assert/strict'
import { agreesToTheWithdrawal, approvesTheCase, confirmIdentity, logIn, logOut, takesTheCase } from './operators.ts'
import { NARROW, WIDE, type Person } from './person.ts'
import { walk } from './walk.ts'

async function turnsStrangersAway(person: Person): Promise<void> {
  await person.page.goto('/admin')
  await person.isSeen('Log in as an operator to open the back office.')
  await person.inspect('office-stranger')
}

async function deniesSupportMoney(person: Person): Promise<void> {
  const { page } = person
  await logIn(person, 'sue@example.com')
  const nav = page.getByRole('navigation', { name: 'Back office' })
  await nav.getByRole('link', { name: 'Verification' }).waitFor()
  assert.equal(await nav.getByRole('link', { name: 'Fees and payments' }).count(), 0)
  await page.goto('/admin/fees')
  await person.isSeen('This takes one of the roles: Finance.')
  await person.inspect('office-denied')
  await page.goto('/admin/actions')
  await page
    .getByRole('row', { name: /Adjust a balance/ })
    .getByText('Not with your roles')
    .waitFor()
  await logOut(person)
}

async function verifiesSomebody(person: Person): Promise<void> {
  const { page } = person
  await logIn(person, 'alice@example.com')
  await person.inspect('office-overview')
  await takesTheCase(person, 'alice@example.com')
  await person.isSeen('Ångström')
  const picture = page.getByRole('group', { name: 'Picture' })
  await picture.getByText('100%').waitFor()
  await picture.getByRole('button', { name: 'Zoom in' }).click()
  await picture.getByText('125%').waitFor()
  await picture.getByRole('button', { name: 'Turn' }).click()
  await person.inspect('office-case')
  await approvesTheCase(page)
  await person.isSeen('This case does not wait any more.')
}

async function agreesToAWithdrawal(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/admin/withdrawals')
  await person.isSeen('2 approvals missing')
  await person.inspect('office-withdrawals')
  await agreesToTheWithdrawal(page, 'Done')
  await person.isSeen('1 approval missing')
  await person.isSeen('You have agreed.')
}

async function haltsASymbol(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/admin/markets')
  const row = page.getByRole('row', { name: /BTCUSDT/ })
  await row.getByRole('button', { name: 'Halt' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('This is needed.').waitFor()
  await dialog.getByLabel('Reason').fill('<b>an</b> odd price')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('→').waitFor()
  await person.inspect('office-review')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByText('BTCUSDT: halt').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await row.getByText('Halted').waitFor()
}

async function proposesMoney(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/admin/people')
  await page.getByLabel('Number or e-mail address').fill('zoe@example.com')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByRole('heading', { name: /^Person \d+/ }).waitFor()
  await page.getByRole('button', { name: 'Adjust a balance' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Asset').fill('USDT')
  await dialog.getByLabel('Direction').selectOption('GIVE')
  await dialog.getByLabel('Amount').fill('12.123456789')
  await dialog.getByLabel('Reason').fill('a lost deposit')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('Write a number, with eight decimals at most.').waitFor()
  await dialog.getByLabel('Amount').fill('12.5')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByText('Available').waitFor()
  await dialog.getByRole('button', { name: 'Propose' }).click()
  await dialog.getByText('Proposed: another operator must agree').waitFor()
  await dialog.getByRole('link', { name: 'See the proposal' }).click()
  await person.isSeen('You proposed this: another operator must agree. You can take it back.')
  assert.equal(await page.getByRole('button', { name: 'Agree' }).count(), 0)
  await person.inspect('office-proposal')
  await logOut(person)
}

async function agreesAsASecond(person: Person): Promise<void> {
  const { page } = person
  await logIn(person, 'bob@example.com')
  await page.getByRole('link', { name: /^For me to agree to 1/ }).click()
  await person.inspect('office-approvals')
  await page.getByRole('link', { name: 'Adjust a balance' }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await confirmIdentity(person, 'bob@example.com')
  await person.isSeen(/owner \d+: 12.5\d* USDT/)
  await page.goto('/admin/withdrawals')
  await agreesToTheWithdrawal(page, 'the withdrawal is approved')
  await person.isSeen('No withdrawal waits.')
}

async function findsItInTheLog(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/admin/log')
  const entries = page.getByRole('table', { name: 'Log' })
  await entries.getByText('<b>an</b> odd price').first().waitFor()
  await page.getByLabel('Action').fill('operator:approve-withdrawal')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.waitForURL('**/admin/log?action=operator%3Aapprove-withdrawal')
  await entries.getByText('<b>an</b> odd price').first().waitFor({ state: 'detached' })
  assert.ok((await entries.getByText('Agree to a withdrawal').count()) >= 2)
  await page.getByRole('button', { name: 'Check the chain' }).click()
  await person.isSeen(/The log is whole: \d+ entries\./)
  await person.inspect('office-log')
  // On a phone each entry is a card, with everything that its row says.
  await page.setViewportSize(NARROW)
  const card = page.getByRole('list', { name: 'Log' }).getByRole('listitem').first()
  await card.getByRole('term').filter({ hasText: 'Result' }).waitFor()
  await card.getByText('Agree to a withdrawal').waitFor()
  await page.setViewportSize(WIDE)
}

async function isWellEverywhere(person: Person): Promise<void> {
  for (const place of PLACES) {
    await person.page.goto(`/admin/${place}`)
    await person.page.locator('h1').waitFor()
    await person.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    await person.inspect(`office-${place.replace('/', '-')}`)
  }
}
const PLACES = ['screening', 'deposits', 'refills', 'fiat', 'reconciliation', 'networks', 'operators', 'people/1']

await walk(
  ...[turnsStrangersAway, deniesSupportMoney, verifiesSomebody, agreesToAWithdrawal, haltsASymbol, proposesMoney],
  ...[agreesAsASecond, findsItInTheLog, isWellEverywhere],
)
