// What a message must be in each language, so far as a rule can tell: whoever translates is told at once, and tests hold
// every catalogue to it.
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { LEFT_AS_IT_IS, TIGHT } from './exceptions.ts'

type Token = string | [string, string?, (Record<string, Token[]> | string)?]

/** What stands for a value in the text. */
const VALUE = '\ufffc'

interface Parsed {
  values: string[]
  /** What they are called, and those that tell the number. */
  plurals: { kind: string; forms: string[]; counted: string[] }[]
  /** What is written between the values. */
  text: string
}

/** Read a message of ICU. Throws for what is none. */
export function parse(message: string): Parsed {
  const parsed: Parsed = { values: [], plurals: [], text: '' }
  const take = (tokens: readonly Token[] | string): void => {
    for (const token of typeof tokens === 'string' ? [tokens] : tokens) {
      if (typeof token === 'string') {
        parsed.text += token
        continue
      }
      const [name, kind = '', inside] = token
      if (name !== '#') parsed.values.push(name)
      if (typeof inside !== 'object') {
        parsed.text += VALUE
        continue
      }
      const forms = Object.entries(inside).filter(([form]) => form !== 'offset')
      if (/plural|selectordinal/i.test(kind)) {
        const counted = forms.filter(([, each]) => each.some((part) => part[0] === '#'))
        parsed.plurals.push({ kind, forms: forms.map(([form]) => form), counted: counted.map(([form]) => form) })
      }
      forms.forEach(([, each]) => {
        parsed.text += VALUE
        take(each)
      })
    }
  }
  take(compileMessageOrThrow(message) as readonly Token[] | string)
  parsed.values = [...new Set(parsed.values)].sort()
  return parsed
}

const isExact = (form: string) => /^=?\d+$/.test(form)
const SAMPLED = 1_200

/** The forms a language needs of a plural: its categories, but for those whose every number has a form of its own. */
export function formsNeeded(language: string, kind: string, given: readonly string[]): string[] {
  const rules = new Intl.PluralRules(language, { type: /ordinal/i.test(kind) ? 'ordinal' : 'cardinal' })
  const exact = new Set(given.filter(isExact).map((form) => Number(form.replace('=', ''))))
  return rules.resolvedOptions().pluralCategories.filter((category) => {
    if (category === 'other') return true
    const numbers = Array.from({ length: SAMPLED }, (_, each) => each).filter((each) => rules.select(each) === category)
    return numbers.length === 0 || numbers.some((each) => !exact.has(each))
  })
}

/** Whether a language has the form of one for larger numbers too, as for 21. */
function isMoreThanOne(language: string, kind: string): boolean {
  const rules = new Intl.PluralRules(language, { type: /ordinal/i.test(kind) ? 'ordinal' : 'cardinal' })
  return Array.from({ length: SAMPLED }, (_, each) => each).some((each) => each > 1 && rules.select(each) === 'one')
}

const SCRIPTS: Record<string, RegExp> = {
  ar: /\p{Script=Arabic}/u,
  bg: /\p{Script=Cyrillic}/u,
  bn: /\p{Script=Bengali}/u,
  el: /\p{Script=Greek}/u,
  fa: /\p{Script=Arabic}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
  kk: /\p{Script=Cyrillic}/u,
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  th: /\p{Script=Thai}/u,
  uk: /\p{Script=Cyrillic}/u,
  ur: /\p{Script=Arabic}/u,
  'zh-CN': /\p{Script=Han}/u,
  'zh-TW': /\p{Script=Han}/u,
}
const WORDS_MAX = 3
const SENTENCE_END = /[.!?…。！？।۔؟]["”»’)）」』]?$/u
/** In Greek a question ends with what is a semicolon elsewhere. */
const GREEK_QUESTION = /[;\u037e]$/u
/** Languages whose sentences need no mark at their end. */
const NO_STOPS = new Set(['th'])

/** Style that every language has, or one: what it is called, what breaks it, and whose it is. */
const STYLE: readonly [string, RegExp, (language: string) => boolean][] = [
  ['markup', /<[a-z/!]|&[a-z]+;|&#\d/i, () => true],
  ['a control of direction', /[\u202a-\u202e]/u, () => true],
  ['three points in place of …', /\.\.\./, () => true],
  ['two spaces', / {2}/, () => true],
  ['straight quotes', /"/, () => true],
  ['digits that are not Latin', /(?=\p{Nd})[^0-9]/u, () => true],
  ['a Latin comma or mark after Arabic letters', /\p{Script=Arabic}[,;?]/u, (language) => /^(ar|fa|ur)/.test(language)],
  [
    'Latin marks among Han',
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][,.?!;](?!\d)/u,
    (language) => /^(ja|zh)/.test(language),
  ],
  ['no space before a double mark', /[\p{L}\d][?!;](\s|$)/u, (language) => language === 'fr'],
  ['a question that does not begin with ¿', /^[^¿]*\?/u, (language) => language.startsWith('es')],
]

const words = (text: string) => text.match(/\p{L}{2,}/gu)?.length ?? 0

/** Say what is wrong with a message; nothing if nothing is. */
export function complaintsOf(language: string, key: string, message: string, english: string): string[] {
  let own: Parsed
  try {
    own = parse(message)
  } catch (failure) {
    return [`is not ICU: ${String(failure)}`]
  }
  const original = parse(english)
  const complaints = [...wrongForm(language, own, original), ...wrongStyle(language, key, own, original)]
  if (message.trim() !== message || message === '') complaints.push('begins or ends with a space, or is empty')
  const [, most] = TIGHT.find(([name]) => name === key) ?? []
  if (most !== undefined && own.text.length > most)
    complaints.push(`has more than ${most} characters where room is tight`)
  if (own.text.length > 3 * original.text.length + 24) complaints.push('is more than three times as long as in English')
  return complaints
}

function wrongForm(language: string, own: Parsed, original: Parsed): string[] {
  const complaints: string[] = []
  if (own.values.join() !== original.values.join())
    complaints.push(
      `has the values ${own.values.join() || 'none'}, and should have ${original.values.join() || 'none'}`,
    )
  for (const { kind, forms, counted } of own.plurals) {
    // "Bought" for one trade would be said of 21 as well, where 21 takes the form of one.
    if (forms.includes('one') && !counted.includes('one') && isMoreThanOne(language, kind))
      complaints.push('has no # in the form of one, which other numbers take too: use =1 beside it')
    const named = forms.filter((form) => !isExact(form)).sort()
    const needed = formsNeeded(language, kind, forms).sort()
    const foreign = named.filter((form) => !formsNeeded(language, kind, []).includes(form))
    const isAlike = named.join() === 'other' && !original.plurals.some((each) => each.forms.includes('one'))
    if (!isAlike && (foreign.length > 0 || needed.some((form) => !named.includes(form))))
      complaints.push(`has the plural forms ${named.join()}, and needs ${needed.join()}`)
  }
  if (own.plurals.length === 0 && original.plurals.length > 0) complaints.push('has no plural')
  return complaints
}

function wrongStyle(language: string, key: string, own: Parsed, original: Parsed): string[] {
  const complaints = STYLE.filter(([, broken, isOf]) => isOf(language) && broken.test(own.text)).map(
    ([what]) => `has ${what}`,
  )
  if (language === 'en') return complaints
  const isKept = LEFT_AS_IT_IS.has(key) || !/\p{Ll}/u.test(original.text)
  const isSame = own.text.trim() === original.text.trim()
  if (!isKept && isSame && words(original.text) > WORDS_MAX) complaints.push('is English still')
  const script = SCRIPTS[language]
  if (!isKept && script && words(original.text) > 0 && !script.test(own.text) && !isName(original.text))
    complaints.push('has no letter of its script')
  const shouldEnd = SENTENCE_END.test(original.text.trim())
  const ends = SENTENCE_END.test(own.text.trim()) || (language === 'el' && GREEK_QUESTION.test(own.text.trim()))
  // A value may end a sentence itself. What ends with a point and is none in English may be an abbreviation.
  const isOpen = [own.text, original.text].some((text) => text.trim().endsWith(VALUE))
  if (!NO_STOPS.has(language) && !isOpen && shouldEnd && !ends) complaints.push('does not end as a sentence')
  return complaints
}

/** Whether a text is nothing but names and abbreviations: `FIX and SBE` is not, `WebSocket API` is. */
function isName(text: string): boolean {
  return (text.match(/\p{L}+/gu) ?? []).every((word) => /\p{Lu}.*\p{Lu}|\d/u.test(word) || word.length === 1)
}
