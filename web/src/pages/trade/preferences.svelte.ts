// How this browser's person likes to send orders: after a look at what will be sent or at once, with every kind of order
// or the three that most need.
import { recall, remember } from '../../session/memory'

export type List = 'open' | 'past' | 'trades' | 'balances'

class OrderPreferences {
  /** Which list is looked at; for as long as the page is open. */
  list = $state<List>('open')
  #confirms = $state(recall('orders.confirm') !== 'no')
  #isAdvanced = $state(recall('orders.advanced') === 'yes')
  #isEverywhere = $state(recall('orders.everywhere') === 'yes')

  /** Whether an order is shown once more before it is sent. */
  get confirms(): boolean {
    return this.#confirms
  }
  set confirms(confirms: boolean) {
    this.#confirms = confirms
    remember('orders.confirm', confirms ? 'yes' : 'no')
  }

  /** Whether the form offers every kind of order the symbol has. */
  get isAdvanced(): boolean {
    return this.#isAdvanced
  }
  set isAdvanced(isAdvanced: boolean) {
    this.#isAdvanced = isAdvanced
    remember('orders.advanced', isAdvanced ? 'yes' : 'no')
  }

  /** Whether lists of orders show those on every symbol. */
  get isEverywhere(): boolean {
    return this.#isEverywhere
  }
  set isEverywhere(isEverywhere: boolean) {
    this.#isEverywhere = isEverywhere
    remember('orders.everywhere', isEverywhere ? 'yes' : 'no')
  }
}

export const orderPreferences = new OrderPreferences()
