// A person who has a keyboard and no pointer: goes from one stop to the next, and sees at each where they are.
import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import type { Person } from './person.ts'

const STOPS_MAX = 250

/** Tell what is wrong with the focus where it is: unseen, without a ring, or below something else. */
function faultOfFocus(): string {
  const focused = document.activeElement
  if (!focused || focused === document.body || focused.id === 'content') return ''
  // The button inside a field of dates is the browser's own, with its own ring.
  if (focused.matches('[type=date]:not(:focus-visible)')) return ''
  const told = `${focused.tagName} .${focused.className} ${focused.ariaLabel ?? focused.textContent?.trim().slice(0, 40)}`
  const box = focused.getBoundingClientRect()

  const isRing = (element: Element) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
    return (
      outlineStyle !== 'none' &&
      Number(outlineWidth.replace('px', '')) >= 2 &&
      !/\/ 0\)|, 0\)$|transparent/.test(outlineColor)
    )
  }
  // What covers a field that is not drawn itself may draw its ring.
  const around = [focused, focused.parentElement, focused.parentElement?.parentElement, focused.nextElementSibling]
  const ringed = around.find((element) => element && isRing(element))
  if (!ringed) return `has no ring: ${told}`

  // Whoever scrolls or cuts off around it must leave the ring to be seen.
  const style = getComputedStyle(ringed)
  const grown = Number(style.outlineOffset.replace('px', '')) + Number(style.outlineWidth.replace('px', ''))
  const drawn = ringed.getBoundingClientRect()
  const sides = {
    top: drawn.top - grown,
    left: drawn.left - grown,
    right: drawn.right + grown,
    bottom: drawn.bottom + grown,
  }
  const cut = new Set<string>()
  let position = style.position
  for (let each = ringed.parentElement; each && position !== 'fixed'; each = each.parentElement) {
    const outer = getComputedStyle(each)
    if (position === 'absolute' && outer.position === 'static') continue
    position = outer.position
    const clips = outer.overflowX !== 'visible' || /paint|strict|content/.test(outer.contain)
    if (!clips || each === document.documentElement || each === document.body) continue
    const at = each.getBoundingClientRect()
    if (sides.top < at.top - 1) cut.add('top')
    if (sides.left < at.left - 1) cut.add('left')
    if (sides.right > at.right + 1) cut.add('right')
    if (sides.bottom > at.bottom + 1) cut.add('bottom')
  }
  if (cut.size > 1) return `has a ring cut off at ${[...cut].join(', ')}: ${told}`

  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)]
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
  if (right - left < 1 || bottom - top < 1) return `is out of sight: ${told}`
  const isHit = (x: number, y: number) => {
    const hit = document.elementFromPoint(x, y)
    return hit !== null && (around.includes(hit as HTMLElement) || focused.contains(hit) || hit.contains(focused))
  }
  const [across, down] = [(right - left) / 4, (bottom - top) / 4]
  const points = [1, 2, 3].flatMap((i) => [1, 2, 3].map((j) => [left + i * across, top + j * down] as const))
  return points.some(([x, y]) => isHit(x, y)) ? '' : `is covered: ${told}`
}

export class Keyboard {
  readonly #person: Pick<Person, 'page' | 'complaints'>
  constructor(person: Pick<Person, 'page' | 'complaints'>) {
    this.#person = person
  }

  get #keys() {
    return this.#person.page.keyboard
  }

  /** Go to the next stop, and see that it is one. */
  async tab(key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await this.#keys.press(key)
    const fault = await this.#person.page.evaluate(faultOfFocus)
    if (fault) this.#person.complaints.push(`the focus ${fault}`)
  }

  /** Go on until something has the focus, as it must have once in a round. */
  async to(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await target.waitFor()
    for (let stops = 0; stops < STOPS_MAX; stops += 1) {
      if (await this.#has(target)) return
      await this.tab(key)
    }
    assert.fail(`the keyboard does not come to ${String(target)}`)
  }

  /** Go to something and press a key there. */
  async at(target: Locator, ...keys: string[]): Promise<void> {
    await this.to(target)
    for (const key of keys) await this.#keys.press(key)
  }

  /** Go to a field and write into it, in place of what is there. */
  async write(field: Locator, text: string): Promise<void> {
    await this.at(field, 'Control+a')
    await this.#keys.type(text)
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.#keys.press(key)
  }

  /** Something has the focus, now or a moment later. */
  async isAt(target: Locator): Promise<void> {
    await target.waitFor()
    const handle = await target.elementHandle()
    await this.#person.page
      .waitForFunction((wanted) => wanted === document.activeElement, handle, { timeout: 5_000 })
      .catch(() => undefined)
    const focused = await this.#person.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))
    assert.ok(await this.#has(target), `the focus is not at ${String(target)}, but at ${focused}`)
  }

  /** The keyboard does not leave an open dialog, and the page behind it is not reached. */
  async isKeptIn(dialog: Locator): Promise<void> {
    const stops = await dialog.locator('a[href], button, input, select, textarea, [tabindex]').count()
    for (let stop = 0; stop < stops + 3; stop += 1) {
      await this.tab()
      const isInside = await dialog.evaluate((it) => {
        const focused = document.activeElement
        return !focused || focused === document.body || it.contains(focused)
      })
      assert.ok(isInside, `the focus left ${String(dialog)}`)
    }
  }

  async #has(target: Locator): Promise<boolean> {
    return target.evaluate((element) => element === document.activeElement)
  }
}
