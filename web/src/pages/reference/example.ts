// What a parameter may look like: for forms and code samples.
import type { Parameter } from './model'

const BY_NAME: Record<string, string> = {
  symbol: 'BTCUSDT',
  symbols: '["BTCUSDT","ETHUSDT"]',
  quantity: '0.01',
  price: '50000',
  stopPrice: '48000',
  interval: '1h',
  timeInForce: 'GTC',
  coin: 'BTC',
  asset: 'BTC',
  network: 'ETH',
  amount: '0.1',
  address: '0x52908400098527886E0F7030069857D2E4169EE7',
  email: 'someone@example.com',
  limit: '100',
  type: 'LIMIT',
  orderId: '1042',
}

/** Make up a value that the parameter takes. */
export function exampleOf({ name, schema }: Pick<Parameter, 'name' | 'schema'>): string {
  const words = schema.enum?.map(String)
  const known = BY_NAME[name]
  if (words) return known !== undefined && words.includes(known) ? known : (words[0] ?? '')
  if (known !== undefined && (schema.type !== 'integer' || /^\d+$/.test(known))) return known
  if (schema.default !== undefined && schema.default !== null) return String(schema.default)
  if (schema.type === 'boolean') return 'true'
  if (schema.type === 'integer') return /time/i.test(name) ? '1767225600000' : String(Math.max(schema.minimum ?? 1, 1))
  if (schema.format === 'decimal') return /price/i.test(name) ? '50000' : '0.01'
  return String(schema.examples?.[0] ?? '')
}

/** What is worth a line in a sample: everything that must be sent, with what was filled in. */
export function sampleValues(
  parameters: readonly Parameter[],
  filled: Readonly<Record<string, string>>,
): [string, string][] {
  return parameters
    .filter(({ name, isRequired }) => isRequired || (filled[name] ?? '') !== '')
    .map((parameter) => [parameter.name, filled[parameter.name] || exampleOf(parameter) || '…'])
}
