// Catalogues of messages are written in ICU syntax and compiled when the page is built, so that no parser is shipped.
import { compileMessage } from '@lingui/message-utils/compileMessage'
import type { Plugin } from 'vite'

const CATALOGUE = /[/\\]locales[/\\][A-Za-z-]+[/\\][a-z-]+\.json$/

/** Compile `locales/<language>/<area>.json` into a module whose default export maps keys to compiled messages. */
export function messages(): Plugin {
  return {
    name: 'messages',
    enforce: 'pre',
    transform(source, id) {
      if (!CATALOGUE.test(id)) return null
      const texts = JSON.parse(source) as Record<string, string>
      const compiled = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, compileMessage(text)]))
      return {
        code: `export default JSON.parse(${JSON.stringify(JSON.stringify(compiled))})`,
        moduleType: 'js',
        map: null,
      }
    },
  }
}
