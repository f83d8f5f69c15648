import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compress } from './build/compress.ts'
import { messages } from './build/messages.ts'
import { GROUPS } from './build/packs.ts'
import { WORKER, worker } from './build/worker.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const built = here('../src/rialto/gateway/page/built')
const exchange = process.env.RIALTO_URL ?? 'http://127.0.0.1:8000'
const api = { target: exchange, ws: true }

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [messages(), svelte(), worker(), compress()],
  build: {
    outDir: built,
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Scripts of browser tests are built with this, too; they are no page.
    rolldownOptions: isSsrBuild
      ? {}
      : {
          input: { index: here('index.html'), worker: here('src/worker/worker.ts') },
          output: {
            codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
            entryFileNames: ({ name }) => (name === 'worker' ? WORKER : 'assets/[name]-[hash].js'),
          },
        },
  },
  server: {
    proxy: { '/api': api, '/sapi': api, '/account/v1': api, '/ws-api': api, '/ws': api, '/stream': api },
  },
  // A busy machine is waited for.
  test: { include: ['tests/**/*.test.ts'], environment: 'node', testTimeout: 60_000 },
}))
