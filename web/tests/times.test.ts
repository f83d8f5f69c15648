// Times as the page writes them: by the language, and readable wherever numbers run from left to right.
import { expect, test } from 'vitest'
import { momentOf } from '../src/i18n/times'
import { language } from '../src/i18n/language.svelte'

test('an Arabic date carries no marks that tear it apart among numbers', () => {
  const before = language.code
  language.code = 'ar'
  expect(momentOf(Date.UTC(2026, 10, 30, 12))).toMatch(/^30\/11\/2026، \d\d:00$/)
  language.code = before
})
