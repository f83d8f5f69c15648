// What the main thread of a page does, as the browser itself counts it.
import type { CDPSession, Page } from 'playwright-core'

const COUNTED = [
  'TaskDuration',
  'ScriptDuration',
  'LayoutDuration',
  'RecalcStyleDuration',
  'LayoutCount',
  'JSHeapUsedSize',
  'Nodes',
  'JSEventListeners',
]

/** Read the counters of a page, after what is garbage is gone: durations in seconds, sizes in bytes. */
export async function measure(session: CDPSession): Promise<Record<string, number>> {
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  return Object.fromEntries(
    metrics.filter(({ name }) => COUNTED.includes(name)).map(({ name, value }) => [name, value]),
  )
}

/** Have a page note its long tasks from its beginning. */
export async function noteLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: number[] = []
    Object.assign(globalThis, { noted })
    new PerformanceObserver((list) => noted.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
  })
}

/** Return how long each long task since the last call took, in milliseconds. */
export async function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { noted: number[] }).noted.splice(0))
}
