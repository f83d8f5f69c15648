import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  addSums,
  leafHash,
  nodeHash,
  spellUnits,
  Unproven,
  userHash,
  verify,
  type Reason,
} from '../src/pages/reserves/verify'

interface Step {
  hash: string
  sums: Record<string, string>
}
interface Leaf {
  place: number
  nonce: string
  balances: Record<string, string>
  path: Step[]
}
interface Proof {
  version: number
  publication: string
  user: string
  balances: Record<string, string>
  leaves: Leaf[]
}
interface Publication {
  version: number
  publication: string
  root: string
  levels: number
  liabilities: Record<string, string>
}

const file = new URL('vectors/reserves.json', import.meta.url).pathname
// Made by the exchange itself: tests/unit/custody/reserves/test_page_vectors.py.
const vectors = () =>
  JSON.parse(readFileSync(file, 'utf8')) as { publication: Publication; proofs: [Proof, ...Proof[]] }
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('the vector of the documentation is hashed as it says', async () => {
  const sums = new Map([
    ['USDT', 150_000_000n],
    ['BTC', 1n],
  ])
  const nonce = Uint8Array.from({ length: 32 }, (_, index) => index)
  const user = await userHash('42', nonce)
  expect(hex(user)).toBe('a8bc0307c4f8a6cd059a1939f9de20aebc84c6a4e89a0ac101589bb7cd0bce85')
  const leaf = await leafHash(user, sums)
  expect(hex(leaf)).toBe('cf7eca25c04fe295109f5ca5ed40206604ef4ee74b22ad124e06d8f2fb2a6266')
  const node = await nodeHash(leaf, sums, leaf, new Map())
  expect(hex(node)).toBe('3eee6e58d34fdbce1459d2f28c0e6b5f760b09ae70a002ed3612583af1a137d5')
})

test('every proof of the exchange is proven, with its balances', async () => {
  const { publication, proofs } = vectors()
  for (const proof of proofs) {
    const proven = await verify(proof, publication)
    expect(proven.user).toBe(proof.user)
    expect(Object.fromEntries([...proven.balances].map(([name, units]) => [name, spellUnits(units)]))).toEqual(
      proof.balances,
    )
    expect(proven.leaves.every((leaf) => leaf.steps.at(-1)?.hash === publication.root)).toBe(true)
  }
})

const one = (proof: Proof): Leaf => {
  const leaf = proof.leaves[0]
  if (!leaf) throw new Error('a proof has leaves')
  return leaf
}
const tampered: [Reason, string, (proof: Proof, publication: Publication) => void][] = [
  ['root', 'a balance of a leaf', (proof) => (one(proof).balances = { BTC: '9.00000000' })],
  ['root', 'another user', (proof) => (proof.user = '43')],
  ['root', 'a hash beside the path', (proof) => ((one(proof).path[0] as Step).hash = '00'.repeat(32))],
  ['root', 'sums beside the path', (proof) => ((one(proof).path[1] as Step).sums = {})],
  ['root', 'another place', (proof) => (one(proof).place ^= 1)],
  ['root', 'another root', (_, publication) => (publication.root = '11'.repeat(32))],
  ['negative', 'a negative sum', (proof) => ((one(proof).path[0] as Step).sums = { BTC: '-1.00000000' })],
  ['impossible', 'an enormous sum', (proof) => ((one(proof).path[0] as Step).sums = { BTC: `${2n ** 96n}.00000000` })],
  ['path', 'a shorter path', (proof) => one(proof).path.pop()],
  ['totals', 'smaller totals', (_, publication) => (publication.liabilities = { BTC: '1.00000000' })],
  ['balances', 'other balances', (proof) => (proof.balances = { BTC: '1.00000000' })],
  ['balances', 'a leaf left out', (proof) => proof.leaves.pop()],
  ['places', 'a leaf twice', (proof) => proof.leaves.push(one(proof))],
  ['leaves', 'no leaves', (proof) => (proof.leaves = [])],
  ['otherPublication', 'another publication', (proof) => (proof.publication = '2026-10-01-1')],
  ['version', 'another version', (proof) => (proof.version = 2)],
  ['size', 'too many levels', (_, publication) => (publication.levels = 49)],
  ['damaged', 'no nonce', (proof) => (one(proof).nonce = 'xyz')],
  ['damaged', 'an amount without places', (proof) => (one(proof).balances = { BTC: '1' })],
  ['damaged', 'a place that is no number', (proof) => (one(proof).place = 0.5)],
]

test.each(tampered)('%s: %s', async (reason, _what, tamper) => {
  const { publication, proofs } = vectors()
  tamper(proofs[0], publication)
  const failure = await verify(proofs[0], publication).catch((why: unknown) => why)
  expect(failure).toBeInstanceOf(Unproven)
  expect((failure as Unproven).reason).toBe(reason)
})

test.each([[null], ['text'], [[]], [{}]])('%j is no proof', async (proof) => {
  await expect(verify(proof, vectors().publication)).rejects.toBeInstanceOf(Unproven)
})

test('sums are added asset by asset', () => {
  expect(addSums(new Map([['A', 1n]]), new Map([['A', 2n], ['B', 3n]]))).toEqual(new Map([['A', 3n], ['B', 3n]])) // prettier-ignore
})
