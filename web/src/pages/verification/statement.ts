// What a person states about themselves: the fields, and what is wrong with what stands in them.
import type { Key } from '../../i18n/areas'
import type { Rules } from './standing'

export interface Statement {
  firstName: string
  lastName: string
  birthDate: string
  country: string
  address: string
  documentType: string
  documentNumber: string
  /** Until when the document is valid; empty if for ever. */
  expires: string
}

export type Wrong = Partial<Record<keyof Statement, Key>>

export const EMPTY: Readonly<Statement> = {
  firstName: '',
  lastName: '',
  birthDate: '',
  country: '',
  address: '',
  documentType: '',
  documentNumber: '',
  expires: '',
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const AGE_MAX_YEARS = 120
const LENGTH_MAX = 100
const ADDRESS_LENGTH_MAX = 300
const NUMBER = /^[A-Za-z0-9 .-]{1,64}$/
// What no line of text has in it.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/

/** Write several lines of an address as one, as it is sent. */
export const oneLine = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .join(', ')

/** Tell how old someone is on a day, in years; null for what is no date. Both are YYYY-MM-DD. */
export function ageOn(birthDate: string, day: string): number | null {
  if (!isDay(birthDate)) return null
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** Tell what is wrong. `day` is today, in UTC. */
export function wrongIn(given: Statement, rules: Rules, level: number, day: string): Wrong {
  const wrong: Wrong = {}
  for (const name of ['firstName', 'lastName'] as const) {
    const text = given[name].trim()
    if (!text) wrong[name] = 'verification.wrong.missing'
    else if (text.length > LENGTH_MAX || CONTROL.test(text)) wrong[name] = 'verification.wrong.long'
  }
  const age = ageOn(given.birthDate, day)
  if (age === null || age < 0 || age > AGE_MAX_YEARS) wrong.birthDate = 'verification.wrong.birthDate'
  else if (age < rules.ageMin) wrong.birthDate = 'verification.wrong.young'
  const country = rules.countries.find((each) => each.country === given.country)
  if (!country) wrong.country = 'verification.wrong.missing'
  else if (country.levelMax === 0) wrong.country = 'verification.wrong.country'
  else if (country.levelMax < level) wrong.country = 'verification.wrong.countryLevel'
  const address = oneLine(given.address)
  if (!address) wrong.address = 'verification.wrong.missing'
  else if (address.length > ADDRESS_LENGTH_MAX || CONTROL.test(address)) wrong.address = 'verification.wrong.long'
  return { ...wrong, ...wrongInDocument(given, day) }
}

function wrongInDocument(given: Statement, day: string): Wrong {
  const wrong: Wrong = {}
  if (!given.documentType) wrong.documentType = 'verification.wrong.missing'
  if (!NUMBER.test(given.documentNumber.trim())) wrong.documentNumber = 'verification.wrong.number'
  if (given.expires && !isDay(given.expires)) wrong.expires = 'verification.wrong.date'
  else if (given.expires && given.expires <= day) wrong.expires = 'verification.wrong.expired'
  return wrong
}

function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const read = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(text)
}
