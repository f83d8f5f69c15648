/** Bring what is chosen to the middle of the row that scrolls sideways, and move nothing else of the page. */
function intoView(row: Element, chosen: Element): void {
  if (row.scrollWidth <= row.clientWidth) return
  const [outer, inner] = [row.getBoundingClientRect(), chosen.getBoundingClientRect()]
  row.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2)
}

/** Have what is chosen in view, now and whenever the row gets another width; returns what ends that. */
export function keepInView(row: Element, chosen: Element | null): () => void {
  if (!chosen) return () => undefined
  const resized = new ResizeObserver(() => intoView(row, chosen))
  resized.observe(row)
  return () => resized.disconnect()
}
