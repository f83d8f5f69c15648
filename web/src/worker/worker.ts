// The service worker: keeps the files of the page at hand, so that it opens at once and also without a network, when it
// says so itself. It is built into `/worker.js`; the build writes into it which files belong to the page's frame.
import { ruleFor } from './rules'

interface Lasting extends Event {
  waitUntil(until: Promise<unknown>): void
}
interface Fetching extends Lasting {
  request: Request
  respondWith(answer: Promise<Response>): void
}
interface Worker {
  location: { origin: string }
  clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Written by the build. */
declare const FRAME: { version: string; files: string[] }

const worker = self as unknown as Worker
const PREFIX = 'rialto-'
const CACHE = PREFIX + FRAME.version
const DOCUMENT = '/index.html'
/** What proxies say of an exchange that is away. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504])
const SHELL: ReadonlySet<string> = new Set(FRAME.files.filter((file) => file !== DOCUMENT))

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FRAME.files)))
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => worker.clients.claim()))
})

worker.addEventListener('message', ({ data }) => {
  if (data === 'take over') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname: path } = new URL(url)
  const rule = ruleFor({ method, mode, origin, path }, worker.location.origin, SHELL)
  if (rule === 'kept') event.respondWith(keptOrFetched(event.request))
  if (rule === 'document') event.respondWith(fetchedOrKept(event.request))
})

async function forgetOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  )
}

async function keptOrFetched(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request, { ignoreVary: true })
  if (kept) return kept
  const fetched = await fetch(request)
  if (fetched.ok) await cache.put(request, fetched.clone())
  return fetched
}

async function fetchedOrKept(request: Request): Promise<Response> {
  const kept = () => caches.match(DOCUMENT, { cacheName: CACHE, ignoreVary: true })
  try {
    const fetched = await fetch(request)
    return AWAY.has(fetched.status) ? ((await kept()) ?? fetched) : fetched
  } catch (failure) {
    const document = await kept()
    if (document) return document
    throw failure
  }
}
