/** Bring what is chosen to the middle of the row that scrolls sideways, and move nothing else of the page. */
export function intoView(row: Element, chosen: Element | null): void {
  if (!chosen || row.scrollWidth <= row.clientWidth) return
  const [outer, inner] = [row.getBoundingClientRect(), chosen.getBoundingClientRect()]
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2)
}
