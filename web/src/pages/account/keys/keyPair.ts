// A key pair made in the browser: the private key never leaves it but as a file for its owner.

export interface KeyPair {
  type: 'Ed25519' | 'RSA'
  publicKey: string
  privateKey: string
}

const LINE = 64
const RSA: RsaHashedKeyGenParams = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2_048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
}

/** Write bytes as PEM. */
export function pemOf(label: string, bytes: ArrayBuffer): string {
  const text = btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))
  const lines = text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

async function made(type: KeyPair['type'], algorithm: AlgorithmIdentifier | RsaHashedKeyGenParams): Promise<KeyPair> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  return {
    type,
    publicKey: pemOf('PUBLIC KEY', await crypto.subtle.exportKey('spki', pair.publicKey)),
    privateKey: pemOf('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', pair.privateKey)),
  }
}

/** Make a key pair: Ed25519, or RSA in a browser that does not know it yet. */
export async function makeKeyPair(): Promise<KeyPair> {
  try {
    return await made('Ed25519', { name: 'Ed25519' })
  } catch {
    return made('RSA', RSA)
  }
}

/** Whether a text is a public key in PEM, as far as that can be seen; a private one is nobody else's business. */
export const isPublicKey = (text: string): boolean =>
  /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(text)

export const isPrivateKey = (text: string): boolean => /BEGIN [A-Z ]*PRIVATE KEY/.test(text)
