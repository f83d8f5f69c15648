// The languages the page can speak, by their codes in BCP 47, each by its own name. Offered are those whose catalogues are
// there, every area of them: a language is added by its files.
import { VERSIONS } from 'virtual:catalogues'

interface Spoken {
  name: string
  isRightToLeft?: true
}

const TABLE = {
  en: { name: 'English' },
  ar: { name: 'العربية', isRightToLeft: true },
  bg: { name: 'Български' },
  bn: { name: 'বাংলা' },
  cs: { name: 'Čeština' },
  da: { name: 'Dansk' },
  de: { name: 'Deutsch' },
  el: { name: 'Ελληνικά' },
  es: { name: 'Español' },
  'es-419': { name: 'Español (Latinoamérica)' },
  et: { name: 'Eesti' },
  fa: { name: 'فارسی', isRightToLeft: true },
  fi: { name: 'Suomi' },
  fr: { name: 'Français' },
  he: { name: 'עברית', isRightToLeft: true },
  hi: { name: 'हिन्दी' },
  hu: { name: 'Magyar' },
  id: { name: 'Bahasa Indonesia' },
  it: { name: 'Italiano' },
  ja: { name: '日本語' },
  kk: { name: 'Қазақша' },
  ko: { name: '한국어' },
  lt: { name: 'Lietuvių' },
  lv: { name: 'Latviešu' },
  nb: { name: 'Norsk bokmål' },
  nl: { name: 'Nederlands' },
  pl: { name: 'Polski' },
  'pt-BR': { name: 'Português (Brasil)' },
  'pt-PT': { name: 'Português (Portugal)' },
  ro: { name: 'Română' },
  ru: { name: 'Русский' },
  sk: { name: 'Slovenčina' },
  sl: { name: 'Slovenščina' },
  sv: { name: 'Svenska' },
  th: { name: 'ไทย' },
  tr: { name: 'Türkçe' },
  uk: { name: 'Українська' },
  ur: { name: 'اردو', isRightToLeft: true },
  uz: { name: 'Oʻzbekcha' },
  vi: { name: 'Tiếng Việt' },
  'zh-CN': { name: '简体中文' },
  'zh-TW': { name: '繁體中文' },
} as const satisfies Record<string, Spoken>

export type LanguageCode = keyof typeof TABLE
/** Every language that is known. */
export const LANGUAGES: Readonly<Record<LanguageCode, Spoken>> = TABLE

/** The languages that can be chosen. */
export const OFFERED: readonly LanguageCode[] = (Object.keys(TABLE) as LanguageCode[]).filter(
  (code) => code in VERSIONS,
)

/** One language under another's code. */
const ALIASES: Readonly<Record<string, string>> = { no: 'nb', nn: 'nb' }
/** Countries whose Spanish is that of Spain; all others speak that of Latin America. */
const OF_SPAIN: ReadonlySet<string> = new Set(['ES', 'EA', 'GQ', 'IC', 'PH'])

/** Find the language that speaks to who wishes for these, the dearest first. `zh-Hant-HK` is content with `zh-TW`. */
export function bestOf(wishes: readonly string[], offered: readonly LanguageCode[] = OFFERED): LanguageCode {
  for (const wish of wishes) {
    const exact = offered.find((code) => code.toLowerCase() === wish.toLowerCase())
    if (exact) return exact
    const wanted = localeOf(wish)
    const near = offered.filter((code) => localeOf(code).language === wanted.language)
    const found =
      near.find((code) => isSameKind(localeOf(code), wanted)) ??
      near.find((code) => localeOf(code).script === wanted.script) ??
      near[0]
    if (found) return found
  }
  return 'en'
}

interface Locale {
  language: string
  script?: string | undefined
  region?: string | undefined
}

/** Whether two kinds of one language are the same: Spain's and America's Spanish, Brazil's and every other Portuguese. */
function isSameKind(one: Locale, other: Locale): boolean {
  if (one.script !== other.script) return false
  if (one.language === 'es') return OF_SPAIN.has(one.region ?? 'ES') === OF_SPAIN.has(other.region ?? 'ES')
  if (one.language === 'pt') return (one.region === 'BR') === (other.region === 'BR')
  return true
}

function localeOf(tag: string): Locale {
  try {
    const { language, script, region } = new Intl.Locale(tag).maximize()
    return { language: ALIASES[language] ?? language, script, region }
  } catch {
    return { language: '' }
  }
}
