// A person looks after their account: factors, keys, sub-accounts, preferences, sessions. Asks for an app's code with `code
// SECRET`, for money with `credit ADDRESS`, and for the end of every session with `end ADDRESS`.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Locator } from 'playwright-core'
import { NARROW, WIDE, type Person } from './person.ts'
import { ask, walk } from './walk.ts'

const EMAIL = 'ada@example.com'
const PASSWORD = 'seven Quiet lanterns'
/** What a label may not become. */
const LABEL = '<img src=x onerror=alert(1)> bot'
let recoveryCodes: string[] = []
/** Have the passkey's holder at hand, or not: then it answers no suggestion by itself. */
let touches: (isThere: boolean) => Promise<unknown> = () => Promise.resolve()

const dialog = (person: Person, name: string): Locator => person.page.getByRole('dialog', { name })

async function signsUp(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/security')
  await page.getByRole('main').getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const hint = await page.getByText(/The code is \d{6}/).textContent()
  await page.getByLabel('Code from the mail').fill(/\d{6}/.exec(hint ?? '')?.[0] ?? '')
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.waitForURL('**/account/security')
  await person.isSeen('Your account needs a second factor')
  await person.inspect('account-security')
}

async function setsUpAnApp(person: Person): Promise<void> {
  const { page } = person
  await page.getByRole('button', { name: 'Set up the app' }).click()
  const proof = dialog(person, 'Confirm that it is you')
  await proof.getByLabel('Password').fill('wrong password')
  await proof.getByRole('button', { name: 'Confirm' }).click()
  await proof.getByText('The password is wrong.').waitFor()
  await person.inspect('step-up')
  await proof.getByLabel('Password').fill(PASSWORD)
  await proof.getByRole('button', { name: 'Confirm' }).click()
  const setup = dialog(person, 'Set up the app')
  const secret = (await setup.locator('code').textContent())?.replaceAll(' ', '') ?? ''
  await person.inspect('authenticator')
  await setup.getByLabel('Code from your authenticator app').fill(await ask('code', secret))
  await setup.getByRole('button', { name: 'Turn on' }).click()
  const codes = dialog(person, 'Your recovery codes')
  await codes.waitFor()
  recoveryCodes = await codes.locator('li code').allTextContents()
  assert.ok(recoveryCodes.length >= 8)
  assert.ok(await codes.getByRole('button', { name: 'Done' }).isDisabled())
  await codes.getByLabel('I have kept these codes in a safe place.').check()
  await codes.getByRole('button', { name: 'Done' }).click()
  await person.isSeen(/Withdrawals are locked until/)
}

async function addsAPasskey(person: Person): Promise<void> {
  const { page } = person
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  touches = (enabled) => devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const adding = dialog(person, 'Add a passkey')
  await adding.getByLabel('Name').fill(LABEL)
  await adding.getByRole('button', { name: 'Add' }).click()
  await person.isSeen('The passkey is added.')
  await page.getByRole('listitem').filter({ hasText: LABEL }).waitFor()
}

async function logsInByPasskey(person: Person): Promise<void> {
  const { page } = person
  const other = await page.context().newPage()
  await other.goto('/account/devices')
  await other.getByText('This session').waitFor()
  await page.evaluate(async () => {
    const { csrfToken } = (await (await fetch('/account/v1/session')).json()) as { csrfToken: string }
    await fetch('/account/v1/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } })
  })
  // The browser suggests passkeys: nobody touches it before the page was looked at.
  await touches(false)
  await page.goto('/account/login?next=//evil.example/')
  await person.inspect('login')
  await page.goto('/account/login?next=%2Faccount%2Fdevices')
  await touches(true)
  // A browser that suggests passkeys may have been quicker.
  await page
    .getByRole('button', { name: 'Use a passkey' })
    .click({ timeout: 5_000 })
    .catch(() => undefined)
  await page.waitForURL('**/account/devices')
  await person.isSeen('This session')
  await person.inspect('devices')
  await other.close()
}

async function makesAKey(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/keys')
  await person.inspect('keys-none')
  await page.getByRole('button', { name: 'Create API key' }).click()
  const making = dialog(person, 'Create API key')
  await making.getByLabel('Withdraw').check()
  await making.getByRole('button', { name: 'Create API key' }).click()
  await making.getByText('Give it a label.').waitFor()
  await making.getByText('A key that may withdraw needs IP addresses.').waitFor()
  await person.inspect('keys-wrong')
  await making.getByLabel('Label').fill(LABEL)
  await making.getByLabel('IP addresses').fill('192.0.2.7')
  await making.getByRole('button', { name: 'Create API key' }).click()
  await dialog(person, 'Confirm that it is you').getByRole('button', { name: 'Use a passkey' }).click()
  const made = page.getByRole('dialog').filter({ hasText: 'is created' })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    made.getByRole('button', { name: 'Download private key' }).click(),
  ])
  assert.match(readFileSync(await download.path(), 'utf8'), /^-----BEGIN PRIVATE KEY-----/)
  await made.getByLabel('I have kept this in a safe place.').check()
  await made.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: LABEL }).waitFor()
  await person.inspect('keys')
  await page.getByRole('button', { name: /^Edit/ }).click()
  const changing = page.getByRole('dialog')
  await changing.getByLabel('Label').fill('weekly statement')
  await changing.getByLabel('Withdraw').uncheck()
  await changing.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'weekly statement' }).waitFor()
  await page.getByRole('button', { name: /^Delete/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await person.isSeen('You have no API keys.')
}

async function hasASubAccount(person: Person): Promise<void> {
  const { page } = person
  await ask('credit', EMAIL)
  await page.goto('/account/sub-accounts')
  await page.getByRole('button', { name: 'Create sub-account' }).click()
  const making = dialog(person, 'Create sub-account')
  await making.getByLabel('Name').fill('desk1')
  await making.getByRole('button', { name: 'Create sub-account' }).click()
  await page.waitForURL('**/account/sub-accounts/*')
  await page.getByRole('button', { name: 'Move in' }).click()
  const moving = dialog(person, 'Move in')
  await moving.getByLabel('Amount').fill('1000.5')
  await moving.getByText('There is not that much.').waitFor()
  await moving.getByLabel('Amount').fill('400')
  await moving.getByText('1,000 → 600 USDT').waitFor()
  await moving.getByText('0 → 400 USDT').waitFor()
  await moving.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('region', { name: 'Balances' }).getByRole('cell', { name: '400', exact: true }).first().waitFor()
  await person.inspect('sub-account')
  await page.getByRole('button', { name: 'Freeze sub-account' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await person.isSeen('The sub-account is frozen.')
}

async function seesWhatWasDone(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/activity')
  await page.getByRole('tab', { name: 'All activity' }).click()
  await page.getByLabel('Type').selectOption('key-created')
  await page.getByRole('row', { name: /API key created.*Done/ }).waitFor()
  // A table that is wider than a phone scrolls, and what a row is about stays in sight.
  await page.setViewportSize(NARROW)
  const table = page.locator('.scroll')
  const edge = () =>
    table
      .locator('td')
      .first()
      .evaluate((cell) => cell.getBoundingClientRect().left)
  await page.locator('.scroll.more').waitFor()
  const before = await edge()
  await table.evaluate((place) => (place.scrollLeft = place.scrollWidth))
  await page.locator('.scroll.passed:not(.more)').waitFor()
  assert.equal(await edge(), before)
  await page.setViewportSize(WIDE)
  await page.getByLabel('Status').selectOption('refused')
  await person.isSeen('Nothing fits these filters.')
  await person.inspect('activity')
}

async function choosesOnceForEverywhere(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/preferences')
  await person.inspect('preferences')
  const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok())
  await page.getByRole('main').getByLabel('Colours of prices').selectOption('Blue and orange')
  await kept
  await page.getByRole('switch', { name: 'Every log-in' }).check()
  await person.isSeen('Saved.')
  await page.evaluate(() => localStorage.clear())
  await page.goto('/account')
  await page.waitForFunction(() => document.documentElement.dataset.palette === 'colour-blind')
  await person.isSeen('Latest log-ins')
  await person.inspect('account')
}

async function goesOnWhereASessionEnded(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/keys')
  await page.getByRole('button', { name: 'Create API key' }).click()
  const making = dialog(person, 'Create API key')
  await making.getByLabel('Label').fill('survivor')
  await touches(false)
  await ask('end', EMAIL)
  await making.getByRole('button', { name: 'Create API key' }).click()
  await dialog(person, 'Confirm that it is you').waitFor()
  const over = dialog(person, 'Your session has ended')
  await over.getByLabel('Password').fill(PASSWORD)
  await person.inspect('session-over')
  await over.getByRole('button', { name: 'Log in' }).click()
  await over.getByText('One more step').waitFor()
  await touches(true)
  await over.getByRole('button', { name: 'Use a passkey' }).click()
  await over.waitFor({ state: 'detached' })
  await dialog(person, 'Confirm that it is you').getByRole('button', { name: 'Use a passkey' }).click()
  const made = dialog(person, 'survivor is created')
  await made.getByLabel('I have kept this in a safe place.').check()
  await made.getByRole('button', { name: 'Done' }).click()
}

async function freezesAndThaws(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/security')
  await page.getByRole('button', { name: 'Freeze account' }).click()
  const freezing = dialog(person, 'Freeze account')
  assert.ok(await freezing.getByRole('button', { name: 'Freeze now' }).isDisabled())
  await freezing.getByLabel('I understand what happens.').check()
  await freezing.getByRole('button', { name: 'Freeze now' }).click()
  await dialog(person, 'Confirm that it is you')
    .getByRole('button', { name: 'Use a passkey' })
    .click({ timeout: 4_000 })
    .catch(() => undefined)
  await page.waitForURL('**/account/password')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const hint = await page.getByText(/The code is \d{6}/).textContent()
  await page.getByLabel('Code from the mail').fill(/\d{6}/.exec(hint ?? '')?.[0] ?? '')
  await page.getByLabel('New password').fill(`${PASSWORD} again`)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await person.isSeen(/You froze this account/)
  await person.inspect('reset')
  await page.getByLabel('Second factor').selectOption('Recovery code')
  await page.getByLabel('Code', { exact: true }).fill(recoveryCodes[0] ?? '')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.waitForURL('**/account/login')
}

await walk(
  signsUp,
  setsUpAnApp,
  addsAPasskey,
  logsInByPasskey,
  makesAKey,
  hasASubAccount,
  seesWhatWasDone,
  choosesOnceForEverywhere,
  goesOnWhereASessionEnded,
  freezesAndThaws,
)
