// The columns of a list: what each is called, and its text in a file. What stands on the screen may be more than text.
export interface Column<Row> {
  name: string
  text: string
  value: (row: Row) => string
  isNumber?: boolean
}

/** Write rows as a table for spreadsheets, with exact amounts; its first row is its head. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[][] {
  return [columns.map((column) => column.text), ...rows.map((row) => columns.map((column) => column.value(row)))]
}
