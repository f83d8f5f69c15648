// What documents may be, as the page names it. The exchange takes any type of document; these are those people have.
import type { Key } from '../../i18n/areas'
import type { DocumentKind } from './upload.svelte'

interface Kind {
  value: DocumentKind
  title: Key
  hint: Key
  isRequired: boolean
}

export const DOCUMENT_TYPES: readonly { level: number; value: string; key: Key }[] = [
  { level: 1, value: 'passport', key: 'verification.type.passport' },
  { level: 1, value: 'identity-card', key: 'verification.type.identityCard' },
  { level: 1, value: 'driving-licence', key: 'verification.type.drivingLicence' },
  { level: 1, value: 'residence-permit', key: 'verification.type.residencePermit' },
  { level: 2, value: 'bank-statement', key: 'verification.type.bankStatement' },
  { level: 2, value: 'utility-bill', key: 'verification.type.utilityBill' },
  { level: 2, value: 'tax-notice', key: 'verification.type.taxNotice' },
  { level: 2, value: 'registration', key: 'verification.type.registration' },
]

const IDENTITY: Omit<Kind, 'isRequired'> = {
  value: 'identity',
  title: 'verification.kind.identity',
  hint: 'verification.kind.identityHint',
}
const FACE: Kind = {
  value: 'face',
  title: 'verification.kind.face',
  hint: 'verification.kind.faceHint',
  isRequired: false,
}
const ADDRESS: Omit<Kind, 'isRequired'> = {
  value: 'address',
  title: 'verification.kind.address',
  hint: 'verification.kind.addressHint',
}
const FUNDS: Kind = {
  value: 'funds',
  title: 'verification.kind.funds',
  hint: 'verification.kind.fundsHint',
  isRequired: false,
}

/** List which documents a level takes, and which it must have. */
export function kindsOf(level: number): readonly Kind[] {
  return level < 2 ? [{ ...IDENTITY, isRequired: true }, FACE] : [{ ...ADDRESS, isRequired: true }, FUNDS]
}

/** What a kind of document is called. */
export const KIND_NAMES: Readonly<Record<string, Key>> = {
  identity: IDENTITY.title,
  address: ADDRESS.title,
  face: FACE.title,
  funds: FUNDS.title,
}
