import { expect, test } from 'vitest'
import { paced } from '../src/market/pace'

test('however often it is asked, it draws at most so often, and the last change is always drawn', () => {
  let now = 0
  const timers: { at: number; call: () => void }[] = []
  const drawn: number[] = []
  let value = 0
  const ask = paced(() => drawn.push(value), 10, {
    now: () => now,
    frame: (call) => call(),
    later: (call, milliseconds) => timers.push({ at: now + milliseconds, call }),
  })
  for (now = 0; now <= 1_000; now += 1) {
    value = now
    if (now <= 950) ask()
    for (const timer of timers.filter(({ at }) => at <= now)) {
      timers.splice(timers.indexOf(timer), 1)
      timer.call()
    }
  }
  for (const { call } of timers) call()
  expect(drawn.length).toBeLessThanOrEqual(11)
  expect(drawn.at(-1)).toBeGreaterThanOrEqual(950)
})
