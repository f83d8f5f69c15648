// JSON as it is shown: with indents, short lists on one line, and numbers as they came, for parsing would round them.
const SHORT = 72
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** Write JSON with indents. Returns null for what is no JSON. */
export function indented(text: string): string | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  let depth = 0
  let written = ''
  const newLine = () => `\n${'  '.repeat(depth)}`
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      depth += 1
      written += token + newLine()
    } else if (token === '}' || token === ']') {
      depth -= 1
      const isEmpty = /[{[]\s*$/.test(written)
      written = isEmpty ? written.trimEnd() + token : written + newLine() + token
    } else if (token === ',') written += `,${newLine()}`
    else written += token === ':' ? ': ' : token
  }
  return written.replace(/\[\n\s+([^[\]{}]*?)\n\s*\]/g, (whole, inside: string) => {
    const line = `[${inside.replace(/,\n\s+/g, ', ')}]`
    return line.length <= SHORT && !line.includes('\n') ? line : whole
  })
}
