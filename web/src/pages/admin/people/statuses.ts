import type { Key } from '../../../i18n/areas'

/** Whether a person may act, in words and by a colour. */
export const PERSON_STATUSES: Partial<Record<string, { text: Key; kind: 'good' | 'bad' | 'plain' }>> = {
  active: { text: 'admin.personStatus.active', kind: 'good' },
  frozen: { text: 'admin.personStatus.frozen', kind: 'bad' },
  closed: { text: 'admin.personStatus.closed', kind: 'plain' },
}
