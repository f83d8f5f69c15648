// What operators do again and again in the back office. Asks for an app's code with `code EMAIL`.
import type { Locator, Page } from 'playwright-core'
import type { Person } from './person.ts'
import { ask } from './walk.ts'

const PASSWORD = 'seven quiet herons over water'

/** Log in with a password and an app, into the back office. */
export async function logIn({ page }: Person, email: string): Promise<void> {
  await page.goto('/account/login?next=/admin')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByLabel('Code', { exact: false }).waitFor()
  // Six digits are sent as soon as they are there.
  await page.getByLabel('Code', { exact: false }).fill(await ask('code', email))
  await page.waitForURL('**/admin')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

export async function logOut({ page }: Person): Promise<void> {
  await page.evaluate(async () => {
    const { csrfToken } = (await (await fetch('/account/v1/session')).json()) as { csrfToken: string }
    await fetch('/account/v1/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } })
  })
}

/** Confirm who one is with an app's code, where that is asked for. */
export async function confirmIdentity({ page }: Person, email: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.waitFor()
  await dialog
    .getByRole('textbox')
    .first()
    .fill(await ask('code', email))
  await dialog.waitFor({ state: 'hidden' })
}

/** Take the only case of verification that waits, from the overview, and look at it. */
export async function takesTheCase(person: Person, email: string): Promise<void> {
  const { page } = person
  await page.getByRole('link', { name: /Cases of verification 1/ }).click()
  await page.getByRole('link', { name: /^Case \d+/ }).click()
  await page.getByRole('button', { name: 'Take the case' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await confirmIdentity(person, email)
  await isDone(page, 'Done')
  await page.getByLabel('Why do you look?').fill('the queue of today')
  await page.getByRole('button', { name: 'Look' }).click()
}

export async function approvesTheCase(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await isDone(page, /case \d+ is approved/)
}

/** Agree to the only withdrawal that waits. */
export async function agreesToTheWithdrawal(page: Page, answer: string): Promise<void> {
  await page.getByRole('button', { name: 'Agree' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
  await isDone(page, answer)
}

/** See that an action is done, and close its dialog. */
export async function isDone(page: Page, answer: string | RegExp): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByText(answer, { exact: typeof answer === 'string' && answer === 'Done' }).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
}

/** Begin an action by its button at a place, and fill in what it asks for. */
export async function proposes(place: Locator, button: string, given: Record<string, string>): Promise<void> {
  await place.getByRole('button', { name: button, exact: true }).first().click()
  const dialog = place.page().getByRole('dialog')
  for (const [label, value] of Object.entries(given)) await dialog.getByLabel(label, { exact: true }).fill(value)
}

/** Read over what was filled in and send it, pressing twice. */
export async function sends(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Review' }).click()
  await dialog.getByRole('button', { name: /^(Propose|Confirm)$/ }).dblclick()
}

/** Be told that something is proposed, and close the dialog. */
export async function closes(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('link', { name: 'See the proposal' }).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** Agree to a proposal as a second; `email` is told where who one is must be confirmed for it. */
export async function agrees(person: Person, action: string, email = ''): Promise<void> {
  const { page } = person
  await page.goto('/admin/approvals')
  await page
    .getByRole('link', { name: new RegExp(`^${action}`) })
    .first()
    .click()
  await page.getByRole('button', { name: 'Agree' }).click()
  if (email) await confirmIdentity(person, email)
  await page.getByRole('button', { name: 'Agree' }).waitFor({ state: 'detached' })
}
