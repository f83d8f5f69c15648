// Amounts as people read them: by the language's own separators, in Latin digits, from the exact text.
import { language } from '../i18n/language.svelte'
import { timeAs } from '../i18n/times'
import { Decimal } from './decimal'

interface Separators {
  group: string
  decimal: string
}

const known = new Map<string, Separators>()

/** Return the separators of a language. */
export function separatorsOf(code: string): Separators {
  let found = known.get(code)
  if (!found) {
    const parts = new Intl.NumberFormat(`${code}-u-nu-latn`).formatToParts(1234567.5)
    const valueOf = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise
    found = { group: valueOf('group', ','), decimal: valueOf('decimal', '.') }
    known.set(code, found)
  }
  return found
}

/** Write a decimal with separators. `scale` cuts or fills its decimals; without, zeros at the end are left out. */
export function formatAmount(amount: string | Decimal, scale?: number, code: string = language.code): string {
  const given = typeof amount === 'string' ? Decimal.of(amount) : amount
  const [whole = '', fraction] = (scale === undefined ? given.trimmed() : given.toScale(scale)).toString().split('.')
  const { group, decimal } = separatorsOf(code)
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group)
  return fraction === undefined ? grouped : grouped + decimal + fraction
}

const CRYPTO_PLACES: Readonly<Record<string, number>> = { USDT: 2 }
const CRYPTO_PLACES_OTHERWISE = 8
const SMALL = Decimal.of('1')

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** Whether this is money of a country, as ISO 4217 names it, and no other asset. */
export const isCurrency = (name: string): boolean => CURRENCIES.has(name)

/**
 * Write an amount of a currency as people of the language write it, rounded down; an asset's with its name behind it.
 *
 * `isPrice` shows more places of what is less than one, as prices need it.
 */
export function formatMoney(
  amount: string | Decimal,
  currency: string,
  { isPrice = false, code = language.code as string } = {},
): string {
  const given = typeof amount === 'string' ? Decimal.of(amount) : amount
  const isSmall = isPrice && given.compare(SMALL) < 0 && given.compare(Decimal.of('-1')) > 0
  if (!isCurrency(currency)) {
    const places = CRYPTO_PLACES[currency] ?? CRYPTO_PLACES_OTHERWISE
    return `${formatAmount(given, isSmall ? CRYPTO_PLACES_OTHERWISE : places, code)}\u00a0${currency}`
  }
  return new Intl.NumberFormat(`${code}-u-nu-latn`, {
    style: 'currency',
    currency,
    roundingMode: 'trunc',
    ...(isSmall ? { maximumFractionDigits: 8 } : {}),
  }).format(given.toString() as Intl.StringNumericLiteral)
}

/** Name a currency in the language; its code where it has no name. */
export function nameOfCurrency(currency: string, code: string = language.code): string {
  if (!isCurrency(currency)) return currency
  return new Intl.DisplayNames([code], { type: 'currency' }).of(currency) ?? currency
}

const UNITS: [string, string][] = [
  ['1000000000', 'B'],
  ['1000000', 'M'],
  ['1000', 'K'],
]

/** Write a large amount short, as in `12.34M`, rounded down. */
export function formatShort(amount: string): string {
  const given = Decimal.of(amount)
  for (const [size, unit] of UNITS) {
    if (given.compare(Decimal.of(size)) >= 0) return formatAmount(given.dividedBy(Decimal.of(size), 2), 2) + unit
  }
  return formatAmount(given, 2)
}

/** Write a change in percent with its sign. */
export function formatChange(percent: string): string {
  const given = Decimal.of(percent)
  return `${given.compare(Decimal.ZERO) > 0 ? '+' : ''}${formatAmount(given, 2)}%`
}

/** Read what a person typed: the language's decimal separator or a point. Returns null for what is no number. */
export function readTyped(text: string, code: string = language.code): Decimal | null {
  const { decimal } = separatorsOf(code)
  const plain = text.trim().replace(decimal, '.')
  return plain.startsWith('-') ? null : Decimal.read(plain)
}

/** Write a time of day. */
export function formatTime(milliseconds: number): string {
  return timeAs(milliseconds, { timeStyle: 'medium' })
}

/** Write a day and a time. */
export function formatMoment(milliseconds: number): string {
  return timeAs(milliseconds, {
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}

/** Write a day. */
export function formatDay(milliseconds: number): string {
  return timeAs(milliseconds, { dateStyle: 'medium' })
}

/** Write a day of any year and a time, to the second. */
export function formatInstant(milliseconds: number): string {
  return timeAs(milliseconds, { dateStyle: 'medium', timeStyle: 'medium' })
}
