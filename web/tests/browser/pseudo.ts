// Every page in a language that does not exist: letters with accents, a third longer than English, in brackets. What sticks
// out or is cut off here will be in some language that does. `node pseudo.ts URL CHROMIUM PICTURES`.
import assert from 'node:assert/strict'
import type { Page, Route } from 'playwright-core'
import { NARROW, WIDE, type Person } from './person.ts'
import { enter } from './calls.ts'
import { others, walk } from './walk.ts'

const [EMAIL = '', PASSWORD = ''] = others

const PATHS = [
  '/',
  '/markets',
  '/trade/BTCUSDT',
  '/account/login',
  '/account/sign-up',
  '/coin/BTC',
  '/status',
  '/proof-of-reserves',
  '/api-docs',
  '/api-docs/market',
  '/api-docs/trading/post-api-v3-order',
  '/api-docs/streams',
  '/api-docs/errors',
  '/api-docs/binary',
  '/no-such-page',
]
/** Pages of somebody who is logged in. */
const OWN = [
  '/wallet',
  '/wallet/transfer',
  '/wallet/history',
  '/wallet/statements',
  '/wallet/addresses',
  '/wallet/fiat',
  '/account',
  '/account/security',
  '/account/devices',
  '/account/activity',
  '/account/keys',
  '/account/sub-accounts',
  '/account/preferences',
  '/account/verification',
  '/account/privacy',
  '/trade/BTCUSDT',
]
const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ACCENTED = 'åƀçðéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ'
const FILLER = 'ẋýž åƀç ðéƒ ĝĥî ĵķļ ɱñö þɋŕ šţû '

/** Write a text so that it can be read still, and is longer. */
function pseudo(text: string): string {
  const letters = [...text].map((each) => [...ACCENTED][PLAIN.indexOf(each)] ?? each).join('')
  const more = Math.ceil(text.replace(/\s/g, '').length / 3)
  return /[a-z]{2}/i.test(text) ? `${letters} ${FILLER.repeat(9).slice(0, more).trim()}` : letters
}

/** Change every text of a compiled message, and no name of a value. */
function changed(message: unknown): unknown {
  if (typeof message === 'string') return pseudo(message)
  if (!Array.isArray(message)) return message
  return message.map((token: unknown) => {
    if (typeof token === 'string') return pseudo(token)
    if (!Array.isArray(token)) return token
    const [name, kind, forms] = token as [unknown, unknown, unknown]
    if (typeof forms !== 'object' || forms === null) return token
    return [name, kind, Object.fromEntries(Object.entries(forms).map(([form, inside]) => [form, changed(inside)]))]
  })
}

/** Answer messages in the other language. */
async function translate(route: Route): Promise<void> {
  const response = await route.fetch()
  const messages = (await response.json()) as Record<string, unknown>
  const other = Object.fromEntries(Object.entries(messages).map(([key, message]) => [key, changed(message)]))
  await route.fulfill({ response, json: other })
}

/** What is wider than the page, or than its own box where nothing says that it may be cut. */
async function faults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const told = (element: Element) =>
      `${element.tagName} ${element.className} ${element.textContent?.trim().slice(0, 40)}`
    const wide = document.documentElement.scrollWidth - innerWidth
    if (wide > 0) found.push(`the page sticks out by ${wide}`)
    for (const element of document.querySelectorAll(
      'main button, main a, main label, main h1, main h2, main th, main p',
    )) {
      const { width, height } = element.getBoundingClientRect()
      if (width < 2 || height < 2) continue
      const style = getComputedStyle(element)
      if (style.display === 'inline' || style.textOverflow === 'ellipsis' || /auto|scroll/.test(style.overflowX))
        continue
      if (element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0)
        found.push(`cut off: ${told(element)}`)
    }
    return found
  })
}

/** Look at pages, wide and narrow. */
async function lookAt(person: Person, paths: readonly string[], who: string): Promise<void> {
  const { page } = person
  const all: string[] = []
  for (const path of paths) {
    await page.goto(path)
    await page.getByRole('main').locator('h1, h2, table, form').first().waitFor()
    await page.waitForTimeout(500)
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size)
      await page.waitForTimeout(200)
      all.push(...(await faults(page)).map((each) => `${path} at ${size.width}: ${each}`))
      await person.picture(`pseudo-${who}${path.replaceAll('/', '-')}-${size.width}`)
    }
    await page.setViewportSize(WIDE)
  }
  assert.match((await page.textContent('main')) ?? '', /[åéîöû]/)
  assert.deepEqual(all, [])
}

async function looksAtEveryPage(person: Person): Promise<void> {
  const { page } = person
  // Files that a service worker hands out are not seen here.
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'))
  await page.route('**/assets/messages/en/*.json', translate)
  await lookAt(person, PATHS, 'stranger')
}

async function looksAtTheirOwn(person: Person): Promise<void> {
  await enter(person, EMAIL, PASSWORD, '/wallet')
  await lookAt(person, OWN, 'person')
}

await walk(looksAtEveryPage, looksAtTheirOwn)
