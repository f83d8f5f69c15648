// What of a person's choices is to be kept on the server, and what of the server's is to be taken over. Pure.

export type Choices = Record<string, string>

/** What the server has chosen and is known here, over what is chosen here. */
export function takenOver(
  here: Choices,
  there: Readonly<Record<string, unknown>>,
  known: (name: string, value: string) => boolean,
): Choices {
  const chosen = Object.keys(here).flatMap((name) => {
    const value = there[name]
    return typeof value === 'string' && known(name, value) ? [[name, value] as const] : []
  })
  return { ...here, ...Object.fromEntries(chosen) }
}

/** What differs from what the server is known to have. */
export function changed(here: Choices, kept: Choices): Choices {
  return Object.fromEntries(Object.entries(here).filter(([name, value]) => kept[name] !== value))
}

/** Write down what somebody chose and the server may not have yet: the page may be left before it has. */
export function written(userId: number, unkept: Choices): string {
  return JSON.stringify({ userId, unkept })
}

/** Read what was written down, if it is theirs. */
export function readUnkept(text: string | null, userId: number): Readonly<Record<string, unknown>> {
  try {
    const found = JSON.parse(text ?? '') as { userId?: unknown; unkept?: unknown } | null
    return found?.userId === userId && typeof found.unkept === 'object' ? { ...found.unkept } : {}
  } catch {
    return {}
  }
}
