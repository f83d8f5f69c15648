// Keys as they are pressed together, written as text: `Mod+K`, `Shift+ArrowUp`, `?`. `Mod` is Control, or Command on a Mac.
const SHIFTED = /^[^a-z]$/i

export interface Pressed {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

const ALONE: ReadonlySet<string> = new Set([
  'Control',
  'Meta',
  'Alt',
  'Shift',
  'AltGraph',
  'Dead',
  'Process',
  'Unidentified',
])

/** Write what was pressed; null for a modifier alone. Signs such as `?` are what they are, however a keyboard makes them. */
export function chordOf(pressed: Pressed): string | null {
  const { key } = pressed
  if (ALONE.has(key)) return null
  const isSign = key.length === 1 && SHIFTED.test(key) && key !== ' '
  const parts = []
  if (pressed.ctrlKey || pressed.metaKey) parts.push('Mod')
  if (pressed.altKey) parts.push('Alt')
  if (pressed.shiftKey && !isSign) parts.push('Shift')
  parts.push(key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key)
  return parts.join('+')
}

const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' }

/** Split a chord into its keys as they are written on keyboards. */
export function keysOf(chord: string, isMac: boolean): string[] {
  // The plus sign is a key of its own at the end.
  const parts = chord.endsWith('++')
    ? [...chord.slice(0, -2).split('+'), '+']
    : chord === '+'
      ? ['+']
      : chord.split('+')
  return parts.map((part) => {
    if (part === 'Mod') return isMac ? '⌘' : 'Ctrl'
    if (part === 'Alt') return isMac ? '⌥' : 'Alt'
    return SIGNS[part] ?? part
  })
}

/** Whether keys go into a field, so that only chords with a modifier are meant for the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  if (!(target instanceof HTMLInputElement)) return false
  return !['checkbox', 'radio', 'button', 'range', 'submit', 'file'].includes(target.type)
}
