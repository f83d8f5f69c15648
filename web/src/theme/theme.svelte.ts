// How the page looks, by attributes of the document that `tokens.css` reads.
import { recall, remember } from '../session/memory'

export const MODES = ['system', 'light', 'dark'] as const
export const RISING = ['green', 'red'] as const
export const PALETTES = ['standard', 'colour-blind'] as const
export const MOTIONS = ['system', 'reduced'] as const
export type Motion = (typeof MOTIONS)[number]
export type Mode = (typeof MODES)[number]
export type Rising = (typeof RISING)[number]
export type Palette = (typeof PALETTES)[number]

function recalled<T extends string>(name: string, known: readonly T[], otherwise: T): T {
  return known.find((each) => each === recall(name)) ?? otherwise
}

class Theme {
  mode = $state<Mode>(recalled('mode', MODES, 'system'))
  rising = $state<Rising>(recalled('rising', RISING, 'green'))
  palette = $state<Palette>(recalled('palette', PALETTES, 'standard'))
  motion = $state<Motion>(recalled('motion', MOTIONS, 'system'))
  #systemIsDark = $state(false)

  /** Whether the page is dark now. */
  get isDark(): boolean {
    return this.mode === 'dark' || (this.mode === 'system' && this.#systemIsDark)
  }

  /** Turn light into dark and back. */
  switch(): void {
    this.mode = this.isDark ? 'light' : 'dark'
  }

  /** Follow the system, and show every choice at once. Called once, inside an effect root. */
  start(): void {
    const system = matchMedia('(prefers-color-scheme: dark)')
    this.#systemIsDark = system.matches
    system.addEventListener('change', () => (this.#systemIsDark = system.matches))
    $effect.root(() => {
      $effect.pre(() => {
        const { dataset } = document.documentElement
        dataset.theme = this.isDark ? 'dark' : 'light'
        dataset.rising = this.rising
        dataset.palette = this.palette
        dataset.motion = this.motion
        remember('mode', this.mode)
        remember('rising', this.rising)
        remember('palette', this.palette)
        remember('motion', this.motion)
      })
    })
  }
}

export const theme = new Theme()

/** Return the value of a colour token now. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}
