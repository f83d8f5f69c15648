// A stranger signs up, trades and leaves: `node first-slice.ts URL CHROMIUM [PICTURES]`. Asks for money with `credit
// ADDRESS` and for an app's code with `code SECRET`.
import assert from 'node:assert/strict'
import type { Person } from './person.ts'
import { ask, walk } from './walk.ts'

const EMAIL = 'alice@example.com'
const PASSWORD = 'seven Quiet lanterns'

async function looksAtMarkets(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/markets')
  const market = page.getByRole('row', { name: /BTC\/USDT/ })
  await market.waitFor()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the content')
  await person.inspect('markets')
  await page.getByLabel('Search', { exact: true }).fill('nothing')
  await person.isSeen('No market has this name.')
  await page.getByLabel('Search', { exact: true }).fill('btc')
  await page.getByRole('button', { name: 'Favourite BTCUSDT' }).click()
  await page.reload()
  await page.getByRole('tab', { name: 'Favourites' }).click()
  await market.getByRole('link').click()
  await page.waitForURL('**/trade/BTCUSDT')
  await person.isSeen('Log in to trade')
  assert.equal((await page.goto('/nothing-here'))?.status(), 200)
  await person.isSeen('There is no such page')
  await person.inspect('missing')
}

async function signsUp(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/sign-up')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await person.inspect('sign-up')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const hint = await page.getByText(/The code is \d{6}/).textContent()
  await page.getByLabel('Code from the mail').fill(/\d{6}/.exec(hint ?? '')?.[0] ?? '')
  await page.getByLabel('New password').fill('password')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('alert').filter({ hasText: 'This password is too easy to guess' }).waitFor()
  await page.getByLabel('New password').fill(PASSWORD)
  await person.inspect('sign-up-code')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.waitForURL('**/trade/BTCUSDT')
  await person.isSeen(EMAIL)
}

async function trades(person: Person): Promise<void> {
  const { page } = person
  const orders = page.getByRole('region', { name: 'Orders and balances' })
  await orders.getByRole('tab', { name: 'Balances' }).click()
  await person.isSeen('There is nothing in this account yet.')
  assert.equal(await ask('credit', EMAIL), 'done')
  await orders.getByRole('cell', { name: '1,000' }).first().waitFor()

  const form = page.getByRole('form', { name: 'New order' })
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Confirm' })
  await form.getByLabel('Price', { exact: true }).fill('50')
  await form.getByLabel('Quantity', { exact: true }).fill('0.0001')
  await person.isSeen(/The order must be worth at least|At least/)
  assert.ok(await form.getByRole('button', { name: 'Buy BTC' }).isDisabled())
  await form.getByLabel('Quantity', { exact: true }).fill('1')
  await form.getByRole('button', { name: 'Buy BTC' }).click()
  await confirm.click()
  await orders.getByRole('tab', { name: 'Open orders (1)' }).click()
  await person.inspect('trade')
  await orders.getByRole('button', { name: 'Cancel', exact: true }).click()
  await person.isSeen('No open orders.')

  await form.getByRole('tab', { name: 'Market' }).press('Home')
  await form.getByRole('tab', { name: 'Limit', exact: true }).press('ArrowRight')
  await form.getByLabel('Total').fill('200')
  await form.getByRole('button', { name: 'Buy BTC' }).click()
  await confirm.click()
  await person.isSeen(/^Bought .* BTC at .* USDT on average/)
  await orders.getByRole('tab', { name: 'Order history' }).click()
  await orders.getByRole('row', { name: /Buy.*Market.*Filled/ }).waitFor()
  await page.getByRole('region', { name: 'Trades' }).getByText('101.00').first().waitFor()
}

async function speaksArabic(person: Person): Promise<void> {
  const { page } = person
  await page.getByRole('button', { name: 'Preferences' }).click()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('ar')
  await page.waitForFunction(() => document.documentElement.dir === 'rtl')
  await page.keyboard.press('Escape')
  await person.inspect('trade-ar')
  await page.getByRole('button', { name: 'التفضيلات' }).click()
  await page.getByRole('dialog').getByRole('combobox').first().selectOption('de')
  await person.inspect('preferences-de')
  await page.getByRole('dialog').getByRole('combobox').first().selectOption('en')
  await page.getByRole('button', { name: 'Done' }).click()
}

async function comesBack(person: Person): Promise<void> {
  const { page } = person
  await page.reload()
  await person.isSeen(EMAIL)
  await person.leaves()
  await page.getByRole('banner').getByRole('link', { name: 'Log in', exact: true }).click()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Log in' }).click()
  await person.isSeen('The e-mail address or the password is wrong.')
  await person.inspect('login')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL('**/trade/BTCUSDT')
  await person.isSeen(EMAIL)
}

/** Call the exchange as the page does, where the page has no form for it yet. */
async function call(person: Person, path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  return person.page.evaluate(
    async ([to, sent]) => {
      const { csrfToken } = (await (await fetch('/account/v1/session')).json()) as { csrfToken: string }
      const body = new URLSearchParams(sent)
      const answer = await fetch(to, { method: 'POST', body, headers: { 'x-csrf-token': csrfToken } })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as Record<string, unknown>
    },
    [path, form] as const,
  )
}

async function provesASecondFactor(person: Person): Promise<void> {
  const { page } = person
  await call(person, '/account/v1/step-up', { password: PASSWORD })
  const { secret } = await call(person, '/account/v1/factors/totp', {})
  const code = await ask('code', String(secret))
  const { recoveryCodes } = await call(person, '/account/v1/factors/totp/confirm', { code })
  await page.reload()
  await person.leaves()
  await page.getByRole('banner').getByRole('link', { name: 'Log in', exact: true }).click()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code', { exact: true }).fill('AAAA-AAAA')
  await page.getByRole('button', { name: 'Log in' }).click()
  await person.isSeen('The code was not accepted.')
  await person.inspect('second-factor')
  await page.getByLabel('Recovery code', { exact: true }).fill(String((recoveryCodes as string[])[0]))
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL('**/trade/BTCUSDT')
  await person.isSeen(EMAIL)
}

await walk(looksAtMarkets, signsUp, trades, speaksArabic, comesBack, provesASecondFactor)
