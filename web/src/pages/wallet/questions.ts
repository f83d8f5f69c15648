// What the travel rule asks about money that comes or goes: whose the other side is, and who keeps it.
export interface Answers {
  /** Whether the other side is the person themselves. */
  isOwn: boolean
  /** Whether a company keeps the address, and not a wallet of one's own. */
  isKept: boolean
  isCompany: boolean
  name: string
  country: string
  city: string
  vasp: string
  vaspName: string
}

export const OTHER_VASP = 'others'

export const NO_ANSWERS: Answers = {
  isOwn: true,
  isKept: false,
  isCompany: false,
  name: '',
  country: '',
  city: '',
  vasp: '',
  vaspName: '',
}

/** Tell whether everything that is asked is answered. */
export function areComplete(answers: Answers): boolean {
  const { isOwn, isKept, name, country, city, vasp, vaspName } = answers
  const isSomeone = isOwn || Boolean(name.trim() && country && city.trim())
  return isSomeone && (!isKept || (vasp !== '' && (vasp !== OTHER_VASP || vaspName.trim() !== '')))
}

const keeper = ({ isKept, vasp, vaspName }: Answers) =>
  isKept ? { vasp, ...(vasp === OTHER_VASP ? { vaspName: vaspName.trim() } : {}) } : {}

/** Spell answers about a withdrawal as the exchange reads them. */
export function spellSending(answers: Answers): string {
  const { isOwn, isKept, isCompany, name, country, city } = answers
  const someone = isOwn ? {} : { bnfType: isCompany ? 1 : 0, bnfName: name.trim(), country, city: city.trim() }
  return JSON.stringify({ isAddressOwner: isOwn ? 1 : 2, sendTo: isKept ? 2 : 1, ...someone, ...keeper(answers) })
}

/** Spell answers about a deposit. */
export function spellReceiving(answers: Answers): string {
  const { isOwn, isKept, isCompany, name, country, city } = answers
  const someone = isOwn ? {} : { orgType: isCompany ? 1 : 0, orgName: name.trim(), country, city: city.trim() }
  return JSON.stringify({
    depositOriginator: isOwn ? 1 : 2,
    receiveFrom: isKept ? 2 : 1,
    ...someone,
    ...keeper(answers),
  })
}
