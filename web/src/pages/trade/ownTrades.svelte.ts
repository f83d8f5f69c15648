// A person's last trades on one symbol, read anew when what they hold of its assets has become another: a trade does that.
import { api, type Answer } from '../../api/client'
import type { SymbolInfo } from '../../market/symbols.svelte'
import { Decimal } from '../../money/decimal'
import type { Account } from './account.svelte'

export type OwnTrade = Answer<'get', '/api/v3/myTrades'>[number]

export const OWN_TRADES = 500

export class OwnTrades {
  /** The newest first. */
  all = $state.raw<OwnTrade[]>([])
  readonly ids = $derived(new Set(this.all.map((each) => each.id)))
  readonly #info: SymbolInfo
  #readFor = ''

  constructor(info: SymbolInfo) {
    this.#info = info
  }

  /** Follow an account; called within an effect. */
  follow(account: Account | null): void {
    if (!account?.isRead) {
      this.#readFor = ''
      this.all = []
      return
    }
    const { baseAsset, quoteAsset } = this.#info
    const held = account.balances
      .filter(({ asset }) => asset === baseAsset || asset === quoteAsset)
      .map(({ asset, free, locked }) => `${asset} ${Decimal.of(free).plus(Decimal.of(locked))}`)
    const signature = held.join() || 'nothing'
    if (signature === this.#readFor) return
    this.#readFor = signature
    void this.#read(signature)
  }

  async #read(signature: string): Promise<void> {
    try {
      const read = await api.get('/api/v3/myTrades', { symbol: this.#info.symbol, limit: OWN_TRADES })
      if (this.#readFor === signature) this.all = read.toReversed()
    } catch {
      if (this.#readFor === signature) this.#readFor = ''
    }
  }
}
