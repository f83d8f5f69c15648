// What the worker does with a request: files of the page come from its cache, pages from the network while there is one,
// and nothing that the API answers is ever kept.
export type Rule = 'kept' | 'document' | 'network'

/** Files whose names hold a hash of what they contain. */
const HASHED = '/assets/'
/** What begins so is the API's, or made by the server: never a page of this worker. */
const OTHERS =
  /^\/(account\/v1|admin\/v1|api|data|data\.binance\.vision|docs|fiat|health|metrics|ready|sapi|stream|ws|ws-api)(\/|$)/

export interface Asked {
  method: string
  mode: string
  origin: string
  path: string
}

/** Decide by what is asked; `shell` are the files without hashes that are kept as well. */
export function ruleFor({ method, mode, origin, path }: Asked, own: string, shell: ReadonlySet<string>): Rule {
  if (method !== 'GET' || origin !== own || OTHERS.test(path)) return 'network'
  if (path.startsWith(HASHED) || shell.has(path)) return 'kept'
  const isFile = path.slice(path.lastIndexOf('/')).includes('.')
  return mode === 'navigate' && !isFile ? 'document' : 'network'
}
