// Keeps the catalogues of all languages together: `npm run locales -- COMMAND`.
//
//   missing LANGUAGE        what it lacks, as JSON of key and English text; what is stale is told beside
//   merge LANGUAGE FILE     put the translations of a JSON file into its areas, sorted; refused with reasons if one is wrong
//   check [LANGUAGE...]     hold catalogues to the rules of their languages
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Catalogues, type Messages } from './catalogues.ts'
import { complaintsOf } from './rules.ts'

const catalogues = new Catalogues(join(process.cwd(), 'locales'))

function told(language: string, messages: Messages): string[] {
  const english = Object.assign({}, ...catalogues.areas().map((area) => catalogues.read('en', area))) as Messages
  return Object.entries(messages).flatMap(([key, text]) =>
    english[key] === undefined
      ? []
      : complaintsOf(language, key, text, english[key]).map((each) => `${language} ${key} ${each}: ${text}`),
  )
}

function missing(language: string): number {
  console.log(JSON.stringify(catalogues.missing(language), null, 2))
  const stale = catalogues.stale(language)
  if (stale.length > 0) console.error(`stale: ${stale.join(' ')}`)
  return 0
}

function merge(language: string, file: string): number {
  const messages = JSON.parse(readFileSync(file, 'utf8')) as Messages
  const complaints = told(language, messages)
  if (complaints.length > 0) {
    console.error(complaints.join('\n'))
    return 1
  }
  const unknown = catalogues.merge(language, messages)
  if (unknown.length > 0) console.error(`unknown: ${unknown.join(' ')}`)
  console.log(`${Object.keys(catalogues.missing(language)).length} messages are missing`)
  return 0
}

function check(languages: readonly string[]): number {
  const complaints = (languages.length > 0 ? languages : catalogues.languages()).flatMap((language) =>
    catalogues.areas().flatMap((area) => told(language, catalogues.read(language, area))),
  )
  if (complaints.length > 0) console.error(complaints.join('\n'))
  return complaints.length > 0 ? 1 : 0
}

const [command = '', language = '', file = ''] = process.argv.slice(2)
if (command === 'missing' && language) process.exitCode = missing(language)
else if (command === 'merge' && language && file) process.exitCode = merge(language, file)
else if (command === 'check') process.exitCode = check(process.argv.slice(3))
else {
  console.error('missing LANGUAGE | merge LANGUAGE FILE | check [LANGUAGE...]')
  process.exitCode = 2
}
