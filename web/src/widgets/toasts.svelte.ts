// Short notices of what has just come about. Each goes by itself, and is read out by screen readers.
export interface Toast {
  id: number
  text: string
  isError: boolean
}

const SHOWN_MS = 6_000
export const SHOWN_MAX = 4

class Toasts {
  shown = $state<Toast[]>([])
  #lastId = 0

  tell(text: string, { isError = false } = {}): void {
    const id = ++this.#lastId
    this.shown = [...this.shown, { id, text, isError }].slice(-SHOWN_MAX)
    setTimeout(() => this.dismiss(id), SHOWN_MS)
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
