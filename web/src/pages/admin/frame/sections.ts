// The back office's pages, as its navigation shows them: who may see each, and which queue's length stands beside it.
import type { Key } from '../../../i18n/areas'
import { EVERYONE, FINANCE, LAWYERS, MOVERS, READS_LOG, SCREENERS, SEES_MONEY, SEES_PEOPLE, VERIFIERS } from './roles'
import { hasOne, type Role } from './roles'

export interface Place {
  path: string
  text: Key
  roles: readonly Role[]
  /** The queues that are worked on there. */
  queues?: readonly string[]
}

interface Group {
  text: Key
  places: readonly Place[]
}

export const PLACES: readonly Group[] = [
  {
    text: 'admin.group.desk',
    places: [
      { path: '/admin', text: 'admin.overview', roles: EVERYONE },
      { path: '/admin/approvals', text: 'admin.approvals', roles: EVERYONE, queues: ['approvals'] },
      { path: '/admin/actions', text: 'admin.actions', roles: EVERYONE },
    ],
  },
  {
    text: 'admin.group.people',
    places: [
      { path: '/admin/people', text: 'admin.people', roles: SEES_PEOPLE },
      { path: '/admin/verification', text: 'admin.verification', roles: VERIFIERS, queues: ['verification'] },
      {
        path: '/admin/screening',
        text: 'admin.screening',
        roles: SCREENERS,
        queues: ['screening', 'screenedDeposits'],
      },
      { path: '/admin/travel-rule', text: 'admin.travelRule', roles: SCREENERS },
      { path: '/admin/statements', text: 'admin.statements', roles: SEES_MONEY },
      { path: '/admin/requests', text: 'admin.requests', roles: LAWYERS },
    ],
  },
  {
    text: 'admin.group.money',
    places: [
      { path: '/admin/withdrawals', text: 'admin.withdrawals', roles: SEES_MONEY, queues: ['withdrawals'] },
      { path: '/admin/deposits', text: 'admin.deposits', roles: SEES_MONEY },
      { path: '/admin/recoveries', text: 'admin.recoveries', roles: SEES_MONEY, queues: ['recoveries'] },
      { path: '/admin/shortfalls', text: 'admin.shortfalls', roles: SEES_MONEY, queues: ['shortfalls'] },
      { path: '/admin/refills', text: 'admin.refills', roles: MOVERS, queues: ['refills'] },
      { path: '/admin/fiat', text: 'admin.fiat', roles: FINANCE, queues: ['suspended', 'claims'] },
      { path: '/admin/fees', text: 'admin.fees', roles: FINANCE },
      { path: '/admin/reconciliation', text: 'admin.reconciliation', roles: EVERYONE, queues: ['differences'] },
      { path: '/admin/reserves', text: 'admin.reserves', roles: EVERYONE },
    ],
  },
  {
    text: 'admin.group.markets',
    places: [
      { path: '/admin/markets', text: 'admin.markets', roles: EVERYONE },
      { path: '/admin/networks', text: 'admin.networks', roles: EVERYONE },
      { path: '/admin/announcements', text: 'admin.announcements', roles: EVERYONE },
    ],
  },
  {
    text: 'admin.group.house',
    places: [
      { path: '/admin/health', text: 'admin.health', roles: EVERYONE },
      { path: '/admin/log', text: 'admin.log', roles: READS_LOG },
      { path: '/admin/operators', text: 'admin.operators', roles: EVERYONE },
    ],
  },
]

/** List the groups with the pages that somebody with these roles may see. */
export function placesFor(roles: readonly string[]): Group[] {
  return PLACES.map(({ text, places }) => ({
    text,
    places: places.filter((place) => hasOne(roles, place.roles)),
  })).filter((group) => group.places.length > 0)
}

/** Find what a path of the back office belongs to: the page itself, or the list that a single thing is in. */
export function placeOf(path: string): Place | undefined {
  const plain = path.replace(/(?<=.)\/$/, '')
  const all = PLACES.flatMap((group) => group.places)
  return (
    all.find((place) => place.path === plain) ??
    all.find((place) => place.path === plain.slice(0, plain.lastIndexOf('/')))
  )
}
