import { afterEach, expect, test, vi } from 'vitest'
import { api } from '../src/api/client'
import { session } from '../src/session/session.svelte'

const PERSON = { userId: 'one', email: 'alice@example.com', csrfToken: 'token' }

/** A refusal of the exchange's, for the sake of the session. */
const noSession = () => new Response(JSON.stringify({ code: -41007, msg: 'no session' }), { status: 401 })

afterEach(() => vi.unstubAllGlobals())

test('who has left is not told that their session has ended', async () => {
  const held: ((answer: Response) => void)[] = []
  let asksWhoIsThere = 0
  vi.stubGlobal('fetch', (path: string) => {
    if (path !== '/account/v1/session') return Promise.resolve(noSession())
    asksWhoIsThere++
    if (asksWhoIsThere === 1) return Promise.resolve(new Response(JSON.stringify(PERSON)))
    return new Promise<Response>((resolve) => held.push(resolve))
  })
  await session.start()
  const read = api.get('/account/v1/keys', {})
  const refused = expect(read).rejects.toMatchObject({ code: -41007 })
  await vi.waitFor(() => expect(held.length).toBe(1))
  session.leave()
  held[0]?.(noSession())
  await refused
  expect(session.isOver).toBe(false)
  expect(session.person).toBeNull()
})
