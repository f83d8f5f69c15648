// Every page there is, as everybody there is, on an exchange whose every text is hostile: nothing runs, nothing complains,
// nothing sticks out, and everybody can use it. `node every-route.ts URL CHROMIUM PICTURES GIVEN`; GIVEN, as JSON, are
// cookies of who is there, and the parts of addresses that lead to something.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { WIDE, type Person } from './person.ts'
import { others, walk } from './walk.ts'

type Who = 'rich' | 'fresh' | 'shy' | 'alice'
interface Given {
  cookies: Record<Who, string>
  device: string
  client: string
  parts: Record<string, string>
}
const { cookies, device, client, parts } = JSON.parse(others[0] ?? '{}') as Given
const PARTS: Record<string, string> = {
  ':asset': 'BTC',
  ':symbol': 'BTCUSDT',
  ':coin': 'LTC',
  ':kind': 'withdrawals',
  ':chapter': 'trading',
  ':call': 'post-api-v3-order',
  ...parts,
}
/** Where a part of a pattern means another thing than elsewhere. */
const OTHERWISE: Record<string, string> = {
  '/admin/verification/:number': `/admin/verification/${parts.case}`,
  '/admin/screening/:number': '/admin/screening/1',
}
const PATTERNS = [...readFileSync('src/routing/routes.ts', 'utf8').matchAll(/route\(\s*'(\/[^']*)'/g)].map(
  ([, pattern]) => pattern ?? '',
)
function pathOf(pattern: string): string {
  const part = (name: string) => PARTS[name] ?? assert.fail(`what stands for ${name} in ${pattern}?`)
  return OTHERWISE[pattern] ?? pattern.replace(/:[a-z]+/g, part)
}
const PATHS = [...PATTERNS.map(pathOf), '/no-such-page']
const isOffice = (path: string) => path.startsWith('/admin')
const OPEN = PATHS.filter((path) => !isOffice(path))
const OFFICE = PATHS.filter(isOffice)
/** Where hostile texts stand; a page that hides them is not tried. */
const TELLING = [
  '/',
  '/account/keys',
  '/account/security',
  '/account/devices',
  '/wallet/addresses',
  '/account/sub-accounts',
  '/admin/log',
]

/** A phone of the narrowest kind, and as much of a screen as is left at 400 percent. */
const NARROWEST = { width: 320, height: 256 }
const PHONE = { width: 390, height: 844 }
const FITS_WITHIN_MS = 3_000
const SETTLES_WITHIN_MS = 15_000

async function becomes(person: Person, who: Who | null): Promise<void> {
  const { page } = person
  const url = new URL(page.url() === 'about:blank' ? (process.argv[2] ?? '') : page.url()).origin
  await page.context().clearCookies()
  if (who) {
    const all = { rialto_session: cookies[who], rialto_device: device }
    await page.context().addCookies(Object.entries(all).map(([name, value]) => ({ name, value, url })))
  }
  await page.goto('/status')
  const seen = who ? page.getByRole('banner').getByText(`${who}@example.com`) : page.locator('a.enter')
  await seen.first().waitFor()
}

/** Go to a page without loading the document anew; tell if it never is done. */
async function goes(person: Person, path: string): Promise<string[]> {
  const { page } = person
  const before = await page.evaluate((to) => {
    document.querySelector('main > *')?.setAttribute('data-before', location.pathname)
    const from = location.pathname
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
    return from
  }, path)
  const stays = before.startsWith('/api-docs') && path.startsWith('/api-docs')
  const isThere = (mayStay: boolean) =>
    (mayStay || !document.querySelector('main > [data-before]')) &&
    document.querySelector('main h1, main [role=status], main form') !== null &&
    document.querySelector('main [aria-busy=true]') === null
  const limit = { timeout: SETTLES_WITHIN_MS }
  return page.waitForFunction(isThere, stays || before === path, limit).then(
    () => [],
    () => [`${path} is never there`],
  )
}

/** What is wider than the window, if the page is. */
async function sticksOut(person: Person, path: string, size: { width: number; height: number }): Promise<string[]> {
  const { page } = person
  await page.setViewportSize(size)
  const fits = () => document.documentElement.scrollWidth <= innerWidth
  await page.waitForFunction(fits, undefined, { timeout: FITS_WITHIN_MS }).catch(() => undefined)
  return page.evaluate(
    ([where, width]) => {
      const over = document.documentElement.scrollWidth - innerWidth
      if (over <= 0) return []
      const isCut = (element: Element) => {
        for (let each = element.parentElement; each && each !== document.body; each = each.parentElement)
          if (getComputedStyle(each).overflowX !== 'visible') return true
        return false
      }
      const guilty = [...document.querySelectorAll('body *')].filter((element) => {
        const { left, right, width: own } = element.getBoundingClientRect()
        return own > 0 && (right > innerWidth + 1 || left < -1) && !isCut(element)
      })
      const named = guilty
        .slice(-3)
        .map((each) => `${each.tagName}.${each.className} ${each.textContent?.trim().slice(0, 30)}`)
      return [`${where} sticks out by ${over} at ${width}: ${named.join(' | ')}`]
    },
    [path, size.width] as const,
  )
}

/** Visit pages; `look` tells what is wrong with each. */
async function visits(person: Person, paths: string[], look: (path: string) => Promise<string[]>): Promise<void> {
  const faults: string[] = []
  for (const path of paths) {
    faults.push(...(await goes(person, path)), ...(await look(path)))
    faults.push(...person.complaints.splice(0).map((complaint) => `${path}: ${complaint}`))
  }
  assert.deepEqual(faults, [])
}

/** Look closely: in both looks, and as narrow as it gets. */
const closely = (person: Person) => async (path: string) => {
  const faults: string[] = []
  for (const mode of ['dark', 'light'] as const) {
    const broken = await person.violations(mode, { 'target-size': { enabled: true } })
    faults.push(...broken.map((each) => `${path}, ${mode}: ${each}`))
  }
  await person.picture(`every${path.replaceAll('/', '-')}`)
  if (TELLING.includes(path)) {
    const text = (await person.page.textContent('main')) ?? ''
    if (!text.includes('onload=hacked()')) faults.push(`${path} does not show what is hostile`)
  }
  for (const size of [PHONE, NARROWEST]) faults.push(...(await sticksOut(person, path, size)))
  await person.page.setViewportSize(WIDE)
  return faults
}
const narrowly = (person: Person) => (path: string) => sticksOut(person, path, NARROWEST)

/** Names of layouts are kept in the browser alone. */
async function namesALayout(person: Person): Promise<void> {
  const { page } = person
  await page.goto(pathOf('/trade/:symbol'))
  await page.getByRole('button', { name: 'Layout', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the layout').fill(`"><svg/onload=hacked()>${'W'.repeat(9)}`)
  await dialog.getByRole('button', { name: 'Save this layout' }).click()
  await dialog.locator('.saved').getByText('onload=hacked()').waitFor()
  assert.deepEqual([...(await person.violations('dark')), ...person.complaints.splice(0)], [])
}

async function asWhoHasEverything(person: Person): Promise<void> {
  await person.page.exposeFunction('hacked', () => person.complaints.push('somebody’s text was run'))
  // Sessions are of one browser, and these were begun by another.
  const wire = await person.page.context().newCDPSession(person.page)
  await wire.send('Emulation.setUserAgentOverride', { userAgent: client })
  await becomes(person, 'rich')
  await visits(person, OPEN, closely(person))
  await namesALayout(person)
}

async function asAnOperator(person: Person): Promise<void> {
  await becomes(person, 'alice')
  await visits(person, OFFICE, closely(person))
}

async function asSomebodyNew(person: Person): Promise<void> {
  await becomes(person, 'fresh')
  await visits(person, [...OPEN, '/admin'], narrowly(person))
}

async function asAStranger(person: Person): Promise<void> {
  await becomes(person, null)
  await visits(person, [...OPEN, '/admin'], narrowly(person))
}

async function fromRightToLeft(person: Person): Promise<void> {
  const { page } = person
  await page.setViewportSize(WIDE)
  for (const [who, paths] of [
    ['rich', OPEN],
    ['alice', OFFICE],
  ] as const) {
    await becomes(person, who)
    if (who === 'rich') {
      await page.getByRole('button', { name: 'Language' }).click()
      await page.getByRole('menuitem', { name: 'العربية' }).click()
    }
    await page.waitForFunction(() => document.documentElement.dir === 'rtl')
    await visits(person, paths, narrowly(person))
    await page.setViewportSize(WIDE)
  }
}

await walk(asWhoHasEverything, asAnOperator, asSomebodyNew, asAStranger, fromRightToLeft)
