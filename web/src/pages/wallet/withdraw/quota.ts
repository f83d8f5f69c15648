// How much a person may withdraw in 24 hours, and how much of that is left.
import { api } from '../../../api/client'
import { Decimal } from '../../../money/decimal'

export interface Quota {
  /** Null where there is no limit. */
  whole: Decimal | null
  left: Decimal
  /** What it is told in. */
  asset: string
}

/** What the API tells of who has no limit. */
const UNLIMITED = Decimal.of('9999999999')

export function quotaOf(told: { wdQuota: string; usedWdQuota: string }, asset: string): Quota {
  const whole = Decimal.of(told.wdQuota)
  if (whole.compare(UNLIMITED) >= 0) return { whole: null, left: Decimal.ZERO, asset }
  const left = whole.minus(Decimal.of(told.usedWdQuota))
  return { whole, left: left.compare(Decimal.ZERO) > 0 ? left : Decimal.ZERO, asset }
}

/** Read it. Throws `Refused`. */
export async function readQuota(): Promise<Quota> {
  const [told, rules] = await Promise.all([
    api.get('/sapi/v1/capital/withdraw/quota', {}),
    api.get('/account/v1/verification/rules', {}),
  ])
  return quotaOf(told, rules.asset)
}
