// A connection that a person talks over: what was sent and what came, redrawn a few times a second and no more.
import { paced } from '../../market/pace'
import { Feed, type Line } from './feed'

export const REDRAWS_PER_SECOND = 4
export type TalkState = 'closed' | 'opening' | 'open'

export class Talk {
  state = $state<TalkState>('closed')
  lines = $state.raw<Line[]>([])
  count = $state(0)
  isPaused = $state(false)
  #feed = new Feed()
  #socket: WebSocket | null = null
  #waiting: string[] = []
  readonly #path: string
  readonly #draw = paced(() => this.#show(), REDRAWS_PER_SECOND)

  /** Talk over this path of the exchange, once something is sent. */
  constructor(path: string) {
    this.#path = path
  }

  get url(): string {
    return location.origin.replace(/^http/, 'ws') + this.#path
  }

  /** Send a message, when the connection is open. */
  send(text: string): void {
    this.#waiting.push(text)
    if (this.state === 'open') this.#flush()
    else this.#open()
  }

  close(): void {
    this.#socket?.close()
  }

  clear(): void {
    this.#feed.clear()
    this.#show()
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused
    if (!isPaused) this.#draw()
  }

  #open(): void {
    if (this.#socket) return
    this.state = 'opening'
    const socket = (this.#socket = new WebSocket(this.url))
    socket.onopen = () => {
      this.state = 'open'
      this.#flush()
    }
    socket.onmessage = ({ data }) => this.#take(String(data))
    socket.onclose = ({ code, reason }) => {
      this.#socket = null
      this.#waiting = []
      this.state = 'closed'
      this.#take(JSON.stringify({ closed: code, reason }))
    }
  }

  #flush(): void {
    for (const text of this.#waiting.splice(0)) {
      this.#socket?.send(text)
      this.#take(text, true)
    }
  }

  #take(text: string, isSent = false): void {
    this.#feed.add(text, Date.now(), isSent)
    if (!this.isPaused) this.#draw()
  }

  #show(): void {
    this.lines = this.#feed.lines
    this.count = this.#feed.count
  }
}
