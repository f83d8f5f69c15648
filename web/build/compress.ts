// Text is compressed once here, as far as it goes, and not by the server for each client.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSED = /\.(css|html|js|json|svg|webmanifest)$/
const BYTES_MIN = 512

/** Write a brotli and a gzip form beside every text of the build. */
export function compress(): Plugin {
  let directory = ''
  return {
    name: 'compress',
    apply: 'build',
    configResolved(config) {
      directory = config.build.outDir
    },
    closeBundle() {
      for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
        if (!COMPRESSED.test(name)) continue
        const path = join(directory, name)
        const content = readFileSync(path)
        if (content.length < BYTES_MIN) continue
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}
