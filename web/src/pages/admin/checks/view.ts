// How a picture is seen: zoomed in steps, turned by quarters, fitted to the width there is.
const STEP = 1.25
const ZOOM_MIN = 0.2
const ZOOM_MAX = 8
/** No canvas is larger, whatever a picture's size. */
const PIXELS_MAX = 16_000_000
const QUARTERS = 4

/** Zoom by a step, in (1) or out (-1). */
export function zoomed(zoom: number, direction: 1 | -1): number {
  return Math.min(Math.max(zoom * STEP ** direction, ZOOM_MIN), ZOOM_MAX)
}

/** Turn by a quarter, clockwise (1) or back (-1). */
export function turned(turns: number, direction: 1 | -1): number {
  return (turns + direction + QUARTERS) % QUARTERS
}

/** Tell how large a turned picture is drawn; at a zoom of 1 it is as wide as there is room, and never blown up. */
export function sizeOf(
  picture: { width: number; height: number },
  turns: number,
  zoom: number,
  room: number,
): { width: number; height: number; scale: number } {
  const [across, down] = turns % 2 === 0 ? [picture.width, picture.height] : [picture.height, picture.width]
  const fitting = Math.min(room / across, 1) * zoom
  const scale = Math.min(fitting, Math.sqrt(PIXELS_MAX / (across * down)))
  return { width: Math.max(1, Math.round(across * scale)), height: Math.max(1, Math.round(down * scale)), scale }
}
