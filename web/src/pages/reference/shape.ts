// What an answer looks like, made of its schema: a sample, and the list of its fields.
import type { Schema } from './model'

type Schemas = Record<string, Schema>
const DEPTH_MAX = 6

const BY_NAME: Record<string, unknown> = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  asset: 'BTC',
  coin: 'BTC',
  network: 'ETH',
  commissionAsset: 'BTC',
  side: 'BUY',
  status: 'NEW',
  timeInForce: 'GTC',
  selfTradePreventionMode: 'NONE',
  email: 'someone@example.com',
  clientOrderId: 'x-7f3a9c',
  country: 'DE',
  interval: '1m',
  address: '0x52908400098527886E0F7030069857D2E4169EE7',
  ip: '203.0.113.7',
  timezone: 'UTC',
}
const TIME_MS = 1_767_225_600_000

function textNamed(name: string): string {
  const known = BY_NAME[name]
  if (typeof known === 'string') return known
  const lower = name.toLowerCase()
  if (/clientorderid|clientid/.test(lower)) return 'x-7f3a9c'
  if (/price|bid$|ask$|high|low|open$|close/.test(lower)) return '50000.00'
  if (/qty|quantity|amount|free|locked|volume|total|fee|commission|balance|size/.test(lower)) return '0.50000000'
  if (/rate|percent|ratio/.test(lower)) return '0.0010'
  return 'string'
}

function numberNamed(name: string): number {
  if (/time|since|expires|Date$/i.test(name.replace(/update/i, '')) || ['E', 'T'].includes(name)) return TIME_MS
  if (/listId$/i.test(name)) return -1
  return /id$/i.test(name) ? 1042 : 1
}

/** Follow references, and leave out that there may be nothing. */
export function resolved(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref !== undefined) return resolved(schemas[nameOf(schema)] ?? {}, schemas)
  const forms = formsOf(schema)
  return forms.length === 1 && forms[0] !== schema ? resolved(forms[0] ?? {}, schemas) : schema
}

function nameOf(schema: Schema): string {
  return schema.$ref?.split('/').at(-1) ?? ''
}

/** The forms that an answer has one of. */
export function formsOf(schema: Schema): Schema[] {
  if (!schema.anyOf) return [schema]
  return schema.anyOf.filter((each) => each.type !== 'null')
}

/** What a form is called. */
export function titleOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema)
  if (schema.items) return `${titleOf(schema.items)}[]`
  return schema.title ?? String(schema.type ?? 'any')
}

/** Make a sample of what a schema describes. What may be left out and has no value by default, is. */
export function sampleOf(schema: Schema, schemas: Schemas, name = '', depth = 0): unknown {
  const { type, ...given } = resolved(schema, schemas)
  if (given.const !== undefined) return given.const
  if (given.enum) return given.enum[0]
  if (given.anyOf) return sampleOf(formsOf(given)[0] ?? {}, schemas, name, depth)
  if (given.prefixItems) return given.prefixItems.map((each) => sampleOf(each, schemas, name, depth + 1))
  if (depth > DEPTH_MAX) return null
  if (/^(bid|ask)$/.test(name) && type === 'array') return ['50000.00', '0.50000000']
  if (type === 'array') return given.items ? [sampleOf(given.items, schemas, name.replace(/s$/, ''), depth + 1)] : []
  if (given.properties) return objectOf(given, schemas, depth)
  if (type === 'object') return entriesOf(given, schemas, depth)
  if (type === 'integer' || type === 'number') return numberNamed(name)
  if (type === 'boolean') return true
  return type === 'string' ? textNamed(name) : null
}

function objectOf({ properties = {}, required }: Schema, schemas: Schemas, depth: number): Record<string, unknown> {
  const shown = Object.entries(properties).filter(
    ([name, each]) => !required || required.includes(name) || each.default !== null,
  )
  return Object.fromEntries(shown.map(([name, each]) => [name, sampleOf(each, schemas, name, depth + 1)]))
}

function entriesOf({ additionalProperties }: Schema, schemas: Schemas, depth: number): Record<string, unknown> {
  if (typeof additionalProperties !== 'object') return {}
  return { name: sampleOf(additionalProperties, schemas, '', depth + 1) }
}

export interface Field {
  path: string
  type: string
  isOptional: boolean
  words: string[]
}

/** List the fields of what a schema describes, those within others by their whole path. */
export function fieldsOf(schema: Schema, schemas: Schemas, path = '', depth = 0): Field[] {
  const given = resolved(schema, schemas)
  if (depth > DEPTH_MAX) return []
  if (given.anyOf) return formsOf(given).flatMap((each) => fieldsOf(each, schemas, path, depth + 1))
  if (given.type === 'array' && given.items) return fieldsOf(given.items, schemas, `${path}[]`, depth + 1)
  return Object.entries(given.properties ?? {}).flatMap(([name, each]) => {
    const there = path ? `${path}.${name}` : name
    const inside = resolved(each, schemas)
    const isOptional = given.required ? !given.required.includes(name) : 'default' in each
    const words = (inside.enum ?? []).map(String)
    return [
      { path: there, type: typeOf(each, schemas), isOptional, words },
      ...fieldsOf(each, schemas, there, depth + 1),
    ]
  })
}

/** Name the type of what a schema describes. */
export function typeOf(schema: Schema, schemas: Schemas): string {
  const given = resolved(schema, schemas)
  if (given.anyOf) return [...new Set(formsOf(given).map((each) => typeOf(each, schemas)))].join(' | ')
  if (given.prefixItems) return 'array'
  if (given.type === 'array') return given.items ? `${typeOf(given.items, schemas)}[]` : 'array'
  if (given.format === 'decimal') return 'decimal'
  return String(given.type ?? (given.enum ? typeof given.enum[0] : 'any'))
}
