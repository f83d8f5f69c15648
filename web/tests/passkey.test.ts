import fc from 'fast-check'
import { expect, test } from 'vitest'
import { creationOf, fromBase64Url, requestOf, toBase64Url } from '../src/session/passkey'
import { codeOf, isWholeCode, waysOf, type Challenge } from '../src/session/proofs'

test('bytes come back from their text as they were, and as others write it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    }),
  )
})

test('what the exchange says becomes what browsers take', () => {
  const request = requestOf({
    challenge: 'AQI',
    rpId: 'localhost',
    allowCredentials: [{ id: 'Aw', type: 'public-key' }],
  })
  expect(request.challenge).toEqual(Uint8Array.of(1, 2))
  expect(request.allowCredentials).toEqual([{ id: Uint8Array.of(3), type: 'public-key' }])
  const creation = creationOf({ challenge: 'AQI', user: { id: 'BA', name: 'a@b.example', displayName: '' } })
  expect(creation.user).toEqual({ id: Uint8Array.of(4), name: 'a@b.example', displayName: 'a@b.example' })
})

test('the easiest way comes first, and what is to be removed is none', () => {
  const challenge = { kinds: ['RECOVERY_CODE', 'TOTP', 'PASSKEY'], challenge: null, passkeyOptions: null } as Challenge
  expect(waysOf(challenge, true)).toEqual(['PASSKEY', 'TOTP', 'RECOVERY_CODE'])
  expect(waysOf(challenge, false)).toEqual(['TOTP', 'RECOVERY_CODE'])
  expect(waysOf(challenge, true, 'TOTP')).toEqual(['PASSKEY', 'RECOVERY_CODE'])
})

test('a code may be typed as apps show it', () => {
  expect(isWholeCode('123 456')).toBe(true)
  expect(codeOf('123 456')).toBe('123456')
  expect(isWholeCode('12345')).toBe(false)
})
