// Catalogues of messages are written in ICU syntax and compiled when the page is built, so that no parser is shipped. Each
// language comes in packs, `assets/messages/<language>/<pack>-<version>.json`; the page knows the versions by the module
// `virtual:catalogues`. A module for each pack would put the names of all of them into the first file of the page.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { compileMessage } from '@lingui/message-utils/compileMessage'
import type { Plugin } from 'vite'
import { Catalogues } from '../tools/catalogues.ts'
import { packOf } from './packs.ts'

const LOCALES = fileURLToPath(new URL('../locales', import.meta.url))
const MODULE = 'virtual:catalogues'
const RESOLVED = `\0${MODULE}`
const FOLDER = 'assets/messages'
const VERSION_LENGTH = 8

interface Language {
  version: string
  /** By name, what is in the file. */
  packs: ReadonlyMap<string, string>
}

/** Read and compile the languages that have every area. */
export function compiled(): Map<string, Language> {
  const catalogues = new Catalogues(LOCALES)
  const whole = catalogues.languages().filter((language) => catalogues.isWhole(language))
  return new Map(whole.map((language) => [language, compiledOne(catalogues, language)]))
}

function compiledOne(catalogues: Catalogues, language: string): Language {
  const packs = new Map<string, Record<string, unknown>>()
  for (const area of catalogues.areas()) {
    const pack = packs.get(packOf(area)) ?? {}
    packs.set(packOf(area), pack)
    for (const [key, text] of Object.entries(catalogues.read(language, area))) pack[key] = compileMessage(text)
  }
  const files = new Map([...packs].map(([name, messages]) => [name, JSON.stringify(messages)]))
  const version = createHash('sha256')
    .update([...files.values()].join())
    .digest('hex')
    .slice(0, VERSION_LENGTH)
  return { version, packs: files }
}

/** Put the compiled messages beside the page, and tell it where they are. */
export function messages(): Plugin {
  let isPage = true
  return {
    name: 'messages',
    configResolved(config) {
      isPage = config.command === 'build' && !config.build.ssr
    },
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null
      const versions = Object.fromEntries([...compiled()].map(([language, { version }]) => [language, version]))
      return `export const VERSIONS = ${JSON.stringify(versions)}`
    },
    generateBundle() {
      if (!isPage) return
      for (const [language, { version, packs }] of compiled()) {
        for (const [pack, source] of packs)
          this.emitFile({ type: 'asset', fileName: `${FOLDER}/${language}/${pack}-${version}.json`, source })
      }
    },
    configureServer(server) {
      server.middlewares.use(`/${FOLDER}`, (request, response, next) => {
        const [, language = '', pack = ''] = /^\/([\w-]+)\/([\w-]+)-[0-9a-f]+\.json$/.exec(request.url ?? '') ?? []
        const source = compiled().get(language)?.packs.get(pack)
        if (source === undefined) return next()
        response.setHeader('content-type', 'application/json')
        response.end(source)
      })
    },
  }
}
