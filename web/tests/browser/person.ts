// A person at a browser: a real one, driven from outside, that notes everything it should not have to complain about.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
export const WIDE = { width: 1440, height: 900 }
export const NARROW = { width: 390, height: 844 }
const FITS_WITHIN_MS = 10_000

export async function startBrowser(executable: string): Promise<Browser> {
  return chromium.launch({ executablePath: executable, headless: true, args: FLAGS })
}

interface AxeResults {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
}

export class Person {
  readonly complaints: string[] = []
  private constructor(
    readonly page: Page,
    private readonly pictures: string | undefined,
  ) {}

  /** Open the page. Refusals by the policy, errors of scripts and failed files are complaints. */
  static async at(browser: Browser, url: string, pictures?: string): Promise<Person> {
    const context = await browser.newContext({ baseURL: url, viewport: WIDE, locale: 'en', colorScheme: 'dark' })
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const person = new Person(page, pictures)
    page.on('pageerror', (error) => person.complaints.push(`error: ${error.message}`))
    page.on('console', (message) => {
      // Refused calls, such as asking for a session that is not there, are answers and no faults.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        person.complaints.push(message.text())
    })
    await page.exposeFunction('complain', (text: string) => person.complaints.push(text))
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        const complain = (globalThis as unknown as { complain: (text: string) => void }).complain
        complain(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
      })
    })
    return person
  }

  async isSeen(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor()
  }

  /** Log out, by the menu of who is logged in. */
  async leaves(): Promise<void> {
    await this.page.getByRole('button', { name: /^Account of / }).click()
    await this.page.getByRole('menuitem', { name: 'Log out' }).click()
  }

  /** Tell which rules of accessibility are broken in a look; `rules` turns on what is not looked at elsewhere. */
  async violations(mode: 'dark' | 'light', rules: Record<string, { enabled: boolean }> = {}): Promise<string[]> {
    await this.page.emulateMedia({ colorScheme: mode })
    await this.page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, mode)
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(AXE)
    const found = await this.page.evaluate(async (given) => {
      const { axe } = globalThis as unknown as { axe: { run: (where: Document, options: object) => Promise<unknown> } }
      return axe.run(document, { rules: given })
    }, rules)
    return (found as AxeResults).violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join('\n')}`,
    )
  }

  /** Look at the page in both looks: no rule of accessibility is broken, and at a phone's width nothing sticks out. */
  async inspect(name: string): Promise<void> {
    // A page that is still on its way has none.
    await this.page.locator('h1').first().waitFor({ state: 'attached' })
    for (const mode of ['dark', 'light'] as const) {
      assert.deepEqual(await this.violations(mode), [], `${name}, ${mode}`)
      await this.picture(`${name}-${mode}`)
    }
    await this.page.emulateMedia({ colorScheme: 'dark' })
    await this.page.setViewportSize(NARROW)
    // A page that is another one on a phone becomes so a moment later.
    const fits = () => document.documentElement.scrollWidth <= innerWidth
    await this.page.waitForFunction(fits, undefined, { timeout: FITS_WITHIN_MS }).catch(() => undefined)
    const sticksOut = await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    await this.picture(`${name}-narrow`)
    assert.ok(sticksOut <= 0, `${name} sticks out by ${sticksOut} pixels at a phone's width`)
    await this.page.setViewportSize(WIDE)
  }

  async picture(name: string): Promise<void> {
    if (this.pictures) await this.page.screenshot({ path: join(this.pictures, `${name}.png`) })
  }
}
