// Calls of the exchange, typed by its own OpenAPI document. Reads send their parameters in the address, everything else
// in the body, with the session's token that shows a page of this site has asked.
import type { paths } from './schema'

type Method = 'get' | 'post' | 'put' | 'delete'
/** Every path that has a call of a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never
}[keyof paths]
type Call<M extends Method, P extends keyof paths> = paths[P][M]
/** What a call is asked with; a session signs nothing. */
export type Parameters<M extends Method, P extends keyof paths> =
  Call<M, P> extends { parameters: { query?: infer Q } }
    ? Omit<Exclude<Q, undefined>, 'recvWindow' | 'timestamp' | 'signature'>
    : Record<string, never>
export type Answer<M extends Method, P extends keyof paths> =
  Call<M, P> extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never

/** A call that was refused: the exchange's code, or 0 if it was not reached. */
export class Refused extends Error {
  constructor(
    readonly code: number,
    readonly detail: string,
    readonly status: number,
    /** What else the exchange says, such as what became of the halves of a replacement. */
    readonly data?: unknown,
  ) {
    super(`${code}: ${detail}`)
  }
}

const TIMEOUT_MS = 15_000
/** Files may have to be made first. */
const FILE_TIMEOUT_MS = 120_000
const NO_SESSION: ReadonlySet<number> = new Set([-41007, -2014, -2015])
const CSRF = -41008
/** The exchange is not reached, or it or a proxy says that it can do nothing now: a read may be sent again. */
const AWAY: ReadonlySet<number> = new Set([0, 502, 503, 504])
const REMEDIES_MAX = 3
export const STEP_UP_REQUIRED = -41201

/** What is done about a call that was refused for the time being. Each tells whether to send the call again. */
export interface Remedies {
  /** The exchange does not answer; only for what changes nothing. */
  exchangeIsAway: () => Promise<boolean>
  /** The exchange knows no session, or none that may do this. */
  sessionIsOver: () => Promise<boolean>
  /** The token is not the session's, which may be a newer one of another tab's. */
  tokenIsOld: () => Promise<boolean>
  /** The person is to prove anew who they are. */
  stepUpIsRequired: () => Promise<boolean>
}

let csrfToken = ''
let remedies: Partial<Remedies> = {}
/** Reads that wait for a remedy. The same read is sent once, however often it is asked for meanwhile. */
const waiting = new Map<string, Promise<unknown>>()

/** Send this token from now on. */
export function useToken(token: string): void {
  csrfToken = token
}

/** Have refused calls remedied so. */
export function remedy(by: Partial<Remedies>): void {
  remedies = { ...remedies, ...by }
}

interface Asked {
  method: Method
  path: string
  parameters: Record<string, unknown>
  /** Whether the answer is a file, and not JSON. */
  isFile?: boolean
}

function remedyOf({ code, status }: Refused, { method, isFile }: Asked): (() => Promise<boolean>) | undefined {
  // What is slow to make and was not made is not asked for again unasked.
  if (method === 'get' && !isFile && AWAY.has(status)) return remedies.exchangeIsAway
  if (NO_SESSION.has(code)) return remedies.sessionIsOver
  if (code === CSRF) return remedies.tokenIsOld
  return code === STEP_UP_REQUIRED ? remedies.stepUpIsRequired : undefined
}

async function send({ method, path, parameters, isFile = false }: Asked): Promise<unknown> {
  const sent = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) sent.set(name, String(value))
  const isRead = method === 'get'
  const query = isRead && sent.size > 0 ? `?${sent}` : ''
  let response: Response
  try {
    response = await fetch(path + query, {
      method: method.toUpperCase(),
      headers: isRead || !csrfToken ? {} : { 'x-csrf-token': csrfToken },
      ...(isRead ? {} : { body: sent }),
      signal: AbortSignal.timeout(isFile ? FILE_TIMEOUT_MS : TIMEOUT_MS),
    })
    if (isFile && response.ok) return await response.blob()
  } catch (failure) {
    throw new Refused(0, String(failure), 0)
  }
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body
  const { code = 0, msg = '', data } = (body ?? {}) as { code?: number; msg?: string; data?: unknown }
  throw new Refused(code, msg, response.status, data)
}

/** Remedy a refused call and send it again: who logs in anew may have to step up as well. */
async function sendAgain(refused: Refused, asked: Asked): Promise<unknown> {
  let why = refused
  for (let turn = 0; turn < REMEDIES_MAX; turn++) {
    if (!(await remedyOf(why, asked)?.())) break
    try {
      return await send(asked)
    } catch (failure) {
      if (!(failure instanceof Refused)) throw failure
      why = failure
    }
  }
  throw why
}

async function ask(asked: Asked): Promise<unknown> {
  try {
    return await send(asked)
  } catch (failure) {
    if (!(failure instanceof Refused) || !remedyOf(failure, asked)) throw failure
    if (asked.method !== 'get') return sendAgain(failure, asked)
    const name = `${asked.path} ${JSON.stringify(asked.parameters)}`
    const again = waiting.get(name) ?? sendAgain(failure, asked)
    waiting.set(name, again)
    return again.finally(() => waiting.delete(name))
  }
}

/** Read who is logged in, with no remedy where nobody is. Throws `Refused`. */
export const readSession = (): Promise<Answer<'get', '/account/v1/session'>> =>
  send({ method: 'get', path: '/account/v1/session', parameters: {} }) as Promise<Answer<'get', '/account/v1/session'>>

const calling =
  <M extends Method>(method: M) =>
  <P extends PathOf<M>>(path: P, parameters: Parameters<M, P>): Promise<Answer<M, P>> =>
    ask({ method, path, parameters: parameters as Record<string, unknown> }) as Promise<Answer<M, P>>

/** Tell whether the exchange answers. */
export const answers = (): Promise<boolean> =>
  send({ method: 'get', path: '/api/v3/ping', parameters: {} }).then(
    () => true,
    () => false,
  )

/** The calls by method. Each throws `Refused`. */
export const api = {
  get: calling('get'),
  post: calling('post'),
  put: calling('put'),
  delete: calling('delete'),
  /** Read what is answered as a file. */
  file: <P extends PathOf<'get'>>(path: P, parameters: Parameters<'get', P>): Promise<Blob> =>
    ask({ method: 'get', path, parameters: parameters as Record<string, unknown>, isFile: true }) as Promise<Blob>,
}
