/** A column of a list that is a table, and on a phone cards. */
export interface Column<Name extends string> {
  name: Name
  text: string
  isNumber?: boolean
  /** What a card begins with, beside each other; the rest stands below with its name. */
  isHead?: boolean
  /** What needs no name on a card, such as buttons. */
  isBare?: boolean
  /** What is long, such as an address: on a card it has a line of its own. */
  isLong?: boolean
}
