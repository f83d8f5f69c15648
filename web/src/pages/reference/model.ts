// What the exchange tells of its calls: see `wire/chapters.py`, which writes it.
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'WS'

export interface Head {
  method: Method
  path: string
  summary: string
  security: Security
}

export type Security =
  | 'NONE'
  | 'SIGNED'
  | 'USER_STREAM'
  | 'USER_DATA'
  | 'TRADE'
  | 'MARGIN'
  | 'TRANSFER'
  | 'WITHDRAW'
  | 'SESSION'
  | 'OPERATOR'

/** As much of JSON Schema as the exchange uses. */
export interface Schema {
  $ref?: string
  anyOf?: Schema[]
  title?: string
  description?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  pattern?: string
  minimum?: number
  maximum?: number
  default?: unknown
  examples?: unknown[]
  items?: Schema
  prefixItems?: Schema[]
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  required?: string[]
}

export interface Parameter {
  name: string
  isRequired: boolean
  about: string
  schema: Schema
}

export interface Call extends Head {
  parameters: Parameter[]
  budget: 'shared' | 'address' | 'owner'
  weights: { weight: number; asked: Record<string, string> }[]
  codes: number[]
  answer: Schema
  statuses: string[]
  hasSbe: boolean
  body: string
  websocketMethod?: string
}

export interface Stream {
  name: string
  example: string
  summary: string
  every: string
}

export interface Contents {
  version: string
  chapters: { name: string; calls: Head[] }[]
  streams: Stream[]
  statuses: Record<string, string>
}

export interface Chapter {
  calls: Record<string, Call>
  schemas: Record<string, Schema>
}

export interface Code {
  code: number
  status: number
  name: string
  messages: string[]
}

/** Name a call in an address. */
export function slugOf({ method, path }: Pick<Head, 'method' | 'path'>): string {
  return `${method}${path.startsWith('/') ? '' : '-'}${path}`.toLowerCase().replace(/[/.]/g, '-')
}

export function addressOf(chapter: string, call?: Pick<Head, 'method' | 'path'>): string {
  return call ? `/api-docs/${chapter}/${slugOf(call)}` : `/api-docs/${chapter}`
}

/** Whether a call needs a signature or a session. */
export function isSigned({ security }: Pick<Head, 'security'>): boolean {
  return security !== 'NONE'
}

/** Whether no API key opens a call, only a session in a browser. */
export function needsSession({ security }: Pick<Head, 'security'>): boolean {
  return security === 'SESSION' || security === 'OPERATOR'
}

const READS: ReadonlySet<string> = new Set(['order.test', 'sor.order.test'])

/** Whether a call changes something, so that nobody should make it by mistake. */
export function doesSomething(call: Pick<Head, 'method' | 'path' | 'security'>): boolean {
  if (call.path.endsWith('/test') || READS.has(call.path)) return false
  if (call.method === 'WS') return call.security === 'TRADE'
  return call.method !== 'GET'
}
