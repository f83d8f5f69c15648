// Which catalogues are loaded together: a page should cost few requests, and not hold what it never says.
const CATALOGUE = /[/\\]locales[/\\]([A-Za-z0-9-]+)[/\\]([a-z-]+)\.json$/

/** Areas that go with others. Every other area is a file of its own. */
const PACKS: Readonly<Record<string, string>> = {
  shell: 'start',
  markets: 'start',
  trade: 'trade',
  order: 'trade',
  orders: 'trade',
  chart: 'trade',
  book: 'trade',
}

/** Name the file that a catalogue goes to; null for what is no catalogue. */
export function packOf(id: string): string | null {
  const [, language, area] = CATALOGUE.exec(id) ?? []
  return language && area ? `locale-${language}-${PACKS[area] ?? area}` : null
}

/**
 * How modules are put into files: messages by language, the library of charts alone since it changes seldom, everything
 * that every page begins with together, and what many pages share together. The rest is left to the bundler.
 */
export const GROUPS = [
  { name: packOf, debugName: 'messages' },
  { name: 'klinecharts', test: /[/\\]node_modules[/\\]klinecharts[/\\]/ },
  // The service worker is a file that stands alone.
  { name: 'begin', tags: ['$initial' as const], test: /^(?!.*[/\\]worker[/\\](worker|rules)\.ts)/ },
  { name: 'shared', test: /[/\\]src[/\\](api|i18n|market|money|session|widgets)[/\\]/, minShareCount: 3 },
]
