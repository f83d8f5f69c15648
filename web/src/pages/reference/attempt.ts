// A call made from this page: how the request is written, and what came back.
import { indented } from './indented'
import type { Method } from './model'
import type { Signer } from './signing'

/** Parameters as they are sent, in order; what is empty is left out. */
export type Values = readonly (readonly [string, string])[]

export type Caller = { kind: 'nobody' } | { kind: 'session'; csrfToken: string } | { kind: 'key'; signer: Signer }

export interface Written {
  url: string
  method: string
  headers: Record<string, string>
  body: string | null
  credentials: 'omit' | 'same-origin'
}

export interface Outcome {
  status: number
  milliseconds: number
  headers: [string, string][]
  text: string
  isJson: boolean
  bytes: number
}

/** Answers are shown up to so many characters. */
export const SHOWN_MAX = 200_000
const TIMEOUT_MS = 30_000
const TOLD_HEADERS = /^(x-mbx-|retry-after$|content-type$|content-length$|date$)/

/** Write parameters as a query string or a form. */
export function encoded(values: Values): string {
  return new URLSearchParams(
    values.filter(([, value]) => value !== '').map(([name, value]) => [name, value]),
  ).toString()
}

/** Write a request. `now` is in milliseconds. */
export async function write(
  method: Exclude<Method, 'WS'>,
  path: string,
  values: Values,
  caller: Caller,
  now: number,
): Promise<Written> {
  const sent = caller.kind === 'key' ? [...values, ['timestamp', String(now)] as const] : values
  let text = encoded(sent)
  const headers: Record<string, string> = {}
  if (caller.kind === 'key') {
    headers['X-MBX-APIKEY'] = caller.signer.apiKey
    text += `&signature=${encodeURIComponent(await caller.signer.sign(text))}`
  }
  const isInQuery = method === 'GET' || method === 'DELETE'
  if (caller.kind === 'session' && method !== 'GET') headers['x-csrf-token'] = caller.csrfToken
  if (!isInQuery) headers['content-type'] = 'application/x-www-form-urlencoded'
  return {
    url: isInQuery && text ? `${path}?${text}` : path,
    method,
    headers,
    body: isInQuery ? null : text,
    credentials: caller.kind === 'session' ? 'same-origin' : 'omit',
  }
}

/** Send a request. Throws what `fetch` throws if the exchange is not reached. */
export async function send({ url, ...init }: Written): Promise<Outcome> {
  const begun = performance.now()
  const response = await fetch(url, { ...init, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
  const buffer = await response.arrayBuffer()
  const milliseconds = Math.round(performance.now() - begun)
  const isText = /json|text|xml/.test(response.headers.get('content-type') ?? '')
  const text = isText ? new TextDecoder().decode(buffer) : ''
  const pretty = indented(text)
  const headers = [...response.headers].filter(([name]) => TOLD_HEADERS.test(name))
  return {
    status: response.status,
    milliseconds,
    headers,
    text: pretty ?? text,
    isJson: pretty !== null,
    bytes: buffer.byteLength,
  }
}

/** Return the code of a refusal, or 0. */
export function refusalOf({ text, status }: Outcome): number {
  if (status < 400) return 0
  return Number(/"code":\s*(-?\d+)/.exec(text)?.[1] ?? 0)
}

/** Write a request of the WebSocket API. With a key it is signed over its parameters in order of their names. */
export async function socketRequest(
  method: string,
  values: Values,
  caller: Caller,
  id: number,
  now: number,
): Promise<string> {
  const params: Record<string, string> = {}
  for (const [name, value] of values) if (value !== '') params[name] = value
  if (caller.kind === 'key') {
    Object.assign(params, { apiKey: caller.signer.apiKey, timestamp: String(now) })
    const names = Object.keys(params).sort()
    params.signature = await caller.signer.sign(names.map((name) => `${name}=${params[name]}`).join('&'))
  }
  return JSON.stringify({ id, method, ...(Object.keys(params).length > 0 ? { params } : {}) })
}
