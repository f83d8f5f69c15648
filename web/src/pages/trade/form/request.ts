// The call that places what a form asks for.
import type { SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { hasLimit, type Content, type Leg } from './legs'

export type Path = '/api/v3/order' | `/api/v3/orderList/${'oco' | 'oto' | 'otoco' | 'opo' | 'opoco'}`

export interface Request {
  path: Path
  parameters: Record<string, string>
}

const BASIS_POINTS = Decimal.of('100')
const named = (role: string, name: string): string =>
  role ? role + name.charAt(0).toUpperCase() + name.slice(1) : name

/** What one leg says, under its role's names; side and quantity of a list are the list's. */
function parametersOf(leg: Leg): Record<string, string> {
  const said: [string, string | null | undefined][] = [
    ['type', leg.type],
    ['price', hasLimit(leg.type) ? leg.price?.toString() : null],
    ['stopPrice', leg.trigger?.toString()],
    ['trailingDelta', leg.trailing?.times(BASIS_POINTS).trimmed().toString()],
    ['timeInForce', leg.timeInForce],
    ['icebergQty', leg.iceberg && !leg.iceberg.isZero ? leg.iceberg.toString() : null],
    ['pegPriceType', leg.peg?.price],
    ['pegOffsetType', leg.peg?.offset && !leg.peg.offset.isZero ? 'PRICE_LEVEL' : null],
    ['pegOffsetValue', leg.peg?.offset && !leg.peg.offset.isZero ? leg.peg.offset.trimmed().toString() : null],
  ]
  return Object.fromEntries(said.flatMap(([name, value]) => (value ? [[named(leg.role, name), value]] : [])))
}

function pathOf(content: Content, isPaid: boolean): Path {
  switch (content.kind) {
    case 'OCO':
      return '/api/v3/orderList/oco'
    case 'OTO':
      return isPaid ? '/api/v3/orderList/opo' : '/api/v3/orderList/oto'
    case 'OTOCO':
      return isPaid ? '/api/v3/orderList/opoco' : '/api/v3/orderList/otoco'
    default:
      return '/api/v3/order'
  }
}

/** Write the call. Its id is the client's: who sends it twice, because the first answer got lost, is refused the second. */
export function requestOf(info: SymbolInfo, content: Content, legs: readonly Leg[], id: string): Request {
  const [first, next] = legs
  if (!first) throw new RangeError('nothing is asked for')
  const path = pathOf(content, next?.isPaid ?? false)
  const isList = path !== '/api/v3/order'
  const parameters: Record<string, string> = { symbol: info.symbol }
  for (const leg of legs) Object.assign(parameters, parametersOf(leg))
  const amounts = (leg: Leg, prefix: '' | 'working' | 'pending') => {
    parameters[named(prefix, 'side')] = leg.side
    if (leg.quantity && !leg.isPaid) parameters[named(prefix, 'quantity')] = leg.quantity.toString()
  }
  if (first.role === 'working') {
    amounts(first, 'working')
    if (next) amounts(next, 'pending')
  } else amounts(first, '')
  if (first.total) parameters.quoteOrderQty = first.total.toString()
  if (content.prevention) parameters.selfTradePreventionMode = content.prevention
  parameters[isList ? 'listClientOrderId' : 'newClientOrderId'] = id
  parameters.newOrderRespType = isList ? 'RESULT' : 'FULL'
  return { path, parameters }
}

/** Draw a new id of the client's own. */
export function drawId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return `web_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
