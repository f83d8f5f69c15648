import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packOf } from '../build/packs'

const locales = new URL('../locales', import.meta.url).pathname

test('catalogues of one language go together, never those of two', () => {
  for (const language of readdirSync(locales)) {
    const packs = readdirSync(join(locales, language)).map((file) => packOf(join(locales, language, file)) ?? '')
    expect(packs.every((pack) => pack.startsWith(`locale-${language}-`))).toBe(true)
    expect(new Set(packs).size).toBeLessThan(packs.length)
  }
})

test('the trade page needs two files of messages', () => {
  const packs = ['shell', 'trade', 'markets', 'order', 'orders', 'chart', 'book'].map((area) =>
    packOf(`/x/locales/pt-BR/${area}.json`),
  )
  expect(new Set(packs)).toEqual(new Set(['locale-pt-BR-start', 'locale-pt-BR-trade']))
  expect(packOf('/x/src/main.ts')).toBeNull()
})
