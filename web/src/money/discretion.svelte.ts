// Whether amounts are hidden from who looks over a shoulder. Remembered in this browser, and one for the whole page.
import { recall, remember } from '../session/memory'

const HIDDEN = '••••••'

class Discretion {
  isOn = $state(recall('discretion') === 'on')

  toggle(): void {
    this.isOn = !this.isOn
    remember('discretion', this.isOn ? 'on' : 'off')
  }

  /** Return what is to be seen of an amount. */
  show(text: string): string {
    return this.isOn ? HIDDEN : text
  }
}

export const discretion = new Discretion()
