// The verifier of a proof of reserves, in the browser: it takes nothing of the exchange's word but the published root.
//
// It follows docs/RESERVES.md, version 1, as the verifier in Python does, and a test holds it to proofs that one made. Sums
// are whole numbers of 1e-8 and exact. Every refusal has a reason of its own.
export type Sums = ReadonlyMap<string, bigint>

export const REASONS = [
  'damaged',
  'version',
  'otherPublication',
  'size',
  'leaves',
  'places',
  'negative',
  'impossible',
  'path',
  'root',
  'totals',
  'balances',
] as const
export type Reason = (typeof REASONS)[number]

/** A proof that does not prove what it should. */
export class Unproven extends Error {
  constructor(
    readonly reason: Reason,
    readonly detail = '',
  ) {
    super(`${reason} ${detail}`)
  }
}

/** One node on the way from a leaf to the root. */
export interface Step {
  hash: string
  sums: Sums
}

export interface ProvenLeaf {
  place: number
  balances: Sums
  /** The leaf, then every node above it; the last is the root. */
  steps: Step[]
}

export interface Proven {
  user: string
  balances: Sums
  totals: Sums
  root: string
  leaves: ProvenLeaf[]
}

const AMOUNT_LIMIT = 2n ** 96n
const LEVELS_MAX = 48
const ASSETS_MAX = 10_000
const LEAVES_MAX = 256
const HASH_BYTES = 32
const AMOUNT_BYTES = 16
const encoder = new TextEncoder()

type Bytes = Uint8Array<ArrayBuffer>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function damaged(what: string): never {
  throw new Unproven('damaged', what)
}

function compareBytes(one: Bytes, other: Bytes): number {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)))
}

const hexOf = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Read a hash: 32 bytes in hexadecimal. */
function readHash(value: unknown): Bytes {
  if (typeof value !== 'string' || !/^[0-9a-fA-F]{64}$/.test(value)) damaged('a hash of 32 bytes')
  const text = String(value)
  return Uint8Array.from({ length: HASH_BYTES }, (_, index) => parseInt(text.slice(2 * index, 2 * index + 2), 16))
}

/** Read amounts: decimal text with eight places, by asset. */
function readSums(value: unknown): Sums {
  if (!isObject(value)) damaged('amounts')
  const sums = new Map<string, bigint>()
  for (const [name, text] of Object.entries(value as Record<string, unknown>)) {
    const found = typeof text === 'string' ? /^(-?)(\d+)\.(\d{8})$/.exec(text) : null
    if (!found) damaged(`an amount of ${name}`)
    const units = BigInt(`${found?.[2] ?? ''}${found?.[3] ?? ''}`)
    if (units !== 0n) sums.set(name, found?.[1] ? -units : units)
  }
  encodeSums(sums)
  return sums
}

/** Spell the sums of a leaf or a node. Throws `Unproven` for an amount that must not be. */
export function encodeSums(sums: Sums): Bytes {
  const present = [...sums].filter(([, amount]) => amount !== 0n)
  if (present.length > ASSETS_MAX) throw new Unproven('impossible', String(present.length))
  const named = present
    .map(([name, amount]) => ({ name, spelled: encoder.encode(name) as Bytes, amount }))
    .sort((one, other) => compareBytes(one.spelled, other.spelled))
  const parts: Bytes[] = [Uint8Array.of(present.length >> 8, present.length & 0xff)]
  for (const { name, spelled, amount } of named) {
    if (amount < 0n) throw new Unproven('negative', name)
    if (amount >= AMOUNT_LIMIT || spelled.length < 1 || spelled.length > 255) throw new Unproven('impossible', name)
    const bytes = new Uint8Array(AMOUNT_BYTES)
    for (let at = AMOUNT_BYTES - 1, rest = amount; rest > 0n; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn)
    parts.push(Uint8Array.of(spelled.length), spelled, bytes)
  }
  return joined(...parts)
}

/** Add up what two nodes hold. */
export function addSums(left: Sums, right: Sums): Sums {
  const sums = new Map(left)
  for (const [name, amount] of right) {
    const total = (sums.get(name) ?? 0n) + amount
    if (total === 0n) sums.delete(name)
    else sums.set(name, total)
  }
  return sums
}

export function areSame(one: Sums, other: Sums): boolean {
  return one.size === other.size && [...one].every(([name, amount]) => other.get(name) === amount)
}

export const userHash = (user: string, nonce: Bytes): Promise<Bytes> =>
  sha256(encoder.encode(`rialto reserves user 1${user}\0`) as Bytes, nonce)

export const leafHash = (user: Bytes, sums: Sums): Promise<Bytes> =>
  sha256(encoder.encode('rialto reserves leaf 1') as Bytes, user, encodeSums(sums))

export const nodeHash = (left: Bytes, leftSums: Sums, right: Bytes, rightSums: Sums): Promise<Bytes> =>
  sha256(encoder.encode('rialto reserves node 1') as Bytes, left, encodeSums(leftSums), right, encodeSums(rightSums))

interface Published {
  root: Bytes
  levels: number
  totals: Sums
}

/** Recompute the root from one leaf; return the way there. */
async function climb(user: string, leaf: Record<string, unknown>, place: number, to: Published): Promise<ProvenLeaf> {
  const balances = readSums(leaf.balances)
  const path: unknown[] = Array.isArray(leaf.path) ? leaf.path : damaged('a path')
  let [reached, sums] = [await leafHash(await userHash(user, readHash(leaf.nonce)), balances), balances]
  const steps: Step[] = [{ hash: hexOf(reached), sums }]
  if (path.length !== to.levels) throw new Unproven('path', `${path.length}/${to.levels}`)
  let at = place
  for (const step of path) {
    if (!isObject(step)) damaged('a step')
    const { hash, sums: beside } = step as Record<string, unknown>
    const [besideHash, besideSums] = [readHash(hash), readSums(beside)]
    reached =
      at % 2 === 0
        ? await nodeHash(reached, sums, besideHash, besideSums)
        : await nodeHash(besideHash, besideSums, reached, sums)
    sums = addSums(sums, besideSums)
    at = Math.floor(at / 2)
    steps.push({ hash: hexOf(reached), sums })
  }
  if (compareBytes(reached, to.root) !== 0) throw new Unproven('root', String(place))
  if (!areSame(sums, to.totals)) throw new Unproven('totals')
  return { place, balances, steps }
}

/** Check a proof against what was published; both as the JSON documents say it. Throws `Unproven`. */
export async function verify(proof: unknown, publication: unknown): Promise<Proven> {
  if (!isObject(proof) || !isObject(publication)) throw new Unproven('damaged', 'an object')
  if (proof.version !== 1 || publication.version !== 1) throw new Unproven('version')
  if (proof.publication !== publication.publication) throw new Unproven('otherPublication', String(proof.publication))
  const levels = publication.levels
  if (!Number.isInteger(levels) || Number(levels) < 0 || Number(levels) > LEVELS_MAX) throw new Unproven('size')
  const to = { root: readHash(publication.root), levels: Number(levels), totals: readSums(publication.liabilities) }
  const given: unknown[] = Array.isArray(proof.leaves) ? proof.leaves : damaged('leaves')
  if (given.length < 1 || given.length > LEAVES_MAX) throw new Unproven('leaves')
  const user = String(proof.user)
  const places = new Set<number>()
  const leaves: ProvenLeaf[] = []
  for (const leaf of given) {
    if (!isObject(leaf)) throw new Unproven('damaged', 'a leaf')
    const place = leaf.place
    if (typeof place !== 'number' || !Number.isInteger(place)) throw new Unproven('damaged', 'a place')
    if (places.has(place) || place < 0 || place >= 2 ** to.levels) throw new Unproven('places', String(place))
    places.add(place)
    leaves.push(await climb(user, leaf, place, to))
  }
  const balances = leaves.reduce<Sums>((sums, leaf) => addSums(sums, leaf.balances), new Map())
  if (!areSame(balances, readSums(proof.balances))) throw new Unproven('balances')
  return { user, balances, totals: to.totals, root: hexOf(to.root), leaves }
}

/** Write units of 1e-8 as a decimal. */
export function spellUnits(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`
}
