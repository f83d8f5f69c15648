// Which page is shown, by the address. A route is a pattern with named parts; its page is a chunk loaded when needed.
import type { Component } from 'svelte'
import { lackingStyles } from '../theme/styles'
import type { Area } from '../i18n/areas'
import { language } from '../i18n/language.svelte'
import { match } from './match'

type PartsOf<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? PartsOf<Head> & PartsOf<Tail>
  : P extends `:${infer Name}`
    ? Record<Name, string>
    : unknown

// A page takes the parts of its own pattern; the table holds pages of every kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyComponent = Component<any>

export interface Route {
  pattern: string
  areas: readonly Area[]
  load: () => Promise<AnyComponent>
  /** Routes with the same name here are one page, which stays when the address goes from one to another. */
  stays?: string
}

/** Declare a route, with the areas its page speaks of; the page's properties are the parts of its pattern. */
export function route<P extends string>(
  pattern: P,
  areas: readonly Area[],
  load: () => Promise<{
    default: Component<PartsOf<P> extends infer Parts extends Record<string, unknown> ? Parts : Record<string, never>>
  }>,
  options: { stays?: string } = {},
): Route {
  return { pattern, areas, load: async () => (await load()).default, ...options }
}

export interface Shown {
  component: AnyComponent
  parts: Record<string, string>
  /** A page is made anew when this is another. */
  key: string
}

class Router {
  path = $state(location.pathname)
  shown = $state.raw<Shown | null>(null)
  hasFailed = $state(false)
  #routes: Route[] = []
  #missing: Route | null = null
  #turn = 0

  /** Begin with the address as it is. `missing` is shown where no route fits. */
  start(routes: Route[], missing: Route): void {
    this.#routes = routes
    this.#missing = missing
    addEventListener('popstate', () => void this.#show())
    document.addEventListener('click', (event) => this.#follow(event))
    void this.#show()
  }

  /** Whether there is a page at a path. */
  has(path: string): boolean {
    return this.#routes.some((each) => match(each.pattern, path) !== null)
  }

  /** Go to a path of this page. */
  go(path: string, { replaces = false } = {}): void {
    if (replaces) history.replaceState(null, '', path)
    else history.pushState(null, '', path)
    scrollTo(0, 0)
    void this.#show()
  }

  async #show(): Promise<void> {
    const turn = ++this.#turn
    this.path = location.pathname
    for (const each of [...this.#routes, this.#missing]) {
      if (!each) continue
      const parts = each === this.#missing ? {} : match(each.pattern, this.path)
      if (!parts) continue
      try {
        const [component] = await Promise.all([each.load(), language.need(each.areas)])
        await lackingStyles()
        if (turn === this.#turn)
          [this.shown, this.hasFailed] = [{ component, parts, key: each.stays ?? this.path }, false]
      } catch {
        if (turn === this.#turn) this.hasFailed = true
      }
      return
    }
  }

  #follow(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute('data-leaves')) return
    event.preventDefault()
    if (link.href !== location.href) this.go(link.pathname + link.search + link.hash)
  }
}

export const router = new Router()
