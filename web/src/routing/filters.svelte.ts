// Filters that stand in the address, so that what is looked at can be sent to a colleague and comes back with "back".

/** The filters of a page, by their names in the address. */
export class Filters<Name extends string> {
  values = $state.raw({} as Record<Name, string>)
  readonly #names: readonly Name[]

  constructor(names: readonly Name[]) {
    this.#names = names
    const given = new URLSearchParams(location.search)
    this.values = Object.fromEntries(names.map((name) => [name, given.get(name) ?? ''])) as Record<Name, string>
  }

  /** Whether any is set. */
  get isSet(): boolean {
    return this.#names.some((name) => this.values[name] !== '')
  }

  /** Set some of them; the address follows. */
  set(values: Partial<Record<Name, string>>): void {
    this.values = { ...this.values, ...values }
    const sought = new URLSearchParams(location.search)
    for (const name of this.#names) {
      if (this.values[name]) sought.set(name, this.values[name])
      else sought.delete(name)
    }
    const query = sought.toString()
    history.replaceState(history.state, '', location.pathname + (query ? `?${query}` : '') + location.hash)
  }

  /** What is set, for a call that leaves out what is not. */
  get sent(): Partial<Record<Name, string>> {
    return Object.fromEntries(Object.entries(this.values).filter(([, value]) => value !== '')) as Partial<
      Record<Name, string>
    >
  }
}
