// Whether a path is at a place of the navigation, or under it.

/** Every market belongs to the place that leads to one; `/` is only itself. */
export function isAt(path: string, place: string): boolean {
  if (place === '/') return path === '/'
  const root = `/${place.split('/')[1] ?? ''}`
  return path === root || path.startsWith(`${root}/`)
}
