// What a person can prove that it is them with, and how the calls take it.
import type { Answer } from '../api/client'

export type Challenge = Answer<'post', '/account/v1/factors/challenge'>
export type Kind = Challenge['kinds'][number]

export type Proof =
  { kind: 'TOTP' | 'RECOVERY_CODE'; code: string } | { kind: 'PASSKEY'; challenge: string; credential: string }

/** The easiest first; a recovery code is gone once it is used, and comes last. */
const ORDER: readonly Kind[] = ['PASSKEY', 'TOTP', 'RECOVERY_CODE']

/** List the kinds that can be shown here, the easiest first. */
export function waysOf(challenge: Challenge, hasPasskeys: boolean, excluded?: Kind): Kind[] {
  return ORDER.filter(
    (kind) => challenge.kinds.includes(kind) && kind !== excluded && (kind !== 'PASSKEY' || hasPasskeys),
  )
}

/** A proof as the calls that log in take it. */
export function asFactor(proof: Proof) {
  return proof.kind === 'PASSKEY'
    ? { factor: proof.kind, challenge: proof.challenge, credential: proof.credential }
    : { factor: proof.kind, factorCode: proof.code }
}

/** What was typed as a code: apps show theirs in groups. */
export const codeOf = (text: string): string => text.replaceAll(/[\s\u200e\u200f]/g, '')

/** Whether what was typed is all of an app's code. */
export const isWholeCode = (text: string): boolean => /^\d{6}$/.test(codeOf(text))
