// The catalogues as files: `locales/<language>/<area>.json`, keys in order.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Messages = Record<string, string>

export class Catalogues {
  constructor(readonly directory: string) {}

  languages(): string[] {
    return readdirSync(this.directory).toSorted()
  }

  areas(): string[] {
    return readdirSync(join(this.directory, 'en')).map((name) => name.replace('.json', ''))
  }

  /** Read one file; nothing where there is none. */
  read(language: string, area: string): Messages {
    const path = this.#path(language, area)
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Messages) : {}
  }

  /** Whether a language has every area, and so may be offered. */
  isWhole(language: string): boolean {
    return this.areas().every((area) => existsSync(this.#path(language, area)))
  }

  /** Write one file, keys in order. */
  write(language: string, area: string, messages: Messages): void {
    mkdirSync(join(this.directory, language), { recursive: true })
    const sorted = Object.fromEntries(Object.entries(messages).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    writeFileSync(this.#path(language, area), `${JSON.stringify(sorted, null, 2)}\n`)
  }

  /** What a language lacks of English, by key, in English. */
  missing(language: string): Messages {
    return Object.fromEntries(
      this.areas().flatMap((area) => {
        const own = this.read(language, area)
        return Object.entries(this.read('en', area)).filter(([key]) => !(key in own))
      }),
    )
  }

  /** What a language has that English has not, or not any more. */
  stale(language: string): string[] {
    return this.areas().flatMap((area) => {
      const english = this.read('en', area)
      return Object.keys(this.read(language, area)).filter((key) => !(key in english))
    })
  }

  /** Put messages into the areas of their keys, and leave out what is stale. Returns the keys that are nowhere. */
  merge(language: string, messages: Messages): string[] {
    const unknown = new Set(Object.keys(messages))
    for (const area of this.areas()) {
      const english = this.read('en', area)
      const own = { ...this.read(language, area) }
      for (const key of Object.keys(english)) {
        const text = messages[key]
        if (text !== undefined) own[key] = text
        unknown.delete(key)
      }
      const kept = Object.fromEntries(Object.entries(own).filter(([key]) => key in english))
      if (Object.keys(kept).length > 0) this.write(language, area, kept)
    }
    return [...unknown]
  }

  #path(language: string, area: string): string {
    return join(this.directory, language, `${area}.json`)
  }
}
