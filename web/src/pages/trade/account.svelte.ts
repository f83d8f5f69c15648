// What a person has to do with one symbol: open orders, balances, commission. Whatever happens to the account has it read
// anew, the first time at once and then no more often than the exchange's limits bear.
import { api, type Answer } from '../../api/client'
import { watchAccount, type AccountEvent } from '../../session/events'
import { orderPreferences } from './preferences.svelte'

export type Order = Answer<'get', '/api/v3/openOrders'>[number]
export type OrderList = Answer<'get', '/api/v3/openOrderList'>[number]
export type Commission = Answer<'get', '/api/v3/account/commission'>
export interface Balance {
  asset: string
  free: string
  locked: string
}

const TOGETHER_MS = 100
/** Reading weighs 32, and with the orders of every symbol 106, of the 6,000 that a minute has. */
const APART_MS = 700
const APART_EVERYWHERE_MS = 1_500

export class Account {
  /** Open orders on the symbol, the newest first. */
  open = $state.raw<Order[]>([])
  /** Open orders on every symbol; only kept while they are asked for. */
  everywhere = $state.raw<Order[]>([])
  lists = $state.raw<OrderList[]>([])
  balances = $state.raw<Balance[]>([])
  commission = $state.raw<Commission | null>(null)
  /** Whether it has been read at least once, and whether the last reading failed. */
  isRead = $state(false)
  failure = $state.raw<unknown>(null)
  /** Counts what has happened, for who reads more than this. */
  changes = $state(0)
  readonly symbol: string
  readonly #leave: () => void
  readonly #heard = new Set<(event: AccountEvent) => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #readAt = -Infinity
  #turn = 0

  constructor(symbol: string) {
    this.symbol = symbol
    this.#leave = watchAccount((event) => {
      if (event) for (const hear of this.#heard) hear(event)
      this.readSoon()
    })
    void this.read()
    void this.#readCommission()
  }

  close(): void {
    this.#turn = Infinity
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#leave()
  }

  /** Be told of events as they come. */
  onEvent(hear: (event: AccountEvent) => void): () => void {
    this.#heard.add(hear)
    return () => void this.#heard.delete(hear)
  }

  free(asset: string): string {
    return this.balances.find((each) => each.asset === asset)?.free ?? '0'
  }

  /** Read everything anew, once for all that happens at about the same time. */
  readSoon(): void {
    if (this.#timer !== undefined || this.#turn === Infinity) return
    const apart = orderPreferences.isEverywhere ? APART_EVERYWHERE_MS : APART_MS
    const wait = Math.max(TOGETHER_MS, this.#readAt + apart - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.read()
    }, wait)
  }

  async read(): Promise<void> {
    this.#readAt = performance.now()
    const turn = ++this.#turn
    const { symbol } = this
    const [open, lists, account] = await Promise.allSettled([
      orderPreferences.isEverywhere ? api.get('/api/v3/openOrders', {}) : api.get('/api/v3/openOrders', { symbol }),
      api.get('/api/v3/openOrderList', {}),
      api.get('/api/v3/account', { omitZeroBalances: true }),
    ])
    if (turn !== this.#turn) return
    if (open.status === 'fulfilled') {
      const newestFirst = open.value.toSorted((one, other) => other.time - one.time || other.orderId - one.orderId)
      this.open = newestFirst.filter((order) => order.symbol === symbol)
      this.everywhere = newestFirst
    }
    if (lists.status === 'fulfilled') this.lists = lists.value
    if (account.status === 'fulfilled') this.balances = account.value.balances
    const failed = [open, account].find((each) => each.status === 'rejected')
    this.failure = failed ? failed.reason : null
    this.isRead ||= !failed
    this.changes += 1
  }

  async #readCommission(): Promise<void> {
    try {
      this.commission = await api.get('/api/v3/account/commission', { symbol: this.symbol })
    } catch {
      // Without rates no commission is foretold.
    }
  }
}
