// Where deposits and withdrawals are, and why a withdrawal is risky, in words.
import type { Key } from '../../../i18n/areas'

type Look = { text: Key; kind: 'plain' | 'good' | 'warning' | 'bad' | 'info' }

export const WITHDRAWAL_STATES = {
  confirming: { text: 'admin.withdrawal.confirming', kind: 'plain' },
  review: { text: 'admin.withdrawal.review', kind: 'warning' },
  approved: { text: 'admin.withdrawal.approved', kind: 'info' },
  assigned: { text: 'admin.withdrawal.assigned', kind: 'info' },
  completed: { text: 'admin.withdrawal.completed', kind: 'good' },
  canceled: { text: 'admin.withdrawal.canceled', kind: 'plain' },
  refused: { text: 'admin.withdrawal.refused', kind: 'bad' },
  failed: { text: 'admin.withdrawal.failed', kind: 'bad' },
} as const satisfies Record<string, Look>

export const DEPOSIT_STATES = {
  pending: { text: 'admin.deposit.pending', kind: 'info' },
  credited: { text: 'admin.deposit.credited', kind: 'info' },
  success: { text: 'admin.deposit.success', kind: 'good' },
  rejected: { text: 'admin.deposit.rejected', kind: 'bad' },
  wrong: { text: 'admin.deposit.wrong', kind: 'warning' },
} as const satisfies Record<string, Look>

const RISKS: Partial<Record<string, Key>> = {
  first_withdrawal: 'admin.risk.first',
  new_address: 'admin.risk.address',
  new_device: 'admin.risk.device',
  new_key: 'admin.risk.key',
  recent_change: 'admin.risk.change',
  share_of_balance: 'admin.risk.balance',
  share_of_limit: 'admin.risk.limit',
  above_history: 'admin.risk.history',
  velocity: 'admin.risk.velocity',
  listed_address: 'admin.risk.listed',
}

/** Name what makes a withdrawal risky. */
export const riskOf = (name: string): Key | undefined => RISKS[name]

/** Add up the points of a withdrawal's risk. */
export function pointsOf(risk: Readonly<Record<string, number>>): number {
  return Object.values(risk).reduce((sum, points) => sum + points, 0)
}
