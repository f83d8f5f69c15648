// Redraws no faster than the eye needs: changes are gathered, and shown with a frame of the screen once enough time is
// over since the last. A page that is not seen draws nothing.
export interface Screen {
  now: () => number
  frame: (call: () => void) => void
  later: (call: () => void, milliseconds: number) => void
}

const SCREEN: Screen = {
  now: () => performance.now(),
  frame: (call) => requestAnimationFrame(call),
  later: (call, milliseconds) => setTimeout(call, milliseconds),
}

export const BOOK_PER_SECOND = 10
export const CANDLES_PER_SECOND = 4
/** Lists of all markets. */
export const LISTS_PER_SECOND = 4

/** Return a function that asks for a redraw; at most so many of them happen in a second. */
export function paced(draw: () => void, perSecond: number, screen: Screen = SCREEN): () => void {
  const apart = 1000 / perSecond
  let drawnAt = -Infinity
  let isAsked = false
  return () => {
    if (isAsked) return
    isAsked = true
    const drawn = () => {
      isAsked = false
      drawnAt = screen.now()
      draw()
    }
    screen.later(() => screen.frame(drawn), Math.max(0, drawnAt + apart - screen.now()))
  }
}
