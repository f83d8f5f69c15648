// Every coin with its networks and what the person has of it, as the exchange lists them for deposits and withdrawals.
import { api, type Answer } from '../../api/client'
import { reasonOf } from '../../api/refusals'
import { silent, type Saying } from '../../i18n/language.svelte'
import { Decimal } from '../../money/decimal'

export type Coin = Answer<'get', '/sapi/v1/capital/config/getall'>[number]
export type CoinNetwork = Coin['networkList'][number]

export class Coins {
  all = $state.raw<Coin[] | null>(null)
  #sayFailure = $state.raw<Saying>(silent)
  readonly failure = $derived(this.#sayFailure())

  async read(): Promise<void> {
    try {
      this.all = await api.get('/sapi/v1/capital/config/getall', {})
      this.#sayFailure = silent
    } catch (why) {
      this.#sayFailure = () => reasonOf(why)
    }
  }

  find(coin: string): Coin | undefined {
    return this.all?.find((each) => each.coin === coin)
  }
}

/** List coins to choose from: those held first, by their codes. */
export function choosable(coins: readonly Coin[], fits: (coin: Coin) => boolean): Coin[] {
  const isHeld = (coin: Coin) => !Decimal.of(coin.free).isZero
  return coins
    .filter(fits)
    .toSorted((one, other) => Number(isHeld(other)) - Number(isHeld(one)) || one.coin.localeCompare(other.coin))
}

/** The network a person most likely means: the one asked for, the only one that is open, else none. */
export function likelyNetwork(
  coin: Coin,
  isOpen: (network: CoinNetwork) => boolean,
  wanted = '',
): CoinNetwork | undefined {
  const open = coin.networkList.filter(isOpen)
  return open.find((each) => each.network === wanted) ?? (open.length === 1 ? open[0] : undefined)
}
