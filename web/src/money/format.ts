// Amounts as people read them: by the language's own separators, in Latin digits, from the exact text.
import { dates, latin, once } from '../i18n/formats'
import { language } from '../i18n/language.svelte'
import { Decimal } from './decimal'

interface Separators {
  group: string
  decimal: string
}

/** Return the separators of a language. */
export const separatorsOf = once((code): Separators => {
  const parts = new Intl.NumberFormat(latin(code)).formatToParts(1234567.5)
  const valueOf = (type: string, otherwise: string) => parts.find((part) => part.type === type)?.value ?? otherwise
  return { group: valueOf('group', ','), decimal: valueOf('decimal', '.') }
})

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
  return moneyFormat(`${code} ${currency} ${isSmall ? CRYPTO_PLACES_OTHERWISE : ''}`).format(
    given.toString() as Intl.StringNumericLiteral,
  )
}

/** By language, currency and how many decimals at most, if not the currency's own. */
const moneyFormat = once((name) => {
  const [code = '', currency = '', most = ''] = name.split(' ')
  const places = most ? { maximumFractionDigits: Number(most) } : {}
  return new Intl.NumberFormat(latin(code), { style: 'currency', currency, roundingMode: 'trunc', ...places })
})

/** Name a currency in the language; its code where it has no name. */
export function nameOfCurrency(currency: string, code: string = language.code): string {
  if (!isCurrency(currency)) return currency
  return new Intl.DisplayNames([code], { type: 'currency' }).of(currency) ?? currency
}

/** A large amount is written with so many decimals of its unit. */
const SHORT_PLACES = 2
const SHORT_FROM = Decimal.of('1000')
const shortFormat = once((code) => {
  const options = { notation: 'compact', maximumFractionDigits: SHORT_PLACES, roundingMode: 'trunc' } as const
  return new Intl.NumberFormat(latin(code), options)
})

/** Write a large amount short as the language does, as in `12.34M` or `12,34 Mio.`, rounded down. */
export function formatShort(amount: string, code: string = language.code): string {
  const given = Decimal.of(amount)
  if (given.compare(SHORT_FROM) < 0) return formatAmount(given, SHORT_PLACES, code)
  return shortFormat(code).format(given.toString() as Intl.StringNumericLiteral)
}

/** What a language writes around a number to say percent: `50%`, `50 %`, `%50`. */
const percentSigns = once((code) => {
  const parts = new Intl.NumberFormat(latin(code), { style: 'percent' }).formatToParts(1)
  const at = parts.findIndex(({ type }) => type === 'integer')
  // Numbers are isolated by where they stand, not by marks in them.
  const text = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value.replace(/[\u200e\u200f]/g, '')).join('')
  return { before: text(parts.slice(0, at)), after: text(parts.slice(at + 1)) }
})

/** Write a number of hundredths as the language writes percent. `scale` as of `formatAmount`. */
export function formatPercent(percent: string | Decimal, scale?: number, code: string = language.code): string {
  const { before, after } = percentSigns(code)
  return `${before}${formatAmount(percent, scale, code)}${after}`
}

/** Write a change in percent with its sign. */
export function formatChange(percent: string, code: string = language.code): string {
  const given = Decimal.of(percent)
  return `${given.compare(Decimal.ZERO) > 0 ? '+' : ''}${formatPercent(given, 2, code)}`
}

/** Read what a person typed: the language's decimal separator or a point. Returns null for what is no number. */
export function readTyped(text: string, code: string = language.code): Decimal | null {
  const { decimal } = separatorsOf(code)
  const plain = text.trim().replace(decimal, '.')
  return plain.startsWith('-') ? null : Decimal.read(plain)
}

/** Write a time of day. */
export const formatTime = dates({ timeStyle: 'medium', hourCycle: 'h23' })

const NUMBERS = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
/** Write a day and a time. */
export const formatMoment = dates({ ...NUMBERS, hourCycle: 'h23' })

/** Write the day of a moment near now, in numbers. */
export const formatDate = dates({ month: '2-digit', day: '2-digit' })

/** Write a day. */
export const formatDay = dates({ dateStyle: 'medium' })

/** Write a day of any year and a time, to the second. */
export const formatInstant = dates({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })
