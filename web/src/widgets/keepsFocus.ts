// Where what has the focus is taken away, such as a row with its buttons, the keyboard goes on from nearby.
import type { Attachment } from 'svelte/attachments'

/** Attach to a region; `selector` finds in it what gets the focus when what had it is gone. */
export function keepsFocus(selector: string): Attachment<HTMLElement> {
  return (region) => {
    let last: Element | null = null
    const note = ({ target }: FocusEvent) => (last = target as Element)
    // Who left by their own will is not called back; the browser tells of what is removed in the same way.
    const forget = ({ target }: FocusEvent) =>
      setTimeout(() => {
        if (last === target && last?.isConnected && last !== document.activeElement) last = null
      })
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected) return
      last = null
      if (document.activeElement === document.body)
        region.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true })
    })
    region.addEventListener('focusin', note)
    region.addEventListener('focusout', forget)
    observer.observe(region, { childList: true, subtree: true })
    return () => {
      observer.disconnect()
      region.removeEventListener('focusin', note)
      region.removeEventListener('focusout', forget)
    }
  }
}
