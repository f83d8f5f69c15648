// One connection to the market streams for the whole page. Subscriptions are counted, so that two parts of a page that
// want one stream cost one; a connection that breaks is opened again, later each time, and subscribed as it was. Whoever
// keeps a copy of something reads it once the exchange has confirmed the stream: what is read before may miss a change.
export type Listener<T> = (event: T) => void

export interface SocketLike {
  onopen: (() => void) | null
  onclose: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  send(text: string): void
  close(): void
}

export const BACKOFF_FIRST_MS = 500
export const BACKOFF_LONGEST_MS = 20_000
/** Changes of subscriptions within so long are told together. */
const CALLS_AT_ONCE_MS = 50
/** Without an answer for so long a connection is broken, whatever it says of itself. */
export const ANSWER_WITHIN_MS = 10_000

export interface StreamsOptions {
  open: () => SocketLike
  later: (call: () => void, milliseconds: number) => void
  chance: () => number
  onState: (isOpen: boolean) => void
  now: () => number
}

interface Subscription {
  hear: Listener<never>
  begun: () => void
}

/** Subscriptions by name of stream. */
export class Streams {
  readonly #options: StreamsOptions
  readonly #listeners = new Map<string, Set<Subscription>>()
  /** The streams that the exchange has confirmed on this connection; and the calls that ask for the others. */
  readonly #begun = new Set<string>()
  readonly #asking = new Map<string, number>()
  #socket: SocketLike | null = null
  #isOpen = false
  #failures = 0
  #told = new Set<string>()
  #isTelling = false
  #lastId = 0
  #asked: { id: number; at: number; answer: (tookMs: number | null) => void } | null = null
  /** When anything came last; null before. */
  heardAt: number | null = null

  constructor(options: StreamsOptions) {
    this.#options = options
  }

  /**
   * Listen to a stream until the returned function is called. `begun` is called whenever the stream is confirmed, at first
   * and after each break: from then on nothing is missed, and what was before must be read.
   */
  subscribe<T>(name: string, listener: Listener<T>, begun: () => void = () => undefined): () => void {
    const held = this.#listeners.get(name) ?? new Set()
    const own: Subscription = { hear: listener as Listener<never>, begun }
    this.#listeners.set(name, held)
    held.add(own)
    this.#connect()
    this.#tellSoon()
    if (this.#begun.has(name)) this.#options.later(() => held.has(own) && this.#begun.has(name) && begun(), 0)
    return () => {
      held.delete(own)
      if (held.size === 0 && this.#listeners.get(name) === held) this.#listeners.delete(name)
      this.#tellSoon()
    }
  }

  /** Ask for a sign of life; return how many milliseconds it took, or null if none came: then the connection is given up. */
  ask(): Promise<number | null> {
    const socket = this.#socket
    if (!this.#isOpen || !socket || this.#asked) return Promise.resolve(null)
    const id = ++this.#lastId
    return new Promise((answer) => {
      this.#asked = { id, at: this.#options.now(), answer }
      socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }))
      this.#options.later(() => {
        if (this.#asked?.id !== id || this.#socket !== socket) return
        // A dead connection may take minutes to say that it is closed.
        this.#lose(socket)
        socket.close()
      }, ANSWER_WITHIN_MS)
    })
  }

  /** Connect at once, if a later attempt is what is waited for. */
  hurry(): void {
    if (this.#failures > 0) this.#connect()
  }

  #connect(): void {
    if (this.#socket) return
    const socket = (this.#socket = this.#options.open())
    socket.onopen = () => {
      this.#isOpen = true
      this.#failures = 0
      this.#told = new Set()
      this.#options.onState(true)
      this.#tell()
    }
    socket.onmessage = ({ data }) => this.#hear(String(data))
    socket.onclose = () => this.#lose(socket)
  }

  #lose(socket: SocketLike): void {
    if (this.#socket !== socket) return
    socket.onmessage = null
    this.#socket = null
    this.#isOpen = false
    this.#begun.clear()
    this.#asking.clear()
    this.#failures += 1
    this.#answer(null)
    this.#options.onState(false)
    const longest = Math.min(BACKOFF_FIRST_MS * 2 ** (this.#failures - 1), BACKOFF_LONGEST_MS)
    this.#options.later(() => this.#connect(), longest * (0.5 + this.#options.chance() / 2))
  }

  #hear(text: string): void {
    const told = JSON.parse(text) as { stream?: string; data?: never; id?: number; result?: unknown }
    this.heardAt = Date.now()
    if (told.id !== undefined && told.result !== undefined) this.#hearAnswer(told.id)
    if (told.stream === undefined || told.data === undefined) return
    for (const { hear } of this.#listeners.get(told.stream) ?? []) hear(told.data)
  }

  #hearAnswer(id: number): void {
    if (this.#asked && id === this.#asked.id) this.#answer(this.#options.now() - this.#asked.at)
    const confirmed = [...this.#asking].filter(([, asking]) => asking === id).map(([name]) => name)
    for (const name of confirmed) {
      this.#asking.delete(name)
      this.#begun.add(name)
    }
    for (const name of confirmed) for (const { begun } of this.#listeners.get(name) ?? []) begun()
  }

  #answer(tookMs: number | null): void {
    this.#asked?.answer(tookMs)
    this.#asked = null
  }

  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#options.later(() => {
      this.#isTelling = false
      this.#tell()
    }, CALLS_AT_ONCE_MS)
  }

  /** Tell the exchange what has changed of what is wanted. */
  #tell(): void {
    if (!this.#isOpen) return
    const wanted = new Set(this.#listeners.keys())
    const added = [...wanted].filter((name) => !this.#told.has(name))
    const removed = [...this.#told].filter((name) => !wanted.has(name))
    this.#told = wanted
    const asking = this.#send('SUBSCRIBE', added)
    for (const name of added) this.#asking.set(name, asking)
    for (const name of removed) {
      this.#asking.delete(name)
      this.#begun.delete(name)
    }
    this.#send('UNSUBSCRIBE', removed)
  }

  #send(method: string, names: string[]): number {
    this.#lastId += 1
    if (names.length > 0) this.#socket?.send(JSON.stringify({ method, params: names, id: this.#lastId }))
    return this.#lastId
  }
}
