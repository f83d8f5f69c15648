// Documents as files: whether the exchange would take one, and the pieces it is sent in. A picture that is too large, of
// another type, or with something behind its end as telephones leave it, is drawn anew; so what a camera makes is taken.
import type { Key } from '../../i18n/areas'

export const PICTURES_REDRAWN_BYTES_MAX = 50_000_000
const PDF_END_WITHIN = 1_024
const BEGINS: Readonly<Record<string, readonly number[]>> = {
  'image/jpeg': [0xff, 0xd8, 0xff],
  'image/png': [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  'application/pdf': [0x25, 0x50, 0x44, 0x46, 0x2d],
}
const PNG_END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]

/** A file that cannot be taken; carries the message that says why. */
export class FileRefused extends Error {
  constructor(readonly key: Key) {
    super(key)
  }
}

/** Tell what a file is by its own bytes; null if it is nothing that is taken. */
export function typeOf(bytes: Uint8Array): string | null {
  const found = Object.entries(BEGINS).find(([, begin]) => begin.every((byte, at) => bytes[at] === byte))
  return found?.[0] ?? null
}

/** Tell whether nothing follows the end of what a file is. */
export function endsWell(type: string, bytes: Uint8Array): boolean {
  if (type === 'image/jpeg') return bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9
  if (type === 'image/png') return PNG_END.every((byte, at) => bytes.at(at - PNG_END.length) === byte)
  const tail = new TextDecoder('latin1').decode(bytes.slice(-PDF_END_WITHIN))
  const end = tail.lastIndexOf('%%EOF')
  return end >= 0 && /^[\r\n\t \0]*$/.test(tail.slice(end + 5))
}

export interface Prepared {
  type: string
  bytes: Uint8Array
}

/** Make of a file what the exchange takes. `redraw` returns a picture as a JPEG, or null for what is none. */
export async function prepare(
  file: Blob,
  bytesMax: number,
  redraw: (file: Blob) => Promise<Uint8Array | null> = redrawn,
): Promise<Prepared> {
  if (file.size === 0) throw new FileRefused('verification.file.empty')
  if (file.size > PICTURES_REDRAWN_BYTES_MAX) throw new FileRefused('verification.file.large')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const type = typeOf(bytes)
  if (type && bytes.length <= bytesMax && endsWell(type, bytes)) return { type, bytes }
  if (type === 'application/pdf')
    throw new FileRefused(bytes.length > bytesMax ? 'verification.file.large' : 'verification.file.broken')
  const again = await redraw(file).catch(() => null)
  if (!again) throw new FileRefused('verification.file.type')
  if (again.length > bytesMax) throw new FileRefused('verification.file.large')
  return { type: 'image/jpeg', bytes: again }
}

/** Write a piece of bytes in base64 as a form carries it: with `-` and `_`, without padding. */
export function pieceOf(bytes: Uint8Array, number: number, pieceBytes: number): string {
  const piece = bytes.subarray(number * pieceBytes, (number + 1) * pieceBytes)
  return btoa(String.fromCharCode(...piece))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

const SIDE_MAX = 3_000

async function redrawn(file: Blob): Promise<Uint8Array | null> {
  const picture = await createImageBitmap(file)
  const canvas = drawnOn(document.createElement('canvas'), picture, SIDE_MAX)
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.88))
  return made && new Uint8Array(await made.arrayBuffer())
}

/** Draw a picture on a canvas, its longer side so long at most. */
export function drawnOn(canvas: HTMLCanvasElement, picture: ImageBitmap, sideMax: number): HTMLCanvasElement {
  const scale = Math.min(1, sideMax / Math.max(picture.width, picture.height))
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const pen = canvas.getContext('2d')
  if (pen) {
    // What can be seen through becomes white, as paper is.
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  }
  picture.close()
  return canvas
}
