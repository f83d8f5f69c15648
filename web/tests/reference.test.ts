import fc from 'fast-check'
import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { encoded, socketRequest, write, type Caller } from '../src/pages/reference/attempt'
import { exampleOf, sampleValues } from '../src/pages/reference/example'
import { Feed, LINES_MAX, LINE_LENGTH_MAX } from '../src/pages/reference/feed'
import { indented } from '../src/pages/reference/indented'
import { addressOf, doesSomething, slugOf, type Head } from '../src/pages/reference/model'
import { codeOf } from '../src/pages/reference/samples'
import { find, fit } from '../src/pages/reference/search'
import { fieldsOf, sampleOf } from '../src/pages/reference/shape'
import { UnusableKey, signerOf } from '../src/pages/reference/signing'

const head = (method: Head['method'], path: string, summary = '', security: Head['security'] = 'NONE'): Head => ({
  method,
  path,
  summary,
  security,
})
const CALLS = [
  head('GET', '/api/v3/depth', 'Show the order book of a symbol.'),
  head('POST', '/api/v3/order', 'Place an order.', 'TRADE'),
  head('GET', '/api/v3/order', 'Show an order.', 'USER_DATA'),
  head('POST', '/api/v3/order/test', 'Check an order without placing it.', 'TRADE'),
  head('WS', 'order.place', 'Place an order.', 'TRADE'),
]

test.each([
  ['place order', ['/api/v3/order', 'order.place']],
  ['post order', ['/api/v3/order', '/api/v3/order/test']],
  ['book', ['/api/v3/depth']],
  ['dpth', ['/api/v3/depth']],
  ['  ', []],
  ['zebra', []],
])('%j finds %j', (typed, paths) => {
  expect(find(CALLS, typed, 10).map(({ path }) => path)).toEqual(paths)
})

test('a whole word fits better than a part, a part better than scattered letters', () => {
  expect(fit('order', 'order')).toBeGreaterThan(fit('order', 'order book'))
  expect(fit('der', 'a der b')).toBeGreaterThan(fit('der', 'order'))
  expect(fit('odr', 'order')).toBeGreaterThan(0)
  expect(fit('or', 'o r')).toBe(0)
})

test('calls have addresses of their own', () => {
  expect(addressOf('trading', CALLS[1])).toBe('/api-docs/trading/post-api-v3-order')
  expect(new Set(CALLS.map(slugOf)).size).toBe(CALLS.length)
  expect(CALLS.map(slugOf).join()).not.toMatch(/[./]/)
})

test('what changes something is told from what does not', () => {
  expect(CALLS.map(doesSomething)).toEqual([false, true, false, false, true])
})

test('a request is signed as the documents of the API show it', async () => {
  const signer = await signerOf(
    'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
    'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
  )
  const values = [
    ['symbol', 'LTCBTC'],
    ['side', 'BUY'],
    ['type', 'LIMIT'],
    ['timeInForce', 'GTC'],
    ['quantity', '1'],
    ['price', '0.1'],
    ['stopPrice', ''],
    ['recvWindow', '5000'],
  ] as const
  const written = await write('POST', '/api/v3/order', values, { kind: 'key', signer }, 1499827319559)
  expect(written.body?.split('&signature=')[1]).toBe('c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71')
  expect(written).toMatchObject({ url: '/api/v3/order', credentials: 'omit' })
  const read = await write('GET', '/api/v3/order', values, { kind: 'key', signer }, 1499827319559)
  expect(read).toMatchObject({ body: null, url: `/api/v3/order?${written.body}` })
})

test.each(['ed25519', 'rsa'] as const)('a private key of %s signs what its public key accepts', async (kind) => {
  const { publicKey, privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  const signer = await signerOf('key', String(privateKey.export({ type: 'pkcs8', format: 'pem' })))
  const request = JSON.parse(
    await socketRequest('order.place', [['symbol', 'BTCUSDT']], { kind: 'key', signer }, 1, 5),
  ) as { params: Record<string, string> }
  const signature = Buffer.from(request.params.signature ?? '', 'base64')
  const payload = Buffer.from('apiKey=key&symbol=BTCUSDT&timestamp=5')
  expect(verify(kind === 'rsa' ? 'sha256' : null, payload, publicKey, signature)).toBe(true)
})

test.each([
  ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----', 'encrypted'],
  ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'unreadable'],
  ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'unsupported'],
  ['-----BEGIN PRIVATE KEY-----', 'unreadable'],
])('%j is no key to sign with: %s', async (secret, reason) => {
  await expect(signerOf('key', secret)).rejects.toEqual(new UnusableKey(reason as 'encrypted'))
})

test('a session sends its token with what changes something, and never with a key', async () => {
  const session: Caller = { kind: 'session', csrfToken: 'token' }
  const changed = await write('DELETE', '/api/v3/order', [['symbol', 'A&B']], session, 0)
  expect(changed).toMatchObject({ url: '/api/v3/order?symbol=A%26B', headers: { 'x-csrf-token': 'token' } })
  expect((await write('GET', '/api/v3/account', [], session, 0)).headers).toEqual({})
  expect(await write('GET', '/api/v3/ping', [], { kind: 'nobody' }, 0)).toMatchObject({ credentials: 'omit' })
})

test('JSON is indented, and nothing of it is changed', () => {
  expect(indented('{"id":9007199254740993,"l":[],"o":{},"s":"a,[\\"{:"}')).toBe(
    '{\n  "id": 9007199254740993,\n  "l": [],\n  "o": {},\n  "s": "a,[\\"{:"\n}',
  )
  expect(indented('[["1.0","2.0"]]')).toBe('[\n  ["1.0", "2.0"]\n]')
  expect(indented('no')).toBeNull()
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(indented(JSON.stringify(value)) ?? '')).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('a sample and its fields follow the schema', () => {
  const schemas = { Fill: { type: 'object', properties: { price: { type: 'string' }, tradeId: { type: 'integer' } } } }
  const schema = {
    type: 'object',
    required: ['symbol', 'fills'],
    properties: {
      symbol: { type: 'string' },
      fills: { type: 'array', items: { $ref: '#/components/schemas/Fill' } },
      left: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
    },
  }
  expect(sampleOf(schema, schemas)).toEqual({ symbol: 'BTCUSDT', fills: [{ price: '50000.00', tradeId: 1042 }] })
  expect(fieldsOf(schema, schemas).map(({ path, type, isOptional }) => [path, type, isOptional])).toEqual([
    ['symbol', 'string', false],
    ['fills', 'object[]', false],
    ['fills[].price', 'string', false],
    ['fills[].tradeId', 'integer', false],
    ['left', 'string', true],
  ])
})

test('a schema that names itself has an end', () => {
  const schemas = { Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } } }
  expect(JSON.stringify(sampleOf({ $ref: '#/components/schemas/Node' }, schemas))).toContain('null')
  expect(fieldsOf({ $ref: '#/components/schemas/Node' }, schemas).length).toBeLessThan(20)
})

test('samples hold what was filled in, and examples of what must be sent', () => {
  const symbol = { name: 'symbol', isRequired: true, about: '', schema: { type: 'string' } }
  const side = { name: 'side', isRequired: true, about: '', schema: { type: 'string', enum: ['BUY', 'SELL'] } }
  const limit = { name: 'limit', isRequired: false, about: '', schema: { type: 'integer', minimum: 5 } }
  expect(sampleValues([symbol, side, limit], { symbol: 'ETHUSDT' })).toEqual([
    ['symbol', 'ETHUSDT'],
    ['side', 'BUY'],
  ])
  expect(exampleOf(limit)).toBe('100')
  expect(exampleOf({ name: 'untold', schema: { type: 'integer', minimum: 5 } })).toBe('5')
})

test('code samples quote what a shell would read', () => {
  const code = codeOf('curl', 'https://x', head('GET', '/api/v3/depth'), [['symbol', "it's"]])
  expect(code).toBe("curl 'https://x/api/v3/depth?symbol=it%27s'")
  const signed = codeOf('curl', 'https://x', CALLS[1] as Head, [['symbol', 'BTCUSDT']])
  expect(signed).toContain('-d "$query&signature=$signature"')
  expect(codeOf('python', 'https://x', CALLS[2] as Head, [])).toContain('X-MBX-APIKEY')
  expect(codeOf('javascript', 'https://x', CALLS[4] as Head, [['side', 'BUY']])).toContain('wss://x/ws-api/v3')
})

test('values that are empty are not sent', () => {
  expect(
    encoded([
      ['a', ''],
      ['b', '1 2'],
    ]),
  ).toBe('b=1+2')
})

test('a console keeps the newest messages and no more', () => {
  const feed = new Feed()
  for (let at = 0; at < LINES_MAX + 50; at += 1) feed.add(String(at), at)
  feed.add('x'.repeat(LINE_LENGTH_MAX * 2), 0, true)
  expect(feed.lines.length).toBe(LINES_MAX)
  expect(feed.lines[0]).toMatchObject({ isSent: true, number: LINES_MAX + 51 })
  expect(feed.lines[0]?.text.length).toBe(LINE_LENGTH_MAX + 1)
  feed.clear()
  expect([feed.lines.length, feed.count]).toEqual([0, LINES_MAX + 51])
})
