// What a person is about to withdraw, and what is wrong with it before the exchange is asked. Amounts are exact.
import type { Key } from '../../../i18n/areas'
import { Decimal } from '../../../money/decimal'
import { readTyped } from '../../../money/format'
import type { Coin, CoinNetwork } from '../coins.svelte'

/** By a chain, or to a person of this exchange. */
export type Way = 'chain' | 'person'

export interface Draft {
  way: Way
  coin: Coin
  network: CoinNetwork | undefined
  address: string
  tag: string
  amount: string
}

export interface Problem {
  field: 'network' | 'address' | 'tag' | 'amount'
  key: Key
  values?: Record<string, unknown>
}

/** Amounts of a withdrawal: what leaves the account, what the exchange keeps of it, what arrives. */
export interface Amounts {
  taken: Decimal
  fee: Decimal
  arrives: Decimal
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const NUMBER = /^\d{1,12}$/

/** Expressions come from the exchange, in another dialect: one that cannot be read here forbids nothing. */
function fits(text: string, expression: string): boolean {
  if (!expression) return true
  try {
    return new RegExp(expression, 'u').test(text)
  } catch {
    return true
  }
}

/** Work out the amounts; null while there is no number. To a person here there is no fee. */
export function amountsOf(draft: Draft): Amounts | null {
  const taken = readTyped(draft.amount)
  if (!taken) return null
  const fee = draft.way === 'person' || !draft.network ? Decimal.ZERO : Decimal.of(draft.network.withdrawFee)
  const left = taken.minus(fee)
  return { taken, fee, arrives: left.compare(Decimal.ZERO) > 0 ? left : Decimal.ZERO }
}

/** The most that can be withdrawn: all that is free, in whole steps of the network. */
export function mostOf(coin: Coin, network: CoinNetwork | undefined): Decimal {
  const free = Decimal.of(coin.free)
  return network ? free.downTo(Decimal.of(network.withdrawIntegerMultiple)) : free
}

function addressProblem(draft: Draft): Problem | null {
  const address = draft.address.trim()
  if (!address) return { field: 'address', key: 'wallet.needAddress' }
  if (draft.way === 'person')
    return EMAIL.test(address) || NUMBER.test(address) ? null : { field: 'address', key: 'wallet.needPerson' }
  const { network } = draft
  if (network && !fits(address, network.addressRegex))
    return { field: 'address', key: 'wallet.wrongAddress', values: { network: network.name } }
  return null
}

function amountProblem(draft: Draft): Problem | null {
  const amounts = amountsOf(draft)
  if (!amounts || amounts.taken.isZero) return { field: 'amount', key: 'wallet.needAmount' }
  const { coin } = draft.coin
  if (amounts.taken.compare(Decimal.of(draft.coin.free)) > 0) return { field: 'amount', key: 'wallet.moreThanFree' }
  if (draft.way === 'person' || !draft.network) return null
  const step = Decimal.of(draft.network.withdrawIntegerMultiple)
  if (amounts.taken.downTo(step).compare(amounts.taken) !== 0)
    return { field: 'amount', key: 'wallet.notInSteps', values: { step: step.trimmed().toString() } }
  const least = Decimal.of(draft.network.withdrawMin)
  if (amounts.taken.compare(least) < 0)
    return { field: 'amount', key: 'wallet.lessThanMin', values: { amount: least.trimmed().toString(), coin } }
  const most = Decimal.of(draft.network.withdrawMax)
  if (!most.isZero && amounts.taken.compare(most) > 0)
    return { field: 'amount', key: 'wallet.moreThanMax', values: { amount: most.trimmed().toString(), coin } }
  return null
}

/** Tell everything that is wrong with a draft, in the order of the form. */
export function problemsOf(draft: Draft): Problem[] {
  const { network } = draft
  const isChain = draft.way === 'chain'
  const found = [
    isChain && !network ? { field: 'network' as const, key: 'wallet.needNetwork' as const } : null,
    addressProblem(draft),
    isChain && network && draft.tag.trim() && !fits(draft.tag.trim(), network.memoRegex)
      ? { field: 'tag' as const, key: 'wallet.wrongTag' as const }
      : null,
    amountProblem(draft),
  ]
  return found.filter((each) => each !== null)
}
