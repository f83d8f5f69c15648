// Gives a person a file that was made in the browser.

/** Have the browser save bytes under a name. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Browsers read it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
