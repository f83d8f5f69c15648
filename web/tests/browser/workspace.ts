// The frame of the page and the workspace: markets, a coin, layouts, commands, keys, a lost network.
// `node workspace.ts URL CHROMIUM [PICTURES]`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { Keyboard } from './keyboard.ts'
import { NARROW, WIDE, type Person } from './person.ts'
import { walk } from './walk.ts'

const KEPT_LOOKED_EVERY_MS = 100

async function findsMarkets(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/')
  await page.getByRole('row', { name: /BTC\/USDT/ }).waitFor()
  await person.inspect('home')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Markets' }).click()
  await page.getByRole('button', { name: 'Market', exact: true }).click()
  await page.getByRole('columnheader', { name: 'Market' }).and(page.locator('[aria-sort=ascending]')).waitFor()
  for (const view of ['Cards', 'Map', 'Table']) {
    await page.getByRole('tab', { name: view }).click()
    await page
      .getByRole('link', { name: /BTC\/USDT/ })
      .first()
      .waitFor()
    if (view !== 'Table') await person.inspect(`markets-${view.toLowerCase()}`)
  }
}

async function readsOfACoin(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/coin/BTC')
  await page.getByRole('heading', { name: 'Converter' }).waitFor()
  await page.getByLabel('From').fill('2')
  await page.waitForFunction(() => /[1-9]/.test(document.querySelectorAll<HTMLInputElement>('input')[2]?.value ?? ''))
  await page.getByLabel('From').fill('two')
  await person.isSeen('Enter a number.')
  await person.isSeen('Log in to see networks, fees and limits.')
  await person.inspect('coin')
  await page.goto('/coin/NOTHING')
  await person.isSeen('The exchange has no coin NOTHING.')
}

const widthOf = async (page: Page, panel: string): Promise<number> =>
  (await page.locator(`.panel.${panel}`).boundingBox())?.width ?? 0

async function arrangesPanels(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/trade/BTCUSDT')
  const border = page.getByRole('separator', { name: 'Border between Chart and Order book' })
  const before = await widthOf(page, 'chart')
  await border.focus()
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(
    (width) => (document.querySelector('.panel.chart')?.getBoundingClientRect().width ?? width) < width,
    before,
  )
  await page.getByRole('button', { name: 'Layout' }).click()
  await page.getByRole('dialog').getByLabel('Trades').uncheck()
  await person.inspect('layouts')
  await page.getByLabel('Name of the layout').fill('<b>mine</b>')
  await page.getByRole('button', { name: 'Save this layout' }).click()
  await page.getByRole('button', { name: 'Reset' }).click()
  await page.locator('.panel.tape').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: '<b>mine</b>', exact: true }).click()
  await page.locator('.panel.tape').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Move panels' }).click()
  await page.getByRole('button', { name: /^Move Chart/ }).focus()
  await page.keyboard.press('ArrowDown')
  await person.isSeen('Chart and Orders and balances have changed places.')
  await page.getByRole('button', { name: 'Done moving' }).click()
  const place = await page.locator('.panel.chart').boundingBox()
  await page.reload()
  await page.getByText('Live', { exact: true }).waitFor()
  assert.deepEqual(await page.locator('.panel.chart').boundingBox(), place, 'the layout is kept')
}

async function goesByKeys(person: Person): Promise<void> {
  const { page } = person
  await page.keyboard.press('/')
  await page.getByRole('dialog', { name: 'Choose a market' }).waitFor()
  await page.keyboard.type('nothing')
  await person.isSeen('No market has this name.')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('btc')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Choose a market' }).waitFor({ state: 'detached' })
  await page.keyboard.press('Shift+M')
  await page.waitForURL('**/markets')
  const opener = page.getByRole('button', { name: 'Search and commands' })
  await opener.click()
  const field = page.getByRole('combobox', { name: 'Search and commands' })
  await field.waitFor()
  await page.keyboard.press('Escape')
  await new Keyboard(person).isAt(opener)
  await page.keyboard.press('Control+k')
  await field.waitFor()
  await person.inspect('commands')
  await field.fill('btc')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/trade/BTCUSDT')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('button', { name: /^Change the keys for: Choose a market/ }).click()
  await page.keyboard.press('p')
  await person.inspect('keys')
  await page.getByRole('button', { name: 'Done' }).click()
  await page.keyboard.press('p')
  await page.getByRole('dialog', { name: 'Choose a market' }).waitFor()
  await page.keyboard.press('Escape')
}

async function tradesInOneHand(person: Person): Promise<void> {
  const { page } = person
  const keys = new Keyboard(person)
  await page.setViewportSize(NARROW)
  const sell = page.getByRole('button', { name: 'Sell BTC' })
  await sell.click()
  const sheet = page.getByRole('dialog', { name: 'BTC/USDT' })
  await sheet.getByRole('tab', { name: 'Sell', selected: true }).waitFor()
  await page.keyboard.press('Escape')
  await keys.isAt(sell)
  await sell.click()
  await sheet.getByRole('button', { name: 'Close' }).click()
  await keys.isAt(sell)
  await page.getByRole('tab', { name: 'Info' }).click()
  await person.isSeen('Price step')
  const menu = page.getByRole('button', { name: 'Menu' })
  const drawer = page.getByRole('dialog', { name: 'Rialto' })
  await menu.click()
  await page.keyboard.press('Escape')
  await keys.isAt(menu)
  await menu.click()
  await drawer.getByRole('button', { name: 'Preferences' }).click()
  await page.getByRole('dialog', { name: 'Preferences' }).getByRole('button', { name: 'Done' }).click()
  await keys.isAt(menu)
  await menu.click()
  await drawer.getByRole('link', { name: 'Markets' }).click()
  await page.waitForURL('**/markets')
  await page.setViewportSize(WIDE)
}

const keptOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = await caches.keys()
    const cached = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return cached.flat().map(({ url }) => new URL(url).pathname)
  })

async function losesTheNetwork(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/trade/BTCUSDT')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  const begun = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement & { src?: string; href?: string }>('script[src], link[rel=stylesheet]')]
      .map(({ src, href }) => new URL(src ?? href ?? '').pathname)
      .filter((path) => path.includes('/begin-')),
  )
  const atOnce = await keptOf(page)
  assert.ok(begun.length > 1 && begun.every((path) => atOnce.includes(path)), 'what the page begins with is kept')
  assert.ok(
    atOnce.some((path) => path.includes('/MenuPopup-')),
    'what the frame loads later is kept',
  )
  await page.reload()
  await page.getByText('Live', { exact: true }).waitFor()
  assert.deepEqual(
    (await keptOf(page)).filter((path) => !path.startsWith('/assets/')).toSorted(),
    ['/icon.svg', '/index.html', '/manifest.webmanifest'],
    'nothing that the API answered is kept',
  )
  await page.context().setOffline(true)
  await person.isSeen('You are offline; what you see may be old.')
  await page.reload()
  await page.getByRole('banner').waitFor()
  await page.context().setOffline(false)
  await page.reload()
  await page.getByText('Live', { exact: true }).waitFor()
}

/** Tell whether the worker has taken over, and has all that the page came with. Waiting for a function awaits no promise. */
async function isKept(): Promise<boolean> {
  const lists = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
  const kept = new Set(lists.flat().map(({ url }) => url))
  const came = performance.getEntriesByType('resource').map(({ name }) => name)
  const isTakenOver = navigator.serviceWorker.controller !== null
  return isTakenOver && came.filter((name) => name.includes('/assets/')).every((name) => kept.has(name))
}

/** Who was here once, and stayed until the page was kept, opens it without a network. */
async function comesBackWithoutANetwork(person: Person): Promise<void> {
  const browser = person.page.context().browser()
  assert.ok(browser)
  const context = await browser.newContext({ baseURL: new URL(person.page.url()).origin, locale: 'en' })
  const page = await context.newPage()
  await page.goto('/markets')
  await page.getByRole('link', { name: /BTC/ }).first().waitFor()
  while (!(await page.evaluate(isKept))) await page.waitForTimeout(KEPT_LOOKED_EVERY_MS)
  await context.setOffline(true)
  await page.reload()
  await page.getByRole('heading', { name: 'Markets' }).waitFor()
  await page.getByText('You are offline; what you see may be old.').waitFor()
  await context.close()
}

await walk(
  ...[findsMarkets, readsOfACoin, arrangesPanels, goesByKeys, tradesInOneHand, losesTheNetwork],
  comesBackWithoutANetwork,
)
