// Passkeys by the browser's WebAuthn. The exchange speaks its JSON; browsers want bytes, and not all convert themselves.

/** Why the browser gave no passkey. */
export class NoPasskey extends Error {
  constructor(readonly reason: 'declined' | 'not-here' | 'exists') {
    super(reason)
  }
}

type Json = Record<string, unknown>

export function toBase64Url(bytes: ArrayBuffer | Uint8Array): string {
  const text = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

/** Whether this browser knows passkeys, and the page is at an address where they work. */
export const hasPasskeys = (): boolean => typeof PublicKeyCredential !== 'undefined' && isSecureContext

/** Whether the browser offers passkeys among the suggestions of a field. */
export const offersPasskeys = async (): Promise<boolean> =>
  hasPasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false)

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  const descriptors = (list ?? []) as { id: string; type: PublicKeyCredentialType }[]
  return descriptors.map((each) => ({ ...each, id: fromBase64Url(each.id) }))
}

/** Make what `navigator.credentials.get` takes of what the exchange says. */
export function requestOf(options: Json): PublicKeyCredentialRequestOptions {
  const challenge = fromBase64Url(String(options.challenge))
  return { ...options, challenge, allowCredentials: described(options.allowCredentials) }
}

/** The same for `navigator.credentials.create`. */
export function creationOf(options: Json): PublicKeyCredentialCreationOptions {
  const user = options.user as { id: string; name: string; displayName: string }
  return {
    ...(options as unknown as PublicKeyCredentialCreationOptions),
    challenge: fromBase64Url(String(options.challenge)),
    user: { ...user, id: fromBase64Url(user.id), displayName: user.displayName || user.name },
    excludeCredentials: described(options.excludeCredentials),
  }
}

const REASONS: Partial<Record<string, NoPasskey['reason']>> = {
  NotAllowedError: 'declined',
  AbortError: 'declined',
  InvalidStateError: 'exists',
  SecurityError: 'not-here',
}

async function credentialOf(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const found = await asked
    if (found instanceof PublicKeyCredential) return found
  } catch (failure) {
    throw new NoPasskey(REASONS[failure instanceof Error ? failure.name : ''] ?? 'not-here')
  }
  throw new NoPasskey('declined')
}

function plain(credential: PublicKeyCredential, response: Json): string {
  const { id, type } = credential
  return JSON.stringify({
    id,
    rawId: toBase64Url(credential.rawId),
    type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  })
}

/** Make a passkey; return it as the exchange takes it. Throws `NoPasskey`. */
export async function makePasskey(options: Json): Promise<string> {
  const made = await credentialOf(navigator.credentials.create({ publicKey: creationOf(options) }))
  const response = made.response as AuthenticatorAttestationResponse
  return plain(made, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    attestationObject: toBase64Url(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  })
}

/** Have a passkey answer a challenge; with `isSuggested` as one of a field's suggestions. Throws `NoPasskey`. */
export async function showPasskey(
  options: Json,
  { isSuggested = false, signal }: { isSuggested?: boolean; signal?: AbortSignal } = {},
): Promise<string> {
  const asked = navigator.credentials.get({
    publicKey: requestOf(options),
    ...(isSuggested ? { mediation: 'conditional' as const } : {}),
    ...(signal ? { signal } : {}),
  })
  const shown = await credentialOf(asked)
  const response = shown.response as AuthenticatorAssertionResponse
  return plain(shown, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    authenticatorData: toBase64Url(response.authenticatorData),
    signature: toBase64Url(response.signature),
    userHandle: response.userHandle ? toBase64Url(response.userHandle) : null,
  })
}
