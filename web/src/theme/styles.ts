// Styles of what is loaded later. The bundler asks for each once: what could not be had then would be shown without its
// looks from then on, so it is asked for again here.
const failed = new Set<string>()

/** Note which styles cannot be had, from now on. */
export function noteLackingStyles(): void {
  addEventListener(
    'error',
    ({ target: link }) => {
      if (!(link instanceof HTMLLinkElement) || link.rel !== 'stylesheet') return
      failed.add(link.href)
      link.remove()
    },
    true,
  )
}

/** Have the styles that could not be had before. Throws where they still cannot. */
export async function lackingStyles(): Promise<void> {
  await Promise.all([...failed].map(ask))
}

function ask(href: string): Promise<void> {
  failed.delete(href)
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href, crossOrigin: '' })
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => reject(new Error(`${href} cannot be had`)))
    document.head.append(link)
  })
}
