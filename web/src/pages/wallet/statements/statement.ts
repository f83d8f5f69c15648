// A statement as a table: what was held, what moved it by reason, what was held then. The sums are checked here again.
import type { Answer } from '../../../api/client'
import type { Key } from '../../../i18n/areas'
import { Decimal } from '../../../money/decimal'

export type Statement = Answer<'get', '/account/v1/statement'>
export type Line = Statement['lines'][number]

export const REASONS: Readonly<Record<string, Key>> = {
  deposit: 'wallet.reasonDeposit',
  withdrawal: 'wallet.reasonWithdrawal',
  trade: 'wallet.reasonTrade',
  fee: 'wallet.reasonFee',
  transfer: 'wallet.reasonTransfer',
  interest: 'wallet.reasonInterest',
  reward: 'wallet.reasonReward',
  product: 'wallet.reasonProduct',
  adjustment: 'wallet.reasonAdjustment',
}

export const ACCOUNTS: Readonly<Record<string, Key>> = {
  spot: 'wallet.kindSpot',
  funding: 'wallet.kindFunding',
  cross_margin: 'wallet.kindCross',
  isolated_margin: 'wallet.kindIsolated',
  usd_margined_futures: 'wallet.kindUsdFutures',
  coin_margined_futures: 'wallet.kindCoinFutures',
  options: 'wallet.kindOptions',
  earn: 'wallet.kindEarn',
}

/** Whether a line adds up to the last digit. */
export function addsUp(line: Line): boolean {
  const moved = line.movements.reduce((sum, each) => sum.plus(Decimal.of(each.amount)), Decimal.of(line.opening))
  return moved.compare(Decimal.of(line.closing)) === 0
}

/** Spell a statement for spreadsheets: one row for what was held at first, each reason, and what was held at last. */
export function rowsOf(
  statement: Statement,
  words: {
    heads: string[]
    opening: string
    closing: string
    reason: (name: string) => string
    account: (name: string) => string
  },
): string[][] {
  const rows = statement.lines.flatMap((line) => {
    const place = [words.account(line.account), line.asset]
    return [
      [...place, words.opening, line.opening, ''],
      ...line.movements.map((each) => [...place, words.reason(each.reason), each.amount, String(each.count)]),
      [...place, words.closing, line.closing, ''],
    ]
  })
  return [words.heads, ...rows]
}
