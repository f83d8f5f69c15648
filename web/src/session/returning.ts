// Where a person goes once they have logged in: back to where they were, which is a page of this site and no other.
const HOME = '/trade/BTCUSDT'
const ENTRANCES = ['/account/login', '/account/sign-up', '/account/reset', '/account/password']

/** Return the path to go to after logging in, by the address of the page that logs in. */
export function pathAfter(search: string, origin: string = location.origin): string {
  const wanted = new URLSearchParams(search).get('next') ?? ''
  if (!wanted.startsWith('/')) return HOME
  let url: URL
  try {
    url = new URL(wanted, origin)
  } catch {
    return HOME
  }
  // `//other.site` and `/\other.site` are addresses of another site.
  if (url.origin !== origin || ENTRANCES.includes(url.pathname)) return HOME
  return url.pathname + url.search + url.hash
}

/** Return the address of an entrance that leads back to a path afterwards. */
export function entrance(
  door: '/account/login' | '/account/sign-up',
  from: string = location.pathname + location.search + location.hash,
): string {
  const isWorthIt = from !== '/' && !ENTRANCES.some((each) => from === each || from.startsWith(`${each}?`))
  return isWorthIt ? `${door}?next=${encodeURIComponent(from)}` : door
}
