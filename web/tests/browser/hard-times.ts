// What the page does when things go wrong around it: the network, the exchange, the session, the browser. Asks for
// `restart`, for `begin`, a start that is not over until a restart, for `endSessions`, and for `offer PRICE`, an order of somebody else.
import assert from 'node:assert/strict'
import { enter } from './calls.ts'
import { Keyboard } from './keyboard.ts'
import type { Person } from './person.ts'
import { ask, others, walk } from './walk.ts'

const [EMAIL = '', PASSWORD = ''] = others
const STALE = /The connection is lost|no network|offline/i

/** Somebody else offers something, and it is seen in the book: what is shown is true again. */
async function seesAnOffer(person: Person, price: string): Promise<void> {
  assert.equal(await ask('offer', price), 'done')
  await person.page.getByRole('region', { name: 'Order book' }).getByText(price).first().waitFor()
}

async function isStale(person: Person): Promise<void> {
  await person.page.getByRole('status').filter({ hasText: STALE }).first().waitFor()
}

async function isFresh(person: Person): Promise<void> {
  await person.page.getByRole('status').filter({ hasText: STALE }).first().waitFor({ state: 'detached' })
}

/** Take back what the browser itself says of an exchange that is away. */
function forgive(person: Person): void {
  const kept = person.complaints.filter((each) => !each.startsWith('WebSocket connection to'))
  person.complaints.splice(0, Infinity, ...kept)
}

async function losesTheNetwork(person: Person): Promise<void> {
  const { page } = person
  await enter(person, EMAIL, PASSWORD, '/trade/BTCUSDT')
  await seesAnOffer(person, '150.00')
  await page.context().setOffline(true)
  await isStale(person)
  assert.equal(await ask('offer', '149.00'), 'done')
  await page.context().setOffline(false)
  await isFresh(person)
  // What happened meanwhile is there without anything being done.
  await page.getByRole('region', { name: 'Order book' }).getByText('149.00').first().waitFor()
  forgive(person)
}

async function outlivesARestart(person: Person): Promise<void> {
  const { page } = person
  await page.evaluate(() => (document.body.dataset.same = 'yes'))
  assert.equal(await ask('restart'), 'done')
  await seesAnOffer(person, '148.00')
  await isFresh(person)
  // Nothing was loaded anew, nobody was logged out, and nothing is told twice.
  assert.equal(await page.evaluate(() => document.body.dataset.same), 'yes')
  await person.isSeen(EMAIL)
  const toasts = await page.locator('.toast').allTextContents()
  assert.equal(new Set(toasts).size, toasts.length, toasts.join('; '))
  forgive(person)
}

/** Nobody who comes while the journal is replayed is shown an error, or has to come again. */
async function comesEarly(person: Person): Promise<void> {
  assert.equal(await ask('begin'), 'done')
  const trading = await unusually(person, '/trade/BTCUSDT', () => undefined)
  const reading = await unusually(person, '/markets', () => undefined)
  for (const page of [trading, reading])
    await page.getByRole('status').filter({ hasText: 'The exchange does not answer' }).waitFor()
  assert.equal(await ask('restart'), 'done')
  await trading.getByRole('region', { name: 'Order book' }).getByText('148.00').first().waitFor()
  await reading.getByRole('link', { name: /BTC/ }).first().waitFor()
  for (const page of [trading, reading]) await page.context().close()
  forgive(person)
}

/** A proxy says that nobody is behind it: the page that was here before shows itself. */
async function isBehindAProxy(person: Person): Promise<void> {
  const { page } = person
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.goto('/markets')
  await page.getByRole('link', { name: /BTC/ }).first().waitFor()
  const status = await page.context().newPage()
  await status.goto('/status')
  await status.getByText('Everything works').waitFor()
  assert.equal(await ask('badGateway'), 'done')
  await page.goto('/markets')
  await page.getByRole('status').filter({ hasText: 'The exchange does not answer' }).waitFor()
  await status.getByRole('alert').filter({ hasText: 'The exchange does not answer' }).waitFor()
  assert.equal(await status.getByText('Everything works').count(), 0)
  assert.equal(await ask('restart'), 'done')
  await page.getByRole('link', { name: /BTC/ }).first().waitFor()
  await status.getByText('Everything works').waitFor()
  await status.close()
  forgive(person)
}

async function meetsAnIllExchange(person: Person): Promise<void> {
  const { page } = person
  const busy = { status: 503, contentType: 'application/json', body: '{"code":-1008,"msg":"Busy."}' }
  await page.route('**/account/v1/privacy/**', (route) => route.fulfill(busy))
  await page.goto('/account/privacy')
  await page.getByRole('alert').filter({ hasText: 'The exchange is busy' }).first().waitFor()
  await page.unroute('**/account/v1/privacy/**')
  // What is no JSON at all, as proxies answer it.
  await page.route('**/account/v1/verification', (route) =>
    route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }),
  )
  await page.goto('/account/verification')
  await page.getByRole('alert').first().waitFor()
  await page.unroute('**/account/v1/verification')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('form', { name: 'About you' }).waitFor()
}

async function isLoggedOutInAForm(person: Person): Promise<void> {
  const { page } = person
  const form = page.getByRole('form', { name: 'About you' })
  await form.getByLabel('First names').fill('Zoë')
  await form.getByLabel('Last name').fill('Ångström')
  await form.getByLabel('Date of birth').fill('1990-02-28')
  await form.getByLabel('Country you live in').fill('Sweden')
  await page.getByRole('option', { name: 'Sweden' }).click()
  await form.getByLabel('Address').fill('Storgatan 1')
  await form.getByLabel('Identity document').selectOption('Passport')
  await form.getByLabel('Number of the document').fill('X1234567')
  await form.getByRole('button', { name: 'Continue' }).click()
  assert.equal(await ask('endSessions'), 'done')
  const pdf = { name: 'passport.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') }
  await page.getByRole('region', { name: 'Identity document' }).getByLabel('Choose files').setInputFiles(pdf)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click()
  // The document that was on its way goes on, and what was stated is there still.
  await person.isSeen('Received')
  await page.getByRole('button', { name: 'Continue' }).click()
  await person.isSeen('Ångström')
}

async function logsOutInAnotherTab(person: Person): Promise<void> {
  const { page } = person
  const other = await page.context().newPage()
  await other.goto('/account/privacy')
  await other.getByRole('region', { name: 'Consents' }).waitFor()
  await other.evaluate(async () => {
    const { csrfToken } = (await (await fetch('/account/v1/session')).json()) as { csrfToken: string }
    await fetch('/account/v1/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } })
  })
  // Whoever goes on in the tab that knows nothing of it is told, and sees nothing of the account any more.
  await page.goto('/account/privacy')
  await person.isSeen('Log in to see your consents, get a copy of your data or close your account.')
  await other.close()
}

/** Open a page in a browser that is otherwise than usual. */
async function unusually(person: Person, path: string, unusual: () => void): Promise<Person['page']> {
  const browser = person.page.context().browser()
  assert.ok(browser)
  const context = await browser.newContext({ baseURL: new URL(person.page.url()).origin, locale: 'en' })
  const page = await context.newPage()
  page.on('pageerror', (error) => person.complaints.push(`error: ${error.message}`))
  await page.addInitScript(unusual)
  await page.goto(path)
  return page
}

async function hasNoStorage(person: Person): Promise<void> {
  const page = await unusually(person, '/trade/BTCUSDT', () => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(globalThis, name, {
        get: () => {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    }
  })
  await page.getByRole('region', { name: 'Order book' }).getByText('148.00').first().waitFor()
  await page.context().close()
}

/** The exchange hears of what the page listens to only after somebody else's order. */
async function listensLate(person: Person): Promise<void> {
  const page = await unusually(person, '/', () => undefined)
  let letThrough: () => void = () => undefined
  const held = new Promise<void>((resolve) => (letThrough = resolve))
  await page.routeWebSocket('**/stream', (wire) => {
    const exchange = wire.connectToServer()
    wire.onMessage((message) => void held.then(() => exchange.send(message)))
  })
  await page.goto('/trade/BTCUSDT')
  const book = page.getByRole('region', { name: 'Order book' })
  await book.getByText('148.00').first().waitFor()
  assert.equal(await ask('offer', '147.00'), 'done')
  // By now it has been told to all who listened.
  await page.waitForTimeout(500)
  letThrough()
  await book.getByText('147.00').first().waitFor()
  await page.context().close()
}

/** The menus' file is not to be had, and then comes late. */
async function waitsForAMenu(person: Person): Promise<void> {
  const page = await unusually(person, '/', () => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'))
  const keys = new Keyboard({ page, complaints: person.complaints })
  const button = page.getByRole('button', { name: 'Language' })
  const items = page.getByRole('menuitem')
  await page.route('**/MenuPopup-*', (route) => route.abort())
  await button.press('Enter')
  await page.getByRole('status').filter({ hasText: 'The exchange cannot be reached.' }).waitFor()
  await keys.isAt(button)
  assert.equal(await button.getAttribute('aria-expanded'), 'false')
  await page.unroute('**/MenuPopup-*')
  await button.press('ArrowDown')
  await keys.isAt(items.first())
  const { display } = await items.first().evaluate((item) => ({ display: getComputedStyle(item).display }))
  assert.equal(display, 'flex', 'the menu has its looks')
  await keys.press('Escape')
  await keys.isAt(button)

  let letThrough: () => void = () => undefined
  const held = new Promise<void>((resolve) => (letThrough = resolve))
  await page.route('**/MenuPopup-*.js', (route) => held.then(() => route.continue()))
  await page.reload()
  await button.press('Enter')
  await page.locator('[aria-haspopup=menu][aria-busy=true]').waitFor()
  await keys.press('Tab')
  const next = page.getByRole('button', { name: 'Switch between light and dark' })
  await keys.isAt(next)
  const come = page.waitForResponse(/MenuPopup-.*\.js/)
  letThrough()
  await (await come).finished()
  // Who went on is not called back; who comes back has it.
  await keys.press('Enter', 'Shift+Tab')
  assert.equal(await items.count(), 0)
  await keys.press('Enter')
  await keys.isAt(items.first())
  await page.context().close()
}

async function hasAWrongClock(person: Person): Promise<void> {
  const page = await unusually(person, '/trade/BTCUSDT', () => {
    const true_ = Date.now.bind(Date)
    Date.now = () => true_() + 3_600_000
  })
  await page.getByRole('region', { name: 'Order book' }).getByText('148.00').first().waitFor()
  await page.goto('/status')
  await page.getByText('Everything works').waitFor()
  await page.context().close()
}

async function isFarAway(person: Person): Promise<void> {
  const { page } = person
  const wire = await page.context().newCDPSession(page)
  await wire.send('Network.enable')
  const slow = { offline: false, latency: 400, downloadThroughput: 60_000, uploadThroughput: 30_000 }
  await wire.send('Network.emulateNetworkConditions', slow)
  await page.goto('/status')
  await person.isSeen('Everything works')
  await wire.send('Network.emulateNetworkConditions', {
    ...slow,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
}

await walk(
  losesTheNetwork,
  outlivesARestart,
  comesEarly,
  isBehindAProxy,
  meetsAnIllExchange,
  isLoggedOutInAForm,
  logsOutInAnotherTab,
  hasNoStorage,
  hasAWrongClock,
  waitsForAMenu,
  listensLate,
  isFarAway,
)
