const SHOWN_MAX = 18
const END = 6

/** Leave out the middle of a long name. */
export function shortened(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - END - 1)}…${text.slice(-END)}`
}
