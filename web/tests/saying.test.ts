// What was said before another language was chosen is said in that language, without being read anew.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { compiled } from '../build/messages'
import { Refused } from '../src/api/client'
import { Reading } from '../src/api/reading.svelte'
import { language, t } from '../src/i18n/language.svelte'
import { Polled } from '../src/pages/admin/frame/polled.svelte'
import { readHistory } from '../src/pages/wallet/history/kinds'
import { Attempt } from '../src/session/attempt.svelte'

const ANSWERS: Record<string, unknown> = {
  '/sapi/v1/capital/deposit/hisrec': [
    {
      id: '1',
      insertTime: 2,
      coin: 'BTC',
      amount: '1',
      transferType: 0,
      network: 'BTC',
      address: 'b',
      txId: 'x',
      status: 1,
    },
    {
      id: '2',
      insertTime: 1,
      coin: 'BTC',
      amount: '1',
      transferType: 1,
      network: '',
      address: '',
      txId: '',
      status: 1,
    },
  ],
  '/sapi/v2/localentity/deposit/history': [],
}

beforeEach(async () => {
  const catalogues = compiled()
  vi.stubGlobal('document', { documentElement: {} })
  vi.stubGlobal('fetch', (asked: string) => {
    const [, code = '', pack = ''] = /messages\/([^/]+)\/(.+)-[0-9a-f]+\.json$/.exec(asked) ?? []
    const messages = catalogues.get(code)?.packs.get(pack)
    return Promise.resolve(new Response(messages ?? JSON.stringify(ANSWERS[asked.split('?')[0] ?? ''])))
  })
  await language.need(['wallet', 'admin'])
  await language.speak('en')
})
afterEach(() => vi.unstubAllGlobals())

test('a history follows the language', async () => {
  const lines = await readHistory('deposits', { startTime: 0, endTime: 3 })
  const said = () => lines.map((line) => [t(line.status), line.sayAbout()])
  expect(said()).toEqual([
    ['Credited', 'BTC b'],
    ['Credited', 'Inside the exchange'],
  ])
  await language.speak('de')
  expect(said()).toEqual([
    ['Gutgeschrieben', 'BTC b'],
    ['Gutgeschrieben', 'Innerhalb der Börse'],
  ])
})

const refusing = () => Promise.reject(new Refused(-1008, 'Server is busy.', 503))

test.each([
  ['what is read', () => new Reading<unknown>(refusing), (reading: Reading<unknown>) => reading.read()],
  ['what is read again and again', () => new Polled<unknown>(refusing), (polled: Polled<unknown>) => polled.read()],
  ['what is asked for', () => new Attempt(), (attempt: Attempt) => attempt.run(refusing)],
] as const)('why %s failed follows the language', async (_what, make, go) => {
  const failing = make()
  await (go as (failing: unknown) => Promise<unknown>)(failing)
  expect(failing.failure).toBe('The exchange is busy; try again in a moment.')
  await language.speak('de')
  expect(failing.failure).toBe('Die Börse ist ausgelastet; versuchen Sie es gleich noch einmal.')
})
