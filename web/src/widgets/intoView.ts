/** Bring what is chosen to the middle of what scrolls, along the row or down the column; nothing else of the page moves. */
function intoView(around: Element, chosen: Element): void {
  const [outer, inner] = [around.getBoundingClientRect(), chosen.getBoundingClientRect()]
  if (inner.bottom > outer.bottom) around.scrollTop += inner.top + inner.height / 2 - (outer.top + outer.height / 2)
  if (around.scrollWidth <= around.clientWidth) return
  around.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2)
}

/** Have what is chosen in view, now and whenever what scrolls gets another size; returns what ends that. */
export function keepInView(around: Element, chosen: Element | null): () => void {
  if (!chosen) return () => undefined
  const resized = new ResizeObserver(() => intoView(around, chosen))
  resized.observe(around)
  return () => resized.disconnect()
}
