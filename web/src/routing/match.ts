// Patterns of paths: `/trade/:symbol`.

/** Match a path against a pattern; return its parts, or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.replace(/(?<=.)\/$/, '').split('/')
  if (wanted.length !== given.length) return null
  const parts: Record<string, string> = {}
  for (const [index, name] of wanted.entries()) {
    const value = given[index] ?? ''
    if (!name.startsWith(':')) {
      if (name !== value) return null
      continue
    }
    try {
      parts[name.slice(1)] = decodeURIComponent(value)
    } catch {
      return null
    }
  }
  return parts
}
