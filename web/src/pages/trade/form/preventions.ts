// What becomes of two orders of one account that would trade with each other.
import type { Key } from '../../../i18n/areas'

export const PREVENTION_NAMES: Partial<Record<string, Key>> = {
  NONE: 'order.preventionNone',
  EXPIRE_TAKER: 'order.preventionTaker',
  EXPIRE_MAKER: 'order.preventionMaker',
  EXPIRE_BOTH: 'order.preventionBoth',
  DECREMENT: 'order.preventionDecrement',
}
