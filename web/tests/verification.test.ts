import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { Refused } from '../src/api/client'
import { endsWell, FileRefused, pieceOf, prepare, typeOf } from '../src/pages/verification/files'
import { wrongInFunds } from '../src/pages/verification/funds'
import { linkOf, nextLevel, stageOf, type Rules, type Verification } from '../src/pages/verification/standing'
import { ageOn, EMPTY, oneLine, wrongIn, type Statement } from '../src/pages/verification/statement'
import { persist } from '../src/pages/verification/upload.svelte'

const RULES: Rules = {
  asset: 'USDT',
  levels: [0, 1, 2].map((level) => ({ level, withdrawalLimit: '0', document: null, needsFunds: false })),
  countries: [
    { country: 'SE', levelMax: 2, mayDeposit: true },
    { country: 'IR', levelMax: 1, mayDeposit: false },
    { country: 'KP', levelMax: 0, mayDeposit: false },
  ],
  contentTypes: [],
  documentBytesMax: 100,
  ageMin: 18,
  hasProvider: false,
}

function verification(level: number, state?: string, caseLevel = level + 1, continueAt: string | null = null) {
  const dated = { reason: '', submitted: 1, decided: null, expires: null }
  const latest = state === undefined ? null : { caseId: 1, level: caseLevel, state, continueAt, ...dated }
  return { level, country: 'SE', case: latest, fundsGiven: null } satisfies Verification
}

test.each([
  [verification(0), 'apply'],
  [verification(0, 'submitted'), 'waiting'],
  [verification(0, 'in-review'), 'waiting'],
  [verification(0, 'submitted', 1, 'https://provider.example/1'), 'elsewhere'],
  [verification(0, 'submitted', 1, 'javascript:alert(1)'), 'waiting'],
  [verification(0, 'more-wanted'), 'more'],
  [verification(0, 'refused'), 'refused'],
  [verification(0, 'expired'), 'lapsed'],
  [verification(1, 'approved', 1), 'apply'],
  // What was refused long before the level that one has is no news.
  [verification(1, 'refused', 1), 'apply'],
  [verification(2, 'approved', 2), 'complete'],
  [{ ...verification(1, 'approved', 1), country: 'IR' }, 'complete'],
])('%j is at %s', (given, stage) => {
  expect(stageOf(given, RULES)).toBe(stage)
})

test('a level is offered where the person lives, and no further', () => {
  expect(nextLevel(verification(0), RULES)).toBe(1)
  expect(nextLevel({ ...verification(0), country: null }, RULES)).toBe(1)
  expect(nextLevel({ ...verification(1), country: 'IR' }, RULES)).toBeNull()
})

test.each(['javascript:alert(1)', 'data:text/html,x', '//x', 'x'])('%s is no place to go on', (link) => {
  expect(linkOf(verification(0, 'submitted', 1, link))).toBeNull()
})

test.each([
  ['2000-01-02', '2018-01-01', 17],
  ['2000-01-02', '2018-01-02', 18],
  ['2000-02-29', '2018-02-28', 17],
  ['2000-02-30', '2018-03-01', null],
  ['01.02.2000', '2018-03-01', null],
])('who was born on %s is on %s %s years old', (born, day, age) => {
  expect(ageOn(born, day)).toBe(age)
})

const GIVEN: Statement = {
  ...EMPTY,
  firstName: 'Zoë',
  lastName: 'Ångström',
  birthDate: '1990-02-28',
  country: 'SE',
  address: 'Storgatan 1\n  Uppsala\n',
  documentType: 'passport',
  documentNumber: 'X1234567',
}

test.each<[Partial<Statement>, number, object]>([
  [{}, 1, {}],
  [{ firstName: ' ' }, 1, { firstName: 'verification.wrong.missing' }],
  [{ lastName: 'x'.repeat(101) }, 1, { lastName: 'verification.wrong.long' }],
  [{ birthDate: '2010-01-01' }, 1, { birthDate: 'verification.wrong.young' }],
  [{ birthDate: '1850-01-01' }, 1, { birthDate: 'verification.wrong.birthDate' }],
  [{ country: 'KP' }, 1, { country: 'verification.wrong.country' }],
  [{ country: 'IR' }, 2, { country: 'verification.wrong.countryLevel' }],
  [{ country: 'IR' }, 1, {}],
  [{ documentNumber: 'Ж1' }, 1, { documentNumber: 'verification.wrong.number' }],
  [{ expires: '2026-11-30' }, 1, { expires: 'verification.wrong.expired' }],
  [{ expires: '2026-12-01' }, 1, {}],
])('of %j for level %s is wrong: %j', (changed, level, wrong) => {
  expect(wrongIn({ ...GIVEN, ...changed }, RULES, level, '2026-11-30')).toEqual(wrong)
})

test('an address of several lines is sent as one that the exchange takes', () => {
  expect(oneLine(GIVEN.address)).toBe('Storgatan 1, Uppsala')
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      expect(oneLine(lines.join('\n'))).not.toMatch(/\n/)
    }),
  )
})

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)))
const JPEG = bytes([0xff, 0xd8, 0xff, 0xe0, 1, 2, 0xff, 0xd9])
const PNG = bytes([0x89], 'PNG\r\n\x1a\n', [0, 0, 0, 0], 'IEND', [0xae, 0x42, 0x60, 0x82])
const PDF = bytes('%PDF-1.7\nsomething\n%%EOF\n')

test.each([
  [JPEG, 'image/jpeg'],
  [PNG, 'image/png'],
  [PDF, 'application/pdf'],
  [bytes('<html>'), null],
  [bytes(''), null],
])('a file is told by its own bytes', (content, type) => {
  expect(typeOf(content)).toBe(type)
  if (type) expect(endsWell(type, content)).toBe(true)
  if (type) expect(endsWell(type, bytes([...content], 'PK'))).toBe(false)
})

const redraw = () => Promise.resolve(JPEG)
const broken = () => Promise.reject(new Error('no picture'))

test.each([
  [JPEG, broken, 'image/jpeg', JPEG],
  [bytes([...JPEG], 'trailing'), redraw, 'image/jpeg', JPEG],
  [bytes([...PNG], 'x'.repeat(200)), redraw, 'image/jpeg', JPEG],
  [bytes('ftypheic'), redraw, 'image/jpeg', JPEG],
])('a file is made what the exchange takes', async (content, again, type, made) => {
  expect(await prepare(new Blob([content]), 100, again)).toEqual({ type, bytes: made })
})

test.each([
  [bytes(''), redraw, 'verification.file.empty'],
  [bytes([...PDF], 'PK'), redraw, 'verification.file.broken'],
  [bytes('%PDF-', 'x'.repeat(200), '%%EOF'), redraw, 'verification.file.large'],
  [bytes('<html>'), broken, 'verification.file.type'],
  [bytes([...JPEG], 'x'), () => Promise.resolve(new Uint8Array(101)), 'verification.file.large'],
])('or refused', async (content, again, key) => {
  await expect(prepare(new Blob([content]), 100, again)).rejects.toEqual(new FileRefused(key as FileRefused['key']))
})

test('the pieces of a file are its bytes, as a form carries them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 3, max: 90 }), (content, size) => {
      const pieces = Array.from({ length: Math.ceil(content.length / size) }, (_, at) => pieceOf(content, at, size))
      for (const piece of pieces) expect(piece).toMatch(/^[\w-]+$/)
      expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64url')))).toEqual(Buffer.from(content))
    }),
  )
})

test('what may pass is tried again, and what does not is not', async () => {
  const pause = vi.fn(() => Promise.resolve())
  let count = 0
  const passing = () => (++count < 3 ? Promise.reject(new Refused(0, '', 0)) : Promise.resolve('done'))
  expect(await persist(passing, pause)).toBe('done')
  expect(pause.mock.calls).toEqual([[800], [1600]])
  await expect(persist(() => Promise.reject(new Refused(-41301, '', 400)), pause)).rejects.toThrow()
  expect(pause).toHaveBeenCalledTimes(2)
  await expect(persist(() => Promise.reject(new Refused(0, '', 0)), pause)).rejects.toThrow()
  expect(pause).toHaveBeenCalledTimes(5)
})

test('of where money comes from everything is asked, and whole numbers', () => {
  const draft = {
    occupation: 'Keeper of a lighthouse',
    source: 'employment',
    wealthSource: 'inheritance',
    expectedDeposits: '2000',
    expectedTrades: '0',
    details: '',
  } as const
  expect(wrongInFunds(draft)).toEqual({})
  expect(wrongInFunds({ ...draft, source: 'other' })).toEqual({ details: 'verification.wrong.missing' })
  expect(wrongInFunds({ ...draft, expectedTrades: '1e3', wealthSource: '' })).toEqual({
    expectedTrades: 'verification.wrong.whole',
    wealthSource: 'verification.wrong.missing',
  })
  expect(wrongInFunds({ ...draft, expectedDeposits: '1000000000001' })).toEqual({
    expectedDeposits: 'verification.wrong.whole',
  })
})
