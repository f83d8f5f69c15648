// Someone who writes a program reads the reference and tries calls: `node reference.ts URL CHROMIUM PICTURES`. Asks for an API
// key with `key`, and is answered its name and secret with a space between.
import assert from 'node:assert/strict'
import type { Person } from './person.ts'
import { ask, walk } from './walk.ts'

const EMAIL = 'coder@example.com'
const PASSWORD = 'seven Quiet lanterns'

async function reads(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/api-docs')
  await page.getByRole('heading', { name: 'API reference' }).waitFor()
  await page.getByText('REQUEST_WEIGHT').first().waitFor()
  await person.inspect('reference')
  await page.getByRole('link', { name: /Market data/ }).click()
  await page.waitForURL('**/api-docs/market')
  await person.inspect('reference-chapter')
  await page.keyboard.press('/')
  await page.keyboard.type('order book')
  await page.getByRole('option', { name: /\/api\/v3\/depth/ }).waitFor()
  await person.inspect('reference-search')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/api-docs/market/get-api-v3-depth')
  await page.getByRole('heading', { name: 'Show the order book of a symbol.' }).waitFor()
  await person.inspect('reference-call')
  assert.equal(await page.title(), 'GET /api/v3/depth · API reference · Rialto')
}

async function triesAPublicCall(person: Person): Promise<void> {
  const { page } = person
  await page.getByLabel('symbol', { exact: true }).fill('NOSUCH')
  await page.getByRole('button', { name: 'Send' }).click()
  await person.isSeen('HTTP 400')
  await page.getByText('"Invalid symbol."').waitFor()
  await page.getByLabel('symbol', { exact: true }).fill('BTCUSDT')
  await page.getByText(/depth\?symbol=BTCUSDT'/).waitFor()
  await page.getByRole('button', { name: 'Send' }).click()
  await person.isSeen('HTTP 200')
  await page.getByText('"lastUpdateId"').nth(1).waitFor()
  await person.isSeen(/Weight used this minute: \d+/)
  await person.inspect('reference-answer')
}

async function listens(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/api-docs/streams')
  await page.getByRole('button', { name: 'Listen to btcusdt@depth10', exact: true }).click()
  const log = page.getByRole('log')
  await log.getByText('SUBSCRIBE').waitFor()
  await log.getByText('"result":null').waitFor()
  await log.getByText('"btcusdt@depth10"').nth(1).waitFor()
  await person.inspect('reference-streams')
  await page.getByRole('button', { name: 'Unsubscribe from btcusdt@depth10' }).click()
  await log.getByText('UNSUBSCRIBE').waitFor()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await person.isSeen('Not connected')
  await page.goto('/api-docs/websocket-api/ws-ticker-price')
  await page.getByLabel('symbol', { exact: true }).fill('BTCUSDT')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('log').getByText('"status":200').waitFor()
  await person.inspect('reference-socket')
}

async function triesWithAKey(person: Person): Promise<void> {
  const { page } = person
  const [name = '', secret = ''] = (await ask('key')).split(' ')
  await page.goto('/api-docs/trading/post-api-v3-order')
  await page.getByRole('tab', { name: 'API key' }).click()
  const key = page.getByLabel('API key', { exact: true }).and(page.getByRole('textbox'))
  await key.fill(name)
  await page.getByLabel('Secret, or private key in PEM').fill('-----BEGIN NOTHING-----')
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByRole('alert').filter({ hasText: 'cannot be read' }).waitFor()
  await page.getByLabel('Secret, or private key in PEM').fill(secret)
  await person.inspect('reference-key')
  await page.getByRole('button', { name: 'Use this key' }).click()
  await person.isSeen(/HMAC key .* signs until you leave/)
  await page.getByLabel('symbol', { exact: true }).fill('BTCUSDT')
  await page.getByLabel('side', { exact: true }).selectOption('BUY')
  await page.getByLabel('type', { exact: true }).selectOption('LIMIT')
  await page.getByText(/optional parameters, 0 filled in/).click()
  await page.getByLabel('timeInForce').selectOption('GTC')
  await page.getByLabel('quantity', { exact: true }).fill('1')
  await page.getByLabel('price', { exact: true }).fill('50')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('dialog', { name: 'Send this call?' }).waitFor()
  await person.inspect('reference-sure')
  await page.getByRole('button', { name: 'Send it' }).click()
  await person.isSeen('HTTP 200')
  await page.getByText('"status": "NEW"').last().waitFor()
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  )
  assert.ok(!stored.includes(secret))
}

async function triesWithASession(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/account/sign-up')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const hint = await page.getByText(/The code is \d{6}/).textContent()
  await page.getByLabel('Code from the mail').fill(/\d{6}/.exec(hint ?? '')?.[0] ?? '')
  await page.getByLabel('New password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.waitForURL('**/trade/BTCUSDT')
  await page.goto('/api-docs/account/get-api-v3-account')
  await person.isSeen(`As ${EMAIL}`)
  await page.getByRole('button', { name: 'Send' }).click()
  await person.isSeen('HTTP 200')
}

async function looksAround(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/api-docs/errors')
  await page.getByLabel('Search by code or text').fill('-1121')
  await person.isSeen('1 error code')
  await person.inspect('reference-errors')
  await page.goto('/api-docs/binary')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'spot-fix-oe.xml' }).click(),
  ])
  assert.equal(file.suggestedFilename(), 'spot-fix-oe.xml')
  await person.inspect('reference-binary')
  await page.goto('/api-docs/no-such-chapter')
  await person.isSeen('There is no such page')
}

await walk(reads, triesAPublicCall, listens, triesWithAKey, triesWithASession, looksAround)
