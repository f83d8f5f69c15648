// Why a payment over a bank came back: the codes of ISO 20022 that are common, in words with the code beside.
import type { Key } from '../i18n/areas'
import { t } from '../i18n/language.svelte'

const REASONS: Partial<Record<string, Key>> = {
  AC01: 'bank.AC01',
  AC03: 'bank.AC01',
  AC04: 'bank.AC04',
  AC06: 'bank.AC06',
  AG01: 'bank.AG01',
  AG02: 'bank.AG01',
  AM04: 'bank.AM04',
  AM05: 'bank.AM05',
  AM09: 'bank.AM09',
  BE01: 'bank.BE01',
  BE04: 'bank.RR03',
  CUST: 'bank.FOCR',
  DUPL: 'bank.AM05',
  FOCR: 'bank.FOCR',
  FR01: 'bank.FR01',
  FRAD: 'bank.FR01',
  LEGL: 'bank.RR04',
  MD07: 'bank.MD07',
  MS02: 'bank.MS02',
  MS03: 'bank.MS03',
  NARR: 'bank.MS03',
  RC01: 'bank.RC01',
  RR01: 'bank.RR03',
  RR02: 'bank.RR03',
  RR03: 'bank.RR03',
  RR04: 'bank.RR04',
  TECH: 'bank.TECH',
}

/** Name what a code means; null where it tells nothing beside the bank's own text, or is not known. */
export const meaningOf = (code: string, said: string): Key | null =>
  said.startsWith(`${code}: `) ? null : (REASONS[code] ?? null)

/** Say why, by the code; where that tells nothing, what the exchange says. */
export function bankReason(code: string, said: string): string {
  const key = meaningOf(code, said)
  return key ? `${t(key)} (${code})` : said
}
