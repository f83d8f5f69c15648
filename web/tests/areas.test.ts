// A page that speaks of an area it does not name shows keys in place of messages, unless another page was seen before.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const web = new URL('..', import.meta.url).pathname
const src = join(web, 'src')
const routes = readFileSync(join(src, 'routing', 'routes.ts'), 'utf8')

const areaOf = new Map<string, string>()
for (const file of readdirSync(join(web, 'locales', 'en'))) {
  const keys = JSON.parse(readFileSync(join(web, 'locales', 'en', file), 'utf8')) as Record<string, string>
  for (const key of Object.keys(keys)) areaOf.set(key, file.replace('.json', ''))
}

/** The file a module's import names, or null for a package's. */
function resolved(from: string, name: string): string | null {
  if (!name.startsWith('.')) return null
  const path = join(dirname(from), name)
  return (
    [path, `${path}.ts`, `${path}.svelte.ts`].find((each) => /\.(ts|svelte)$/.test(each) && existsSync(each)) ?? null
  )
}

/** Every file a module has, itself included, through whatever it imports; chunks loaded later too. */
function reached(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  const text = readFileSync(path, 'utf8')
  for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const next = resolved(path, name)
    if (next && !next.endsWith('routes.ts')) reached(next, seen)
  }
  return seen
}

/** The areas a file speaks of: every key of a message that stands in it. */
function spokenIn(path: string): Set<string> {
  const found = [...readFileSync(path, 'utf8').matchAll(/'([a-z][\w]*(?:\.[\w]+)+)'/g)]
  return new Set(found.flatMap(([, key = '']) => areaOf.get(key) ?? []))
}

/** The lists of areas that routes share by name. */
const lists = new Map(
  [...routes.matchAll(/const (\w+) = \[([^\]]*)\] as const/g)].map(([, name = '', inside = '']) => [name, inside]),
)
const declared = [...routes.matchAll(/route\(\s*'([^']*)',\s*(\[[^\]]*\]|\w+),\s*\(\) => import\('([^']+)'\)/g)].map(
  ([, pattern = '', areas = '', page = '']) => ({
    pattern,
    areas: [...(lists.get(areas) ?? areas).matchAll(/'([\w-]+)'/g)].map(([, area = '']) => area),
    page: join(src, 'routing', page),
  }),
)

test('every route is read here', () => {
  expect(declared.length).toBe(routes.match(/route\(\s*'/g)?.length)
  expect(declared.length).toBeGreaterThan(5)
})

test.each(declared)('$pattern names the areas it speaks of, and no others', ({ areas, page }) => {
  const files = [...reached(page)].filter((path) => !relative(src, path).startsWith('routing'))
  const spoken = new Set(files.flatMap((path) => [...spokenIn(path)]))
  spoken.delete('shell')
  expect(areas.toSorted()).toEqual([...spoken].toSorted())
})

/** What loads pieces of its own later, with the areas they speak of. */
const LATER = ['session/Guards.svelte', 'frame/Dialogs.svelte', 'widgets/Menu.svelte'].map((path) => join(src, path))

test('what stands around every page speaks of the shell alone', () => {
  const files = [...reached(join(src, 'main.ts'), new Set(LATER))].filter((path) => !path.includes('/pages/'))
  expect([...new Set(files.flatMap((path) => [...spokenIn(path)]))]).toEqual(['shell'])
})

test.each(LATER)('what %s loads later comes with the areas it speaks of', (later) => {
  const text = readFileSync(later, 'utf8')
  expect(text).toContain('<Late')
  const needed = new Set([...text.matchAll(/areas=\{\['(\w+)'\]\}/g)].map(([, area]) => area))
  const spoken = new Set([...reached(later)].flatMap((path) => [...spokenIn(path)]))
  spoken.delete('shell')
  expect(needed).toEqual(spoken)
})
