// What an action changes: what is there now, beside what will be; or what it is about, where it only names that. What is
// not known now is left out.
import { api } from '../../../api/client'
import { Decimal } from '../../../money/decimal'
import { ROLES } from '../frame/roles'

/** A change of something: by the name of the parameter that names it or of what is beside those, as written there. */
export interface Change {
  field: string
  /** Null for what is not changed, but is what it is about. */
  before: string | null
  after: string
}

type Sent = Readonly<Record<string, unknown>>
type Reading = (sent: Sent) => Promise<Change[]>

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : String(value)

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

const about = (field: string, after: string): Change => ({ field, before: null, after })

async function refillOf(sent: Sent): Promise<Change[]> {
  const refills = await api.get('/admin/v1/refills', { limit: 100 })
  const found = refills.find((each) => each.id === sent.refill)
  if (!found) return []
  const { direction, tier, network, asset, amount } = found
  return Object.entries({ direction, tier, network, asset, chainAmount: amount }).map(([field, is]) => about(field, is))
}

/** Which transfer it is, and to where it would go. The look at it is in the log. */
async function transferOf(sent: Sent): Promise<Change[]> {
  const suspended = await api.get('/admin/v1/fiat/suspended', { limit: 500 })
  const found = suspended.find((each) => each.order === sent.order)
  if (!found) return []
  const { amount, currency, sender, senderAccount } = found
  const other = text(sent.account)
  return [
    ...Object.entries({ amount, currency, sender }).map(([field, is]) => about(field, is)),
    other ? { field: 'account', before: senderAccount, after: other } : about('account', senderAccount),
  ]
}

const READINGS: Partial<Record<string, Reading>> = {
  'adjust-balance': balanceOf,
  'approve-refill': refillOf,
  'assign-fiat': transferOf,
  'cancel-refill': refillOf,
  'import-refill': refillOf,
  'return-fiat': transferOf,
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
