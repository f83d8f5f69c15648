// The language of the page: chosen, else the browser's, else English. Catalogues are loaded when they are needed.
import { setupI18n } from '@lingui/core'
import { recall, remember } from '../session/memory'
import type { Area, Key } from './areas'
import { LANGUAGES, bestOf, type LanguageCode } from './languages'
import { messagesOf } from './packs'

const i18n = setupI18n({ missing: (_language, key) => key })

class Language {
  code = $state<LanguageCode>('en')
  #loaded = $state(0)
  #needed = new Set<Area>(['shell'])
  #turn = 0
  /** What is spoken as soon as it is there. */
  #coming: LanguageCode = 'en'

  /** Speak a language from now on: once everything that is needed is loaded. */
  async speak(code: LanguageCode): Promise<void> {
    const turn = ++this.#turn
    this.#coming = code
    const messages = await messagesOf(code, [...this.#needed])
    if (turn !== this.#turn) return
    // What pages have loaded meanwhile stays.
    i18n.load(code, messages)
    i18n.activate(code)
    this.code = code
    this.#loaded += 1
    document.documentElement.lang = code
    document.documentElement.dir = LANGUAGES[code].isRightToLeft ? 'rtl' : 'ltr'
  }

  /** Speak a language and remember it. */
  async choose(code: LanguageCode): Promise<void> {
    await this.speak(code)
    remember('language', code)
  }

  /** Have the messages of these areas at hand, from now on in every language that is spoken. */
  async need(areas: readonly Area[]): Promise<void> {
    const lacking = areas.filter((area) => !this.#needed.has(area))
    if (lacking.length === 0) return
    const code = this.#coming
    const messages = await messagesOf(code, lacking)
    lacking.forEach((area) => this.#needed.add(area))
    i18n.load(code, messages)
    // Another language may have been chosen meanwhile.
    if (this.#coming === code) this.#loaded += 1
    else await this.speak(this.#coming)
  }

  /** Return a message, and be asked again when the language changes. */
  say(key: Key, values?: Record<string, unknown>): string {
    if (this.#loaded === 0) return ''
    return i18n._(key, values)
  }
}

export const language = new Language()

/** How something is said: what is kept of it, so that it is said in the language that the page has by then. */
export type Saying = () => string

/** How nothing is said. */
export const silent: Saying = () => ''

/** Return a message in the page's language. */
export const t = (key: Key, values?: Record<string, unknown>): string => language.say(key, values)

/** Tell which language to begin with. */
export function firstLanguage(): LanguageCode {
  return bestOf([recall('language') ?? '', ...navigator.languages])
}
