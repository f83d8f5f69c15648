// How the page is put into files. Messages go by language and pack, so that a page costs few requests and does not hold what
// it never says.

/** Areas of messages that go with others. Every other area is a pack of its own. */
const PACKS: Readonly<Record<string, string>> = {
  shell: 'start',
  markets: 'start',
  trade: 'trade',
  order: 'trade',
  orders: 'trade',
  chart: 'trade',
  book: 'trade',
}

/** Name the pack that an area's messages go to. */
export const packOf = (area: string): string => PACKS[area] ?? area

/**
 * How modules are put into files: the library of charts alone since it changes seldom, everything that every page begins
 * with together, and what many pages share together, without the library of popups, which few pages need at once. The rest
 * is left to the bundler.
 */
export const GROUPS = [
  { name: 'klinecharts', test: /[/\\]node_modules[/\\]klinecharts[/\\]/ },
  // The service worker is a file that stands alone.
  { name: 'begin', tags: ['$initial' as const], test: /^(?!.*[/\\]worker[/\\](worker|rules)\.ts)/ },
  {
    name: 'shared',
    test: /[/\\]src[/\\](api|i18n|market|money|session|widgets)[/\\](?!Combobox)|[/\\]node_modules[/\\]svelte[/\\]/,
    minShareCount: 3,
  },
]
