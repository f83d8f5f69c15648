// Values of parameters as people read them.
import { t } from '../../../i18n/language.svelte'
import { formatAmount } from '../../../money/format'
import { formatFull, nameRoles } from '../frame/names'
import { rolesOf } from './changes'
import { nameWord } from './words'

const AMOUNTS = /^(amount|chainAmount|balance|fee|pool|minimum|limit|tick|lot|price|notional|quantity|market|position)/
const TIMES = new Set(['time', 'startTime', 'endTime'])
/** From here on a time is in microseconds, as the exchange keeps it. */
const MICROSECONDS_FROM = 100_000_000_000_000
const WORDED = new Set(['direction', 'source', 'code', 'status', 'change', 'category', 'decision'])

/** Write a parameter's value. Empty for what is none. */
export function shownOf(name: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (name === 'roles')
    return (
      rolesOf(wordsOf(value))
        .map((role) => nameRoles([role]))
        .join(', ') || t('admin.isNoOperator')
    )
  if (Array.isArray(value)) return value.join(', ')
  const text = String(value as string | number | boolean)
  if (TIMES.has(name) && /^\d+$/.test(text)) {
    const time = Number(text)
    return formatFull(time >= MICROSECONDS_FROM ? Math.floor(time / 1000) : time)
  }
  if (WORDED.has(name) || text === 'true' || text === 'false') return nameWord(text)
  if (AMOUNTS.test(name) && /^-?\d+(\.\d+)?$/.test(text)) return formatAmount(text)
  if (text.startsWith('["')) return (JSON.parse(text) as string[]).join(', ')
  return text
}

function wordsOf(value: unknown): unknown {
  return typeof value === 'string' && !value.startsWith('[') ? value.split(' ') : value
}
