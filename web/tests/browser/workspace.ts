// The frame of the page and the workspace: markets, a coin, layouts, commands, keys, a lost network.
// `node workspace.ts URL CHROMIUM [PICTURES]`.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { NARROW, WIDE, type Person } from './person.ts'
import { walk } from './walk.ts'

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
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search and commands' })
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
  await page.setViewportSize(NARROW)
  await page.getByRole('button', { name: 'Sell BTC' }).click()
  await page.getByRole('dialog', { name: 'BTC/USDT' }).getByRole('tab', { name: 'Sell', selected: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Info' }).click()
  await person.isSeen('Price step')
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Markets' }).click()
  await page.waitForURL('**/markets')
  await page.setViewportSize(WIDE)
}

async function losesTheNetwork(person: Person): Promise<void> {
  const { page } = person
  await page.goto('/trade/BTCUSDT')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  await page.reload()
  await page.getByText('Live', { exact: true }).waitFor()
  const kept = await page.evaluate(async () => {
    const names = await caches.keys()
    const cached = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return cached.flat().map(({ url }) => new URL(url).pathname)
  })
  assert.deepEqual(
    kept.filter((path) => !path.startsWith('/assets/')).toSorted(),
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

await walk(findsMarkets, readsOfACoin, arrangesPanels, goesByKeys, tradesInOneHand, losesTheNetwork)
