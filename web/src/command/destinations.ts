// Where the header, the drawer, the foot and the command menu lead. A place whose page is not there is left out of each.
import type { Key } from '../i18n/areas'

export interface Destination {
  id: string
  path: string
  title: Key
  /** Where it is listed. */
  where: 'main' | 'person' | 'foot' | 'nowhere'
  who: 'all' | 'person' | 'operator'
  chord?: string
}

export const PLACES: readonly Destination[] = [
  { id: 'home', path: '/', title: 'nav.home', where: 'nowhere', who: 'all' },
  { id: 'markets', path: '/markets', title: 'nav.markets', where: 'main', who: 'all', chord: 'Shift+M' },
  { id: 'trade', path: '/trade/BTCUSDT', title: 'nav.trade', where: 'main', who: 'all', chord: 'Shift+T' },
  { id: 'wallet', path: '/wallet', title: 'nav.wallet', where: 'main', who: 'all', chord: 'Shift+W' },
  { id: 'account', path: '/account', title: 'nav.account', where: 'person', who: 'person', chord: 'Shift+A' },
  { id: 'security', path: '/account/security', title: 'nav.security', where: 'person', who: 'person' },
  { id: 'verification', path: '/account/verification', title: 'nav.verification', where: 'person', who: 'person' },
  { id: 'apiKeys', path: '/account/api-keys', title: 'nav.apiKeys', where: 'person', who: 'person' },
  { id: 'subAccounts', path: '/account/sub-accounts', title: 'nav.subAccounts', where: 'person', who: 'person' },
  { id: 'office', path: '/admin', title: 'nav.office', where: 'person', who: 'operator' },
  { id: 'api', path: '/api-docs', title: 'nav.api', where: 'foot', who: 'all' },
  { id: 'reserves', path: '/proof-of-reserves', title: 'nav.reserves', where: 'foot', who: 'all' },
  { id: 'status', path: '/status', title: 'nav.status', where: 'foot', who: 'all' },
]
