// The page's one connection to the market streams, and whether it is there.
import { Streams, type SocketLike } from './socket'

const NO_NETWORK = typeof navigator !== 'undefined' && !navigator.onLine

class Connection {
  isOpen = $state(false)
  hasBeenOpen = $state(false)
  /** Whether the browser itself has no network. */
  isOffline = $state(NO_NETWORK)

  readonly streams = new Streams({
    open: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/stream`) as SocketLike,
    later: (call, milliseconds) => setTimeout(call, milliseconds),
    chance: Math.random,
    onState: (isOpen) => {
      this.isOpen = isOpen
      if (isOpen) this.hasBeenOpen = true
    },
    now: () => performance.now(),
  })

  /** Follow the network of the browser. Called once. */
  start(): void {
    addEventListener('offline', () => {
      this.isOffline = true
      void this.streams.ask()
    })
    addEventListener('online', () => {
      this.isOffline = false
      this.streams.hurry()
    })
    addEventListener('visibilitychange', () => {
      // A phone that was asleep may hold a connection that is none any more.
      if (!document.hidden) void this.streams.ask()
    })
  }

  /** Whether what is shown may be old: the connection was there, and is not. */
  get isStale(): boolean {
    return (this.hasBeenOpen && !this.isOpen) || this.isOffline
  }
}

export const connection = new Connection()
