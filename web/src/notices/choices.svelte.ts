// What a person wants to hear and be shown of what happens, kept in this browser. Nothing of it is on by itself.
import { recall, remember } from '../session/memory'

export const KINDS = ['fill', 'cancel', 'alert'] as const
export type Kind = (typeof KINDS)[number]

function readKinds(name: string): ReadonlySet<Kind> {
  const kept = (recall(name) ?? '').split(',')
  return new Set(KINDS.filter((kind) => kept.includes(kind)))
}

class Choices {
  sounds = $state.raw<ReadonlySet<Kind>>(readKinds('sounds'))
  notifications = $state.raw<ReadonlySet<Kind>>(readKinds('notifications'))

  hears(kind: Kind, isOn: boolean): void {
    this.sounds = changed(this.sounds, kind, isOn)
    remember('sounds', [...this.sounds].join(','))
  }

  /** Ask the browser the first time something is switched on. Return whether it lets the page show notifications. */
  async isShown(kind: Kind, isOn: boolean): Promise<boolean> {
    if (isOn) {
      if (typeof Notification === 'undefined') return false
      const allowed =
        Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission
      if (allowed !== 'granted') return false
    }
    this.notifications = changed(this.notifications, kind, isOn)
    remember('notifications', [...this.notifications].join(','))
    return true
  }
}

function changed(set: ReadonlySet<Kind>, kind: Kind, isOn: boolean): ReadonlySet<Kind> {
  const next = new Set(set)
  if (isOn) next.add(kind)
  else next.delete(kind)
  return next
}

export const choices = new Choices()
