// Signs requests in the browser, with a key that is held for as long as this page is open and is never stored.
export type KeyKind = 'HMAC' | 'Ed25519' | 'RSA'

export interface Signer {
  apiKey: string
  kind: KeyKind
  sign: (text: string) => Promise<string>
}

/** Why a key cannot be used. */
export class UnusableKey extends Error {
  constructor(readonly reason: 'unreadable' | 'encrypted' | 'insecure' | 'unsupported') {
    super(reason)
  }
}

const ED25519 = [0x06, 0x03, 0x2b, 0x65, 0x70]
const RSA = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
const PEM = /-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/

/** Make a signer of a key's name and its secret: that of HMAC, or a private key in PEM (PKCS #8). Throws `UnusableKey`. */
export async function signerOf(apiKey: string, secret: string): Promise<Signer> {
  const { subtle } = globalThis.crypto
  if (!subtle) throw new UnusableKey('insecure')
  if (!secret.includes('-----')) {
    const key = await subtle.importKey('raw', utf8(secret.trim()), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return { apiKey, kind: 'HMAC', sign: async (text) => hex(await subtle.sign('HMAC', key, utf8(text))) }
  }
  const [, label = '', body = ''] = PEM.exec(secret) ?? []
  if (label.includes('ENCRYPTED')) throw new UnusableKey('encrypted')
  if (label !== 'PRIVATE KEY') throw new UnusableKey('unreadable')
  const der = Uint8Array.from(atob(body.replace(/\s/g, '')), (each) => each.charCodeAt(0))
  const kind = holds(der, ED25519) ? 'Ed25519' : holds(der, RSA) ? 'RSA' : null
  if (!kind) throw new UnusableKey('unsupported')
  const algorithm = kind === 'RSA' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'Ed25519' }
  const key = await subtle.importKey('pkcs8', der, algorithm, false, ['sign']).catch(() => {
    throw new UnusableKey(kind === 'RSA' ? 'unreadable' : 'unsupported')
  })
  return { apiKey, kind, sign: async (text) => base64(await subtle.sign(algorithm.name, key, utf8(text))) }
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((each) => each.toString(16).padStart(2, '0')).join('')
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}

function holds(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((each, index) => bytes[at + index] === each))
}
