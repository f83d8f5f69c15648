// Which keys do what. A person may give an action other keys, or none; what they chose is kept in this browser.
import { recall, remember } from '../session/memory'
import { actions, type Action } from './actions.svelte'
import { chordOf, isTyping } from './chords'

type Chosen = Record<string, string | null>

function readChosen(): Chosen {
  try {
    const kept: unknown = JSON.parse(recall('keys') ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    const entries = Object.entries(kept).filter(([, chord]) => chord === null || typeof chord === 'string')
    return Object.fromEntries(entries) as Chosen
  } catch {
    return {}
  }
}

class Keys {
  #chosen = $state.raw<Chosen>(readChosen())
  /** Whether keys do anything at all, but for those with Control or Command. */
  areOn = $state(recall('keysOn') !== 'no')
  /** While keys are given to an action, they do nothing. */
  isListening = $state(false)

  readonly isMac = /Mac|iPhone|iPad/.test(typeof navigator === 'undefined' ? '' : navigator.userAgent)

  chordOf({ id, chord }: Pick<Action, 'id' | 'chord'>): string | null {
    return id in this.#chosen ? (this.#chosen[id] ?? null) : (chord ?? null)
  }

  /** Which of the offered actions has these keys. */
  ownerOf(chord: string): Action | undefined {
    return actions.all.find((each) => this.chordOf(each) === chord)
  }

  /** Give keys to an action; who had them has none then. */
  assign(action: Action, chord: string | null): void {
    const before = chord === null ? undefined : this.ownerOf(chord)
    const freed = before && before.id !== action.id ? { [before.id]: null } : {}
    this.#keep({ ...this.#chosen, ...freed, [action.id]: chord })
  }

  /** Whether a person gave any action other keys. */
  get isChanged(): boolean {
    return Object.keys(this.#chosen).length > 0
  }

  reset(): void {
    this.#keep({})
  }

  turn(areOn: boolean): void {
    this.areOn = areOn
    remember('keysOn', areOn ? 'yes' : 'no')
  }

  /** Do what the pressed keys mean. Called once. */
  start(): void {
    addEventListener('keydown', (event) => {
      if (event.defaultPrevented || event.repeat || this.isListening) return
      const chord = chordOf(event)
      const hasModifier = event.ctrlKey || event.metaKey
      if (chord === null || (!hasModifier && (!this.areOn || isTyping(event.target)))) return
      // A dialog has the keyboard for itself.
      if (document.querySelector('dialog:modal')) return
      const action = this.ownerOf(chord)
      if (!action) return
      event.preventDefault()
      action.run()
    })
  }

  #keep(chosen: Chosen): void {
    this.#chosen = chosen
    remember('keys', JSON.stringify(chosen))
  }
}

export const keys = new Keys()
