// What happens to the account of who is logged in: over the WebSocket API, in the browser's session, on one connection
// for all who watch. The events are a sign to read anew, so that one that was missed does no harm: after a break
// everything is read anew as well.
const BACKOFF_FIRST_MS = 1_000
const BACKOFF_LONGEST_MS = 30_000

/** An event of the account, by the names of its stream; which others there are depends on `e`. */
export interface AccountEvent {
  e: string
  [name: string]: unknown
}

type Watcher = (event: AccountEvent | null) => void

const watchers = new Set<Watcher>()
let socket: WebSocket | null = null
let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0

/** Call a function at first, after each event, with it, and after each break; stop with the returned function. */
export function watchAccount(happened: Watcher): () => void {
  const own: Watcher = (event) => happened(event)
  watchers.add(own)
  if (watchers.size === 1) open()
  return () => {
    watchers.delete(own)
    if (watchers.size > 0) return
    clearTimeout(timer)
    socket?.close()
    socket = null
  }
}

function open(): void {
  const made = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws-api/v3`)
  socket = made
  made.onopen = () => made.send(JSON.stringify({ id: 'account', method: 'userDataStream.subscribe' }))
  made.onmessage = ({ data }) => {
    const told = JSON.parse(String(data)) as { id?: string; status?: number; event?: AccountEvent }
    if (told.id === 'account' && told.status === 200) failures = 0
    for (const watcher of watchers) watcher(told.event ?? null)
  }
  made.onclose = () => {
    if (socket !== made) return
    timer = setTimeout(open, Math.min(BACKOFF_FIRST_MS * 2 ** failures, BACKOFF_LONGEST_MS))
    failures += 1
  }
}
