// How the page writes by its language, without making a format of Intl anew for each use.
import { language } from './language.svelte'

/** Make something once for each language, or whatever else it is asked with: formats of Intl cost far more than their use. */
export function once<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>()
  return (name) => {
    const found = made.get(name) ?? make(name)
    made.set(name, found)
    return found
  }
}

/** Name a language as people of all languages write numbers here: in Latin digits. */
export const latin = (code: string) => `${code}-u-nu-latn`

// Arabic dates carry these marks, which tear them apart wherever numbers run from left to right.
const MARKS = /\u200f/g

/** Take the marks out that turn what a language writes around. */
export const unmarked = (text: string): string => text.replaceAll(MARKS, '')

/** Make what writes times with these parts, in the language of the moment. */
export const dates = (parts: Intl.DateTimeFormatOptions) => {
  const formatOf = once((code) => new Intl.DateTimeFormat(latin(code), parts))
  return (milliseconds: number): string => unmarked(formatOf(language.code).format(milliseconds))
}
