import { expect, test } from 'vitest'
import { ANSWER_WITHIN_MS, BACKOFF_FIRST_MS, BACKOFF_LONGEST_MS, Streams, type SocketLike } from '../src/market/socket'

class Wire implements SocketLike {
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  sent: { method: string; params: string[]; id: number }[] = []
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { method: string; params: string[]; id: number })
  }
  /** Answer what was sent at a place, by default last. */
  confirm(index = -1): void {
    this.onmessage?.({ data: JSON.stringify({ id: this.sent.at(index)?.id, result: null }) })
  }
  close(): void {
    this.onclose?.()
  }
  say(stream: string, data: unknown): void {
    this.onmessage?.({ data: JSON.stringify({ stream, data }) })
  }
}

function streams() {
  const wires: Wire[] = []
  const waiting: { call: () => void; milliseconds: number }[] = []
  const states: boolean[] = []
  const made = new Streams({
    open: () => {
      const wire = new Wire()
      wires.push(wire)
      return wire
    },
    later: (call, milliseconds) => waiting.push({ call, milliseconds }),
    chance: () => 1,
    onState: (isOpen) => states.push(isOpen),
    now: () => 0,
  })
  const pass = () => waiting.splice(0).map(({ call, milliseconds }) => (call(), milliseconds))
  return { made, wires, states, pass, wire: () => wires.at(-1) as Wire }
}

test('one connection, and one subscription for all who want a stream', () => {
  const { made, wires, wire, pass } = streams()
  const heard: unknown[] = []
  const first = made.subscribe('a', (event) => heard.push(event))
  const second = made.subscribe('a', (event) => heard.push(event))
  wire().onopen?.()
  pass()
  expect(wire().sent).toMatchObject([{ method: 'SUBSCRIBE', params: ['a'] }])
  wire().say('a', 1)
  wire().say('b', 2)
  first()
  pass()
  wire().say('a', 3)
  second()
  pass()
  expect(heard).toEqual([1, 1, 3])
  expect(wire().sent.at(-1)).toMatchObject({ method: 'UNSUBSCRIBE', params: ['a'] })
  expect(wires).toHaveLength(1)
})

test('a page that changes between two symbols tells only what differs', () => {
  const { made, wire, pass } = streams()
  const leave = made.subscribe('a', () => undefined)
  made.subscribe('both', () => undefined)
  wire().onopen?.()
  pass()
  leave()
  made.subscribe('b', () => undefined)
  pass()
  expect(
    wire()
      .sent.slice(1)
      .map(({ method, params }) => [method, params]),
  ).toEqual([
    ['SUBSCRIBE', ['b']],
    ['UNSUBSCRIBE', ['a']],
  ])
})

test('a broken connection is opened again, later each time, subscribed as it was, and what was missed is read', () => {
  const { made, wire, wires, states, pass } = streams()
  let begun = 0
  made.subscribe(
    'a',
    () => undefined,
    () => (begun += 1),
  )
  wire().onopen?.()
  pass()
  expect(begun).toBe(0)
  wire().confirm()
  expect(begun).toBe(1)
  wire().close()
  const waits: number[] = []
  for (let time = 0; time < 8; time += 1) {
    waits.push(...pass())
    if (time < 7) wire().close()
  }
  expect(waits[0]).toBe(BACKOFF_FIRST_MS)
  expect(waits).toEqual(waits.toSorted((one, other) => one - other))
  expect(waits.at(-1)).toBe(BACKOFF_LONGEST_MS)
  wire().onopen?.()
  expect([begun, states.at(-1), wires.length]).toEqual([1, true, 9])
  expect(wire().sent).toMatchObject([{ method: 'SUBSCRIBE', params: ['a'] }])
  wire().confirm()
  expect(begun).toBe(2)
})

test('a stream has begun for whoever comes later too, and not before it was asked for again', () => {
  const { made, wire, pass } = streams()
  const begun: string[] = []
  const listen = (who: string) =>
    made.subscribe(
      'a',
      () => undefined,
      () => begun.push(who),
    )
  const first = listen('first')
  wire().onopen?.()
  pass()
  wire().confirm()
  const second = listen('second')
  expect(begun).toEqual(['first'])
  pass()
  expect(begun).toEqual(['first', 'second'])
  first()
  second()
  pass()
  listen('third')
  pass()
  expect(wire().sent.map(({ method }) => method)).toEqual(['SUBSCRIBE', 'UNSUBSCRIBE', 'SUBSCRIBE'])
  // The answers to what was said before are not about this.
  wire().confirm(0)
  wire().confirm(1)
  expect(begun).toEqual(['first', 'second'])
  wire().confirm()
  expect(begun).toEqual(['first', 'second', 'third'])
})

test('a stream that is refused has not begun', () => {
  const { made, wire } = streams()
  let begun = 0
  made.subscribe(
    'a',
    () => undefined,
    () => (begun += 1),
  )
  wire().onopen?.()
  wire().onmessage?.({ data: JSON.stringify({ id: wire().sent.at(-1)?.id, code: 2, msg: 'Invalid request' }) })
  expect(begun).toBe(0)
})

test('a connection is asked for a sign of life, and given up without one', async () => {
  const { made, wires, wire, pass, states } = streams()
  expect(await made.ask()).toBeNull()
  made.subscribe('a', () => undefined)
  wire().onopen?.()
  const asked = made.ask()
  const { id } = wire().sent.at(-1) as unknown as { id: number }
  wire().onmessage?.({ data: JSON.stringify({ id, result: [] }) })
  expect(await asked).toBe(0)
  pass()
  expect(states).toEqual([true])
  const unanswered = made.ask()
  expect(pass()).toContain(ANSWER_WITHIN_MS)
  expect(await unanswered).toBeNull()
  expect(states).toEqual([true, false])
  made.hurry()
  expect(wires.length).toBe(2)
})
