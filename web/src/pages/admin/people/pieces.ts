// An export that comes in pieces of base64 is put together, and held against its SHA-256.

/** Join the pieces. Throws RangeError if they are not what was made. */
export async function joined(pieces: readonly string[], sha256: string): Promise<Blob> {
  const blob = new Blob(pieces.map(bytesOf), { type: 'application/zip' })
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()))
  const found = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (found !== sha256.toLowerCase()) throw new RangeError('the export is not whole')
  return blob
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}
