// Tells the service worker which files are the frame of the page, and gives it a version that changes with them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'

export const WORKER = 'worker.js'
const DOCUMENT = 'index.html'

/** Write the frame's files into the worker: the document, its script with what that imports, its styles, and icons. */
export function worker(): Plugin {
  let publicDirectory = ''
  return {
    name: 'worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDirectory = config.publicDir
    },
    generateBundle(_options, bundle) {
      const built = bundle[WORKER]
      const document = bundle[DOCUMENT]
      if (built?.type !== 'chunk' || document?.type !== 'asset') return
      const plain = readdirSync(publicDirectory).filter((name) => /\.(svg|webmanifest)$/.test(name))
      const files = [DOCUMENT, ...plain, ...frameOf(bundle)]
      const hash = createHash('sha256').update(String(document.source)).update(built.code)
      for (const name of plain) hash.update(readFileSync(join(publicDirectory, name)))
      for (const name of files) hash.update(name)
      const frame = { version: hash.digest('hex').slice(0, 16), files: files.map((name) => `/${name}`) }
      built.code = `const FRAME = ${JSON.stringify(frame)};\n${built.code}`
    },
  }
}

/** The entry of the document and everything it imports at once, with the styles. */
function frameOf(bundle: Rolldown.OutputBundle): string[] {
  const entry = Object.values(bundle).find((each) => each.type === 'chunk' && each.isEntry && each.fileName !== WORKER)
  const found = new Set<string>()
  const add = (name: string) => {
    const chunk = bundle[name]
    if (found.has(name) || chunk?.type !== 'chunk') return
    found.add(name)
    const styles = (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss
    for (const style of styles ?? []) found.add(style)
    chunk.imports.forEach(add)
  }
  if (entry) add(entry.fileName)
  return [...found].toSorted()
}
