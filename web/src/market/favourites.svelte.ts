// The symbols a person has marked, remembered in this browser.
import { recall, remember } from '../session/memory'

class Favourites {
  names = $state.raw<ReadonlySet<string>>(new Set((recall('favourites') ?? '').split(',').filter(Boolean)))

  has(name: string): boolean {
    return this.names.has(name)
  }

  toggle(name: string): void {
    const names = new Set(this.names)
    if (!names.delete(name)) names.add(name)
    this.names = names
    remember('favourites', [...names].join(','))
  }
}

export const favourites = new Favourites()
