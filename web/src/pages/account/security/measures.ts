// How well an account is protected: what there is, what is missing, and which of it matters most.
import type { Answer } from '../../../api/client'

export type Factors = Answer<'get', '/account/v1/factors'>
export type Protection = Answer<'get', '/account/v1/security'>
export type MeasureName = 'factor' | 'passkey' | 'codes' | 'phishing' | 'spare'

export interface Measure {
  name: MeasureName
  isDone: boolean
}

/** With fewer recovery codes than this it is time for new ones. */
export const CODES_FEW = 3

/** List the measures, the most important first. */
export function measuresOf(factors: Factors, protection: Protection): Measure[] {
  const ways = (factors.authenticatorSince === null ? 0 : 1) + factors.passkeys.length
  return [
    { name: 'factor', isDone: ways > 0 },
    { name: 'passkey', isDone: factors.passkeys.length > 0 },
    { name: 'codes', isDone: factors.recoveryCodesLeft >= CODES_FEW },
    // Who has one way in and loses it has recovery codes, and nothing else.
    { name: 'spare', isDone: ways > 1 },
    { name: 'phishing', isDone: protection.antiPhishingCode !== null },
  ]
}

export type Grade = 'weak' | 'fair' | 'strong'

/** Grade an account: without a second factor nothing else helps. */
export function gradeOf(measures: readonly Measure[]): Grade {
  const isDone = (name: MeasureName) => measures.some((each) => each.name === name && each.isDone)
  if (!isDone('factor')) return 'weak'
  return measures.every((each) => each.isDone) ? 'strong' : 'fair'
}
