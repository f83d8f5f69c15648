import { mkdtempSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Catalogues } from '../tools/catalogues'
import { complaintsOf, formsNeeded } from '../tools/rules'

const COUNTED = '{count, plural, one {# call} other {# calls}}'

test.each([
  ['de', '{count, plural, one {# Aufruf} other {# Aufrufe}}', COUNTED, []],
  ['ru', '{count, plural, one {# вызов} other {# вызова}}', COUNTED, ['needs few,many,one,other']],
  ['ja', '{count, plural, one {呼び出し # 件} other {呼び出し # 件}}', COUNTED, ['needs other']],
  ['ru', '{count, plural, one {Куплено} few {За #} many {За #} other {За #}}', COUNTED, ['no # in the form of one']],
  ['ru', '{count, plural, =1 {Куплено} one {За #} few {За #} many {За #} other {За #}}', COUNTED, []],
  ['de', '{name} Aufrufe', COUNTED, ['values name', 'no plural']],
  ['ar', '{count, plural, =0 {أوامر} other {أوامر (#)}}', '{count, plural, =0 {Orders} other {Orders (#)}}', []],
  ['de', '{count, plural, =0 {nichts} one {#} few {#} other {#}}', COUNTED, ['few']],
  ['de', 'Noch nicht übersetzt.', 'Not yet translated.', []],
  ['de', 'This was never translated by anyone.', 'This was never translated by anyone.', ['English still']],
  ['ru', 'Not translated', 'Not translated', ['no letter of its script']],
  ['ru', 'WebSocket API', 'WebSocket API', []],
  ['de', 'Lädt...', 'Loading…', ['three points']],
  ['de', 'Er sagt "ja".', 'He says yes.', ['straight quotes']],
  ['ar', 'رصيد ١٢ وحدة', 'A balance of 12 units', ['not Latin']],
  ['ar', 'نعم, لا', 'Yes and no', ['comma']],
  ['fr', 'Vraiment?', 'Really?', ['double mark']],
  ['fr', 'Vraiment\u202f?', 'Really?', []],
  ['es', 'Seguro?', 'Sure?', ['¿']],
  ['zh-CN', '已登录.', 'Logged in.', ['among Han']],
  ['de', 'Alles fertig', 'All done.', ['does not end as a sentence']],
  ['de', '{minutes} Min.', '{minutes} min', []],
  ['el', 'Να ακυρωθεί η εντολή;', 'Cancel the order?', []],
  ['de', 'Auftrag stornieren;', 'Cancel the order?', ['does not end as a sentence']],
  ['de', '<b>Fertig</b>', 'Done', ['markup']],
  ['de', '{name', '{name}', ['not ICU']],
  ['de', 'Ein sehr langer Text, der viel länger ist, als er es sein dürfte', 'Short', ['three times']],
])('in %s, %j for %j: %j', (language, text, english, told) => {
  const complaints = complaintsOf(language, 'some.key', text, english)
  expect(complaints.length, complaints.join()).toBe(told.length)
  told.forEach((each, index) => expect(complaints[index]).toContain(each))
})

test('a category whose every number has a form of its own is not needed', () => {
  expect(formsNeeded('ar', 'plural', ['=0', 'other'])).not.toContain('zero')
  expect(formsNeeded('ar', 'plural', ['other'])).toContain('zero')
  expect(formsNeeded('ru', 'plural', ['=1'])).toContain('one')
})

test('translations are merged into their areas, sorted, and what is stale goes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'locales-'))
  const put = (language: string, area: string, messages: object) => {
    mkdirSync(join(directory, language), { recursive: true })
    writeFileSync(join(directory, language, `${area}.json`), JSON.stringify(messages))
  }
  put('en', 'one', { 'one.a': 'A', 'one.b': 'B' })
  put('en', 'two', { 'two.a': 'A' })
  put('de', 'one', { 'one.b': 'Be', 'one.old': 'Alt' })
  const catalogues = new Catalogues(directory)
  expect(catalogues.missing('de')).toEqual({ 'one.a': 'A', 'two.a': 'A' })
  expect(catalogues.stale('de')).toEqual(['one.old'])
  expect(catalogues.isWhole('de')).toBe(false)
  expect(catalogues.merge('de', { 'two.a': 'Zwei', 'one.a': 'Ah', 'no.such': 'x' })).toEqual(['no.such'])
  expect(readFileSync(join(directory, 'de', 'one.json'), 'utf8')).toBe('{\n  "one.a": "Ah",\n  "one.b": "Be"\n}\n')
  expect([catalogues.missing('de'), catalogues.isWhole('de')]).toEqual([{}, true])
})
