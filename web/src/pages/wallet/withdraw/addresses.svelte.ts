// The addresses a person has named, and whether only those are paid.
import { api, type Answer } from '../../../api/client'
import { reasonOf } from '../../../api/refusals'
import { silent, type Saying } from '../../../i18n/language.svelte'

type Listed = Answer<'get', '/account/v1/allow-list'>
export type Address = Listed['addresses'][number]

export class Addresses {
  all = $state.raw<Address[] | null>(null)
  isEnforced = $state(false)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())

  async read(): Promise<void> {
    try {
      const { addresses, enabled } = await api.get('/account/v1/allow-list', {})
      this.all = addresses
      this.isEnforced = enabled
      this.#sayFailure = silent
    } catch (why) {
      this.#sayFailure = () => reasonOf(why)
    }
  }

  /** List those that a coin can be sent to over a network. */
  fitting(coin: string, network: string): Address[] {
    return (this.all ?? []).filter((each) => each.network === network && (!each.coin || each.coin === coin))
  }
}
