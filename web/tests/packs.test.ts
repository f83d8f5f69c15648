import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compiled } from '../build/messages'
import { packOf } from '../build/packs'

const AREAS = readdirSync(new URL('../locales/en', import.meta.url).pathname).map((name) => name.replace('.json', ''))

test('every message of a language is in one of its packs, compiled', () => {
  const english = compiled().get('en')
  const packs = [...(english?.packs.values() ?? [])].map((source) => JSON.parse(source) as Record<string, unknown>)
  const keys = packs.flatMap((pack) => Object.keys(pack))
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.length).toBeGreaterThan(2_000)
  expect(packs.length).toBeLessThan(AREAS.length)
  const age = packs.map((pack) => pack['trade.status.age']).find((each) => each !== undefined)
  expect(age).toEqual([['seconds', 'plural', expect.objectContaining({ other: expect.anything() as unknown })]])
})

test('another text is another version', () => {
  const versions = [...compiled().values()].map(({ version }) => version)
  expect(new Set(versions).size).toBe(versions.length)
  expect(versions.every((version) => /^[0-9a-f]{8}$/.test(version))).toBe(true)
})

test('the trade page needs two files of messages', () => {
  const packs = ['shell', 'trade', 'markets', 'order', 'orders', 'chart', 'book'].map(packOf)
  expect(new Set(packs)).toEqual(new Set(['start', 'trade']))
})
