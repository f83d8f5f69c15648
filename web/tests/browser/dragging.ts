// The line of an order on the chart, moved by a pointer.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** From the right edge of the chart: where lines are, and no candles yet. */
const FROM_THE_EDGE = 160

/** Find the line of the only order on the chart and drag it down by so many pixels; up if they are negative. */
export async function dragsTheOrder(page: Page, by: number): Promise<void> {
  const box = await page.locator('.place').boundingBox()
  assert.ok(box)
  const x = box.x + box.width - FROM_THE_EDGE
  const cursor = (y: number) =>
    page.evaluate(
      ([left, top]) => {
        const under = document.elementFromPoint(left, top)
        return under ? getComputedStyle(under).cursor : ''
      },
      [x, y] as const,
    )
  // The line is somewhere on the canvas: a pointer says where.
  let found = 0
  for (let y = box.y + 30; y < box.y + box.height * 0.75 && !found; y += 3) {
    await page.mouse.move(x, y)
    if ((await cursor(y)) === 'pointer') found = y
  }
  assert.ok(found, 'no line of the order was found on the chart')
  await page.mouse.down()
  await page.mouse.move(x, found + by / 2, { steps: 4 })
  await page.mouse.move(x, found + by, { steps: 4 })
  await page.mouse.up()
}
