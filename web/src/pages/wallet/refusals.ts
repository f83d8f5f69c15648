// What a refused call about the wallet means: by its code, with what the exchange says itself where that tells more.
import { Refused } from '../../api/client'
import { reasonOf } from '../../api/refusals'
import type { Key } from '../../i18n/areas'
import { t } from '../../i18n/language.svelte'

const BY_CODE: Partial<Record<number, Key>> = {
  [-4001]: 'wallet.refusedOperation',
  [-4003]: 'wallet.refusedPerson',
  [-4007]: 'wallet.refusedAddress',
  [-4008]: 'wallet.refusedTag',
  [-4015]: 'wallet.refusedLimited',
  [-4016]: 'wallet.refusedPasswordChanged',
  [-4017]: 'wallet.refusedFactorChanged',
  [-4018]: 'wallet.refusedCoin',
  [-4019]: 'wallet.refusedClosed',
  [-4022]: 'wallet.refusedBelowMin',
  [-4023]: 'wallet.refusedAboveMax',
  [-4024]: 'refused.balance',
  [-4026]: 'refused.balance',
  [-4028]: 'wallet.refusedBelowFee',
  [-4029]: 'wallet.refusedOver',
  [-4031]: 'wallet.refusedOver',
  [-4033]: 'wallet.refusedAddress',
  [-4034]: 'wallet.refusedSuspected',
  [-4035]: 'wallet.refusedNotListed',
  [-4036]: 'wallet.refusedNewlyListed',
  [-4039]: 'wallet.refusedPerson',
  [-4040]: 'wallet.refusedDepositsClosed',
  [-4043]: 'wallet.refusedTooManyAddresses',
  [-4044]: 'wallet.refusedCountry',
  [-4060]: 'wallet.refusedUnconfirmed',
  [-4104]: 'wallet.refusedTooManyRecoveries',
  [-5002]: 'refused.balance',
  [-5003]: 'refused.balance',
  [-5004]: 'wallet.refusedNotDust',
  [-5005]: 'wallet.refusedDustTooSmall',
  [-5006]: 'wallet.refusedDustOnce',
  [-5010]: 'wallet.refusedTransfer',
  [-5013]: 'refused.balance',
  [-16007]: 'wallet.refusedLimit',
  [-16010]: 'wallet.refusedOperation',
  [-41006]: 'wallet.refusedCode',
  [-44003]: 'refused.tooMany',
  [-44004]: 'wallet.refusedClaim',
  [-44006]: 'wallet.refusedCards',
  [-44007]: 'wallet.refusedCards',
}

/** What the exchange adds to the name of the refusal. */
const PREFIXES = [
  'Address validation is not passed. ',
  'Illegal address. ',
  'Invalid operation. ',
  'Withdraw is limited. ',
  'Not enough limit: ',
  'Not supported currency or payment method: ',
  'Cards were used too often: ',
] as const

/** Say why a call about the wallet failed. */
export function reasonInWallet(failure: unknown): string {
  const key = failure instanceof Refused ? BY_CODE[failure.code] : undefined
  if (!(failure instanceof Refused) || !key) return reasonOf(failure)
  const prefix = PREFIXES.find((each) => failure.detail.startsWith(each))
  const said = t(key)
  return prefix ? `${said} ${failure.detail.slice(prefix.length)}` : said
}
