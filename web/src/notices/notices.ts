// Tell a person what has happened, by the ways they chose: a tone, and a notification of the system.
import { choices, type Kind } from './choices.svelte'
import { play } from './sounds'

/** Tell of something. `text` is for the notification; what happened is shown in the page by who calls this. */
export function notice(kind: Kind, text: string): void {
  if (choices.sounds.has(kind)) play(kind)
  if (!choices.notifications.has(kind) || typeof Notification === 'undefined' || Notification.permission !== 'granted')
    return
  try {
    new Notification('Rialto', { body: text, tag: `${kind}:${text}` })
  } catch {
    // Some phones take them from a worker only; what happened is in the page.
  }
}
