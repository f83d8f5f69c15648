// Tells the service worker which files are the frame of the page, and gives it a version that changes with them.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'

export const WORKER = 'worker.js'
const DOCUMENT = 'index.html'
const MAIN = '/src/main.ts'
const PAGES = '/src/pages/'

/**
 * Write the frame's files into the worker: the document, its script with what that imports, its styles, and icons. Menus
 * and dialogs of the frame, which come later, are among them, so that they are there without a network.
 */
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

/** What the page begins with, what that loads later and is no page, and everything these import, with the styles. */
function frameOf(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((each) => each.type === 'chunk')
  const begin = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(MAIN)))
  if (!begin) throw new Error(`No file of the page holds ${MAIN}.`)
  const isOfFrame = ({ facadeModuleId: id }: Rolldown.OutputChunk) => id !== null && !id.includes(PAGES)
  const later = chunks.filter((each) => begin.dynamicImports.includes(each.fileName) && isOfFrame(each))
  const found = new Set<string>()
  const add = (name: string) => {
    const chunk = bundle[name]
    if (found.has(name) || chunk?.type !== 'chunk') return
    found.add(name)
    const styles = (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss
    for (const style of styles ?? []) found.add(style)
    chunk.imports.forEach(add)
  }
  for (const { fileName } of [begin, ...later]) add(fileName)
  return [...found].toSorted()
}
