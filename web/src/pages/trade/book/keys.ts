// Keys in the book: up and down between rows, left and right between price and quantity, Home and End to its ends.
export function moveInRows(event: KeyboardEvent): void {
  const table = event.currentTarget as HTMLElement
  const rows = [...table.querySelectorAll<HTMLElement>('[data-distance]')]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const row = rows[at]
  if (!row) return
  const buttons = [...row.querySelectorAll('button')]
  const column = buttons.findIndex((button) => button === document.activeElement)
  const forward = getComputedStyle(table).direction === 'rtl' ? -1 : 1
  const targets: Record<string, [number, number]> = {
    ArrowUp: [at - 1, column],
    ArrowDown: [at + 1, column],
    ArrowLeft: [at, column - forward],
    ArrowRight: [at, column + forward],
    Home: [0, column],
    End: [rows.length - 1, column],
  }
  const target = targets[event.key]
  if (!target) return
  event.preventDefault()
  rows[target[0]]?.querySelectorAll('button')[target[1]]?.focus()
}
