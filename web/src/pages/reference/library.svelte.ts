// The reference as it is read from the exchange: its contents once, chapters when they are opened.
import { Refused } from '../../api/client'
import type { Chapter, Code, Contents } from './model'

async function read<T>(piece: string): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/docs/${piece}`)
  } catch (failure) {
    throw new Refused(0, String(failure), 0)
  }
  if (!response.ok) throw new Refused(response.status, response.statusText, response.status)
  return (await response.json()) as T
}

class Library {
  contents = $state.raw<Contents | null>(null)
  #held = new Map<string, Promise<unknown>>()

  /** Read the contents. Throws `Refused`. */
  async open(): Promise<void> {
    this.contents ??= await this.#piece<Contents>('contents.json')
  }

  /** Read a chapter. Throws `Refused`. */
  chapter(name: string): Promise<Chapter> {
    return this.#piece(`chapters/${name}.json`)
  }

  /** Read the error codes. Throws `Refused`. */
  codes(): Promise<Code[]> {
    return this.#piece('errors.json')
  }

  #piece<T>(name: string): Promise<T> {
    const held = this.#held.get(name) as Promise<T> | undefined
    if (held) return held
    const asked = read<T>(name)
    this.#held.set(name, asked)
    asked.catch(() => this.#held.delete(name))
    return asked
  }
}

export const library = new Library()
