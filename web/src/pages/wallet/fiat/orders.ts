// What a state of an order of bank money or by card means, and amounts of such money.
import type { Key } from '../../../i18n/areas'
import { t } from '../../../i18n/language.svelte'
import { Decimal } from '../../../money/decimal'
import type { Tone } from '../deposits'

interface Meaning {
  text: Key
  tone: Tone
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  Processing: { text: 'wallet.fiatProcessing', tone: 'info' },
  Successful: { text: 'wallet.done', tone: 'good' },
  Completed: { text: 'wallet.done', tone: 'good' },
  Failed: { text: 'wallet.fiatFailed', tone: 'bad' },
  Expired: { text: 'wallet.fiatExpired', tone: 'plain' },
  Refunded: { text: 'wallet.fiatRefunded', tone: 'warning' },
}

export const fiatMeaning = (status: string): Meaning =>
  MEANINGS[status] ?? { text: 'wallet.fiatProcessing', tone: 'info' }

const STAGES: Readonly<Record<string, string>> = {
  ORDER_SUCCESS: 'Successful',
  ORDER_FAILED: 'Failed',
  ORDER_EXPIRED: 'Expired',
  ORDER_REFUNDED: 'Refunded',
}

/** The same of an order that is looked at alone, whose states are spelt otherwise. */
export const orderMeaning = (status: string): Meaning => fiatMeaning(STAGES[status] ?? '')

const METHODS: Readonly<Record<string, Key>> = { BankAccount: 'wallet.historyFiat', Card: 'wallet.byCard' }

/** Name how money is moved. */
export function methodName(method: string): string {
  const key = METHODS[method]
  return key ? t(key) : method
}

const CENT = Decimal.of('0.01')

/** Tell what is wrong with an amount of bank money: no number, too little or too much, or parts of a cent. */
export function amountProblem(amount: Decimal | null, least: string, most: string): Key | null {
  if (!amount || amount.isZero) return 'wallet.needAmount'
  if (amount.downTo(CENT).compare(amount) !== 0) return 'wallet.wholeCents'
  if (amount.compare(Decimal.of(least)) < 0) return 'wallet.fiatTooLittle'
  return most && amount.compare(Decimal.of(most)) > 0 ? 'wallet.fiatTooMuch' : null
}
