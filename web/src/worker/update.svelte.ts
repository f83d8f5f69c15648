// The worker that keeps the page's own files at hand, and whether a newer page waits behind the one that is shown.
const LOOK_EVERY_MS = 60 * 60 * 1000
const HASHED = '/assets/'

/** Ask once more for what came before there was a worker, out of the browser's own cache, so that the worker has it. */
async function keepWhatCame(): Promise<void> {
  const came = performance.getEntriesByType('resource').map(({ name }) => name)
  const ours = new Set(came.filter((name) => name.startsWith(location.origin + HASHED)))
  await Promise.allSettled([...ours].map((name) => fetch(name)))
}

class Update {
  isThere = $state(false)
  #registration: ServiceWorkerRegistration | null = null

  /** Have the worker installed, and look for a newer one from time to time. Without a worker the page works as well. */
  async start(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
    const { serviceWorker } = navigator
    if (!serviceWorker.controller)
      serviceWorker.addEventListener('controllerchange', () => void keepWhatCame(), { once: true })
    try {
      const registration = await navigator.serviceWorker.register('/worker.js')
      this.#registration = registration
      this.#note(registration)
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', () => this.#note(registration))
      })
      setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS)
    } catch {
      // Browsers refuse it where the page is neither local nor encrypted.
    }
  }

  /** Show the newer page. */
  take(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    this.#registration?.waiting?.postMessage('take over')
  }

  #note(registration: ServiceWorkerRegistration): void {
    // The first worker replaces none.
    this.isThere = registration.waiting !== null && navigator.serviceWorker.controller !== null
  }
}

export const update = new Update()
