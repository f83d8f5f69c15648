// What commands and keys do to the trade page that is shown.
class Trading {
  /** Whether the choice of markets is open. */
  isPicking = $state(false)
  /** Whether the layouts are shown. */
  isLayingOut = $state(false)
}

export const trading = new Trading()
