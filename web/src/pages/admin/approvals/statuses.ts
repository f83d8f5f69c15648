// Where a proposal is, in words and by a colour.
import type { Key } from '../../../i18n/areas'

type Look = { text: Key; kind: 'plain' | 'good' | 'warning' | 'bad' | 'info' }

export const STATUSES = {
  pending: { text: 'admin.proposal.pending', kind: 'warning' },
  approved: { text: 'admin.proposal.approved', kind: 'info' },
  done: { text: 'admin.proposal.done', kind: 'good' },
  failed: { text: 'admin.proposal.failed', kind: 'bad' },
  refused: { text: 'admin.proposal.refused', kind: 'plain' },
  expired: { text: 'admin.proposal.expired', kind: 'plain' },
} as const satisfies Record<string, Look>

export type Status = keyof typeof STATUSES

export const AGREEMENTS = {
  one: 'admin.agreement.one',
  two: 'admin.agreement.two',
  officer: 'admin.agreement.officer',
} as const satisfies Record<string, Key>
