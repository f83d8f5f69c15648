/** Find what stands before and after something in a queue; of what has left the queue, the first that waits is next. */
export function besides(queue: readonly number[], id: number): { previous?: number; next?: number } {
  const place = queue.indexOf(id)
  const [previous, next] = place < 0 ? [undefined, queue[0]] : [queue[place - 1], queue[place + 1]]
  return { ...(previous === undefined ? {} : { previous }), ...(next === undefined ? {} : { next }) }
}
