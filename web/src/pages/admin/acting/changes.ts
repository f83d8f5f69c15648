// What an action changes: what is there now, beside what will be. What is not known now is left out.
import { api } from '../../../api/client'
import { Decimal } from '../../../money/decimal'
import { ROLES } from '../frame/roles'

/** A change of something: by the name of the parameter that names it or `balance`, before and after as written there. */
export interface Change {
  field: string
  before: string
  after: string
}

type Sent = Readonly<Record<string, unknown>>
type Reading = (sent: Sent) => Promise<Change[]>

const text = (value: unknown): string => (typeof value === 'string' ? value : value === undefined ? '' : String(value))

async function statusOf(sent: Sent): Promise<Change[]> {
  const { symbols } = await api.get('/api/v3/exchangeInfo', { symbol: text(sent.symbol) })
  const found = symbols[0]
  return found ? [{ field: 'status', before: found.status.toLowerCase(), after: text(sent.status) }] : []
}

async function switchOf(sent: Sent): Promise<Change[]> {
  const coins = await api.get('/sapi/v1/capital/config/getall', {})
  const coin = coins.find((each) => each.coin === sent.asset)
  const network = coin?.networkList.find((each) => each.network === sent.network)
  if (!network) return []
  return [
    { field: 'depositsOpen', before: text(network.depositEnable), after: text(sent.depositsOpen) },
    { field: 'withdrawalsOpen', before: text(network.withdrawEnable), after: text(sent.withdrawalsOpen) },
  ]
}

/** Read the roles in what is sent: one word, or an array of them as JSON or as it was decoded. */
export function rolesOf(sent: unknown): string[] {
  const words: unknown = typeof sent === 'string' && sent.startsWith('[') ? JSON.parse(sent) : sent
  const listed = (Array.isArray(words) ? words : [words]).map(String)
  return ROLES.filter((role) => listed.includes(role))
}

async function rolesChange(sent: Sent): Promise<Change[]> {
  const operators = await api.get('/admin/v1/operators', {})
  const found = operators.find((each) => String(each.owner) === text(sent.owner))
  return [{ field: 'roles', before: (found?.roles ?? []).join(' '), after: rolesOf(sent.roles).join(' ') }]
}

/** What somebody has available now, and will. The look at them is in the log. */
async function balanceOf(sent: Sent): Promise<Change[]> {
  const { balances } = await api.get('/admin/v1/people', { owner: Number(sent.owner) })
  const before = balances.find((each) => each.asset === sent.asset)?.free ?? '0'
  return [{ field: 'balance', before, after: adjusted(before, text(sent.direction), text(sent.amount)) }]
}

const READINGS: Partial<Record<string, Reading>> = {
  'adjust-balance': balanceOf,
  'set-symbol-status': statusOf,
  'switch-asset': switchOf,
  'set-roles': rolesChange,
}

/** Tell what an action would change now. Nothing where that cannot be told. */
export async function changesOf(action: string, sent: Sent): Promise<Change[]> {
  try {
    return (await READINGS[action]?.(sent)) ?? []
  } catch {
    // What is proposed is shown nevertheless.
    return []
  }
}

/** Add what an owner is given to what they hold, or take it away. */
export function adjusted(free: string, direction: string, amount: string): string {
  const [held, moved] = [Decimal.of(free), Decimal.of(amount)]
  return (direction === 'TAKE' ? held.minus(moved) : held.plus(moved)).toString()
}
