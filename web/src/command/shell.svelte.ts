// Which dialogs of the page's frame are open: from the header, by keys, or from the command menu.
class Shell {
  isCommanding = $state(false)
  areKeysShown = $state(false)
  arePreferencesShown = $state(false)
}

export const shell = new Shell()
