// Countries as a language names them, and in its order.
import { language } from './language.svelte'

/** Return the name of a country of two letters. */
export function countryName(country: string, code: string = language.code): string {
  try {
    return new Intl.DisplayNames(code, { type: 'region', fallback: 'code' }).of(country) ?? country
  } catch {
    return country
  }
}

/** List countries by name. */
export function countriesByName(countries: readonly string[], code: string = language.code): [string, string][] {
  const names = new Intl.DisplayNames(code, { type: 'region', fallback: 'code' })
  const order = new Intl.Collator(code)
  return countries
    .map((country): [string, string] => [country, names.of(country) ?? country])
    .sort(([, one], [, other]) => order.compare(one, other))
}
