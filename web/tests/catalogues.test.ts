import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LANGUAGES as KNOWN, OFFERED, bestOf, type LanguageCode } from '../src/i18n/languages'
import { Catalogues } from '../tools/catalogues'
import { complaintsOf } from '../tools/rules'

const here = new URL('..', import.meta.url).pathname
const LANGUAGES = readdirSync(join(here, 'locales'))
const AREAS = readdirSync(join(here, 'locales', 'en')).map((name) => name.replace('.json', ''))
const catalogue = (language: string, area: string) => new Catalogues(join(here, 'locales')).read(language, area)
const english = Object.assign({}, ...AREAS.map((area) => catalogue('en', area))) as Record<string, string>

const sources = readdirSync(join(here, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !name.includes('schema'))
  .map((name) => readFileSync(join(here, 'src', name), 'utf8'))
/** Statements are printed with messages too. */
const printed = readFileSync(join(here, '../src/rialto/gateway/statements/words.py'), 'utf8')

test('every message is used, every message that is asked for is there, and each is in one area', () => {
  const text = [...sources, printed].join('\n')
  const keys = AREAS.flatMap((area) => Object.keys(catalogue('en', area)))
  expect(keys.toSorted()).toEqual(Object.keys(english).toSorted())
  const quoted = new Set([...text.matchAll(/['"]([\w.]+)['"]/g)].map((found) => found[1] ?? ''))
  expect(keys.filter((key) => !quoted.has(key))).toEqual([])
  const asked = [...text.matchAll(/\bt\('([\w.]+)'/g)].map((found) => found[1] ?? '')
  expect(asked.filter((key) => !(key in english))).toEqual([])
  expect(asked.length).toBeGreaterThan(50)
})

test('offered are the languages that have every area, and each has its name', () => {
  const catalogues = new Catalogues(join(here, 'locales'))
  expect(OFFERED.toSorted()).toEqual(LANGUAGES.filter((language) => catalogues.isWhole(language)))
  expect(LANGUAGES.filter((language) => !(language in KNOWN))).toEqual([])
  expect(OFFERED).toEqual(expect.arrayContaining(['en', 'ar', 'de']))
})

test.each(LANGUAGES)('%s has every message, and each as its language would have it', (language) => {
  const isOffered = OFFERED.includes(language as LanguageCode)
  const complaints: string[] = []
  for (const area of AREAS) {
    const [own, original] = [catalogue(language, area), catalogue('en', area)]
    expect(Object.keys(own), area).toEqual(Object.keys(own).toSorted())
    if (isOffered) expect(Object.keys(own), area).toEqual(Object.keys(original))
    for (const [key, text] of Object.entries(own)) {
      const told = complaintsOf(language, key, text, original[key] ?? '')
      complaints.push(...told.map((each) => `${key} ${each}: ${text}`))
    }
  }
  expect(complaints).toEqual([])
})

test.each([
  [['de-AT', 'en'], 'de'],
  [['xx', 'AR-eg'], 'ar'],
  [['tlh', 'no such tag'], 'en'],
  [[], 'en'],
])('who wishes for %j is spoken to in %s', (wishes, spoken) => {
  expect(bestOf(wishes)).toBe(spoken)
})

const ALL = Object.keys(KNOWN) as LanguageCode[]
test.each([
  [['es-MX'], 'es-419'],
  [['es'], 'es'],
  [['es-ES'], 'es'],
  [['pt'], 'pt-BR'],
  [['pt-AO'], 'pt-PT'],
  [['zh-Hant-HK'], 'zh-TW'],
  [['zh'], 'zh-CN'],
  [['zh-SG'], 'zh-CN'],
  [['no'], 'nb'],
  [['nn-NO'], 'nb'],
  [['iw'], 'he'],
  [['in'], 'id'],
])('of all languages, who wishes for %j is spoken to in %s', (wishes, spoken) => {
  expect(bestOf(wishes, ALL)).toBe(spoken)
})

test('every language has a direction of its own, plural rules and numbers here', () => {
  for (const code of ALL) {
    expect(Intl.PluralRules.supportedLocalesOf(code), code).toEqual([code])
    const script = new Intl.Locale(code).maximize().script ?? ''
    expect(KNOWN[code].isRightToLeft ?? false, code).toBe(['Arab', 'Hebr'].includes(script))
  }
})
