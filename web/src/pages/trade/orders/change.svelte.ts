// An open order while a person changes it.
import { Refused } from '../../../api/client'
import { reasonOf } from '../../../api/refusals'
import { t } from '../../../i18n/language.svelte'
import type { SymbolInfo } from '../../../market/symbols.svelte'
import type { Decimal } from '../../../money/decimal'
import { readTyped } from '../../../money/format'
import { toasts } from '../../../widgets/toasts.svelte'
import type { Account, Order } from '../account.svelte'
import { typed } from '../form/draft.svelte'
import { check, type Around } from '../form/rules'
import { Decimal as Exact } from '../../../money/decimal'
import { change, changeOf, halvesOf, legOf, type Change } from './amending'
import { limitOf, triggerOf } from './terms'

type Name = 'price' | 'trigger' | 'quantity'
const FIELD = { price: 'price', trigger: 'trigger', quantity: 'amount' } as const

export class OrderChange {
  texts = $state<Record<Name, string>>({ price: '', trigger: '', quantity: '' })
  isSending = $state(false)
  readonly order: Order
  readonly #info: SymbolInfo
  readonly #around: () => Around

  constructor(order: Order, info: SymbolInfo, around: () => Around) {
    this.order = order
    this.#info = info
    this.#around = around
    const write = (text: string | null) => (text ? typed(Exact.of(text).trimmed()) : '')
    this.texts = { price: write(limitOf(order)), trigger: write(triggerOf(order)), quantity: write(order.origQty) }
  }

  #wish(): Record<Name, Decimal | null> {
    const read = (name: Name) => readTyped(this.texts[name])
    return { price: read('price'), trigger: read('trigger'), quantity: read('quantity') }
  }

  /** How it comes true; null while it changes nothing or is wrong. */
  get change(): Change | null {
    const names = Object.keys(this.texts) as Name[]
    return names.some((name) => this.told(name)) ? null : changeOf(this.order, this.#wish(), this.#info)
  }

  /** What is wrong with a number; empty if nothing is. */
  told(name: Name): string {
    const has = name === 'quantity' || (name === 'price' ? limitOf(this.order) : triggerOf(this.order))
    if (!has) return ''
    const wish = this.#wish()
    if (!wish[name]) return t('order.noNumber')
    if (name === 'quantity' && wish.quantity && wish.quantity.compare(Exact.of(this.order.executedQty)) <= 0) {
      return t('orders.aboveExecuted', { executed: typed(Exact.of(this.order.executedQty).trimmed()) })
    }
    const complaint = check([legOf(this.order, wish)], this.#around())[FIELD[name]]
    return complaint ? t(complaint.key, complaint.values) : ''
  }

  /** Have it changed. Tells whether it is over, for good or ill. */
  async send(account: Account | null): Promise<boolean> {
    const how = this.change
    if (!how || this.isSending) return false
    this.isSending = true
    try {
      await change(this.order, how)
      toasts.tell(t('orders.changed'))
      return true
    } catch (failure) {
      const halves = failure instanceof Refused ? halvesOf(failure.data) : null
      const why = halves ? reasonOf(new Refused(halves.code, halves.detail, 400)) : reasonOf(failure)
      toasts.tell(halves?.isGone ? t('orders.lost', { why }) : why, { isError: true })
      return halves?.isGone ?? false
    } finally {
      this.isSending = false
      account?.readSoon()
    }
  }
}
