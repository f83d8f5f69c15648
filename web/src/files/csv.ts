// Tables as files that spreadsheets read: RFC 4180, with a mark that tells them it is UTF-8. A cell that a spreadsheet
// would take for a formula is made plain text, so that nobody's label or reason can run in somebody else's; numbers stay as
// exact as they are.
import { saveFile } from './save'

const MARK = '\u{feff}'
const NUMBER = /^-?\d+(\.\d+)?$/
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/
const SPECIAL = /[",\r\n]/

/** Write one cell. */
export function cellOf(value: string): string {
  const plain = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return SPECIAL.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** Write a table, its first row the heads of its columns. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  MARK + rows.map((row) => row.map(cellOf).join(',') + '\r\n').join('')

/** Have the browser save a table. */
export const saveCsv = (name: string, rows: readonly (readonly string[])[]): void =>
  saveFile(name, new Blob([csvOf(rows)], { type: 'text/csv;charset=utf-8' }))
