// Messages of a connection as they come, the newest kept: a console that is left open does not fill the memory.
export interface Line {
  number: number
  at: number
  isSent: boolean
  text: string
}

export const LINES_MAX = 200
/** What is longer is cut when it is shown. */
export const LINE_LENGTH_MAX = 4_000

export class Feed {
  #lines: Line[] = []
  #count = 0
  #bytes = 0

  /** Take a message. */
  add(text: string, at: number, isSent = false): void {
    this.#count += 1
    this.#bytes += text.length
    const shown = text.length > LINE_LENGTH_MAX ? `${text.slice(0, LINE_LENGTH_MAX)}…` : text
    this.#lines.push({ number: this.#count, at, isSent, text: shown })
    if (this.#lines.length > LINES_MAX) this.#lines = this.#lines.slice(-LINES_MAX)
  }

  clear(): void {
    this.#lines = []
  }

  /** The newest first. */
  get lines(): Line[] {
    return this.#lines.toReversed()
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }
}
