// What else of the page can have the order form do: hot keys, the command menu, the bar on a phone. The form that is shown
// listens; without one a command does nothing.
export type FormCommand =
  'buyLimit' | 'sellLimit' | 'buyMarket' | 'sellMarket' | 'focusPrice' | 'focusAmount' | 'clear' | 'send'

type Listener = (command: FormCommand) => void
const listeners = new Set<Listener>()

/** Have the form do something. Tells whether there was one. */
export function commandForm(command: FormCommand): boolean {
  for (const listener of listeners) listener(command)
  return listeners.size > 0
}

/** Be told of commands until the returned function is called. */
export function onFormCommand(listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
