// The tabs of one browser share their session's cookie. A tab that logs in or out says so, and the others look.
const CHANNEL = 'rialto.session'
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL)

/** Tell the other tabs that who is logged in has changed. */
export function tellTabs(): void {
  channel?.postMessage('changed')
}

/** Call a function when another tab says so. */
export function whenTabsTell(call: () => void): void {
  channel?.addEventListener('message', call)
}
