// What this browser remembers of how the page is used. Nothing secret, and nothing the page needs: storage may be off.
const PREFIX = 'rialto.'

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name)
  } catch {
    return null
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value)
  } catch {
    // The choice holds until the page is left.
  }
}
