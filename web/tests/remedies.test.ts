import { afterEach, expect, test, vi } from 'vitest'
import { api, Refused, remedy, useToken } from '../src/api/client'

interface Sent {
  path: string
  method: string
  token: string | null
}

/** Answer calls one after another: null is success, a number is a refusal's code. */
function exchange(...answers: (number | null)[]): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', (path: string, asked: RequestInit) => {
    sent.push({ path, method: asked.method ?? '', token: new Headers(asked.headers).get('x-csrf-token') })
    const code = answers.shift() ?? null
    const body = code === null ? { ok: true } : { code, msg: 'no' }
    return Promise.resolve(new Response(JSON.stringify(body), { status: code === null ? 200 : 401 }))
  })
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
  const never = () => Promise.resolve(false)
  remedy({ exchangeIsAway: never, sessionIsOver: never, tokenIsOld: never, stepUpIsRequired: never })
  useToken('')
})

test('a call that wants a proof is sent again once there is one', async () => {
  const sent = exchange(-41201, null)
  remedy({ stepUpIsRequired: () => Promise.resolve(true) })
  await expect(api.post('/account/v1/factors/totp', {})).resolves.toEqual({ ok: true })
  expect(sent.length).toBe(2)
})

test('who would rather not prove anything gets the refusal, and nothing is sent again', async () => {
  const sent = exchange(-41201)
  await expect(api.post('/account/v1/factors/totp', {})).rejects.toMatchObject({ code: -41201 })
  expect(sent.length).toBe(1)
})

test('after a log-in a proof may be wanted as well', async () => {
  const sent = exchange(-41007, -41201, null)
  const asked: string[] = []
  remedy({
    sessionIsOver: () => {
      asked.push('log in')
      useToken('new')
      return Promise.resolve(true)
    },
    stepUpIsRequired: () => {
      asked.push('step up')
      return Promise.resolve(true)
    },
  })
  await api.delete('/account/v1/sessions', { sessionId: 'a' })
  expect(asked).toEqual(['log in', 'step up'])
  expect(sent.map(({ token }) => token)).toEqual([null, 'new', 'new'])
})

test('what is refused again and again is refused in the end', async () => {
  const sent = exchange(-41008, -41008, -41008, -41008, -41008)
  remedy({ tokenIsOld: () => Promise.resolve(true) })
  await expect(api.post('/account/v1/logout', {})).rejects.toBeInstanceOf(Refused)
  expect(sent.length).toBe(4)
})

test('the same read waits once, however often it is asked for', async () => {
  const sent = exchange(-41007, -41007, -41007, null)
  let logIn: (isBack: boolean) => void = () => undefined
  const back = new Promise<boolean>((resolve) => (logIn = resolve))
  remedy({ sessionIsOver: () => back })
  const reads = [1, 2, 3].map(() => api.get('/account/v1/keys', {}))
  await new Promise((later) => setTimeout(later, 5))
  logIn(true)
  await expect(Promise.all(reads)).resolves.toEqual([{ ok: true }, { ok: true }, { ok: true }])
  expect(sent.length).toBe(4)
})

test('a read that finds no exchange waits for it; what changes something is not sent twice', async () => {
  const answers = [null, 502, 200]
  let sent = 0
  vi.stubGlobal('fetch', () => {
    const status = answers[sent++] ?? 503
    if (status === null) return Promise.reject(new TypeError('no network'))
    return Promise.resolve(new Response('{}', { status }))
  })
  let waited = 0
  remedy({ exchangeIsAway: () => Promise.resolve(++waited > 0) })
  await expect(api.get('/api/v3/exchangeInfo', {})).resolves.toEqual({})
  expect([sent, waited]).toEqual([3, 2])
  await expect(api.post('/account/v1/logout', {})).rejects.toMatchObject({ status: 503 })
  expect([sent, waited]).toEqual([4, 2])
})

test('other refusals are passed on at once', async () => {
  const sent = exchange(-2010)
  await expect(api.put('/account/v1/keys', { apiKey: 'x' })).rejects.toMatchObject({ code: -2010, detail: 'no' })
  expect(sent).toEqual([{ path: '/account/v1/keys', method: 'PUT', token: null }])
})
