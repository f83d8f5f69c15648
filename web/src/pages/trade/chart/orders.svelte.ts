// A person's open orders on the chart: each is a line that is moved to another price, or taken away, after having asked
// unless the person does not want to be asked.
import { api, Refused } from '../../../api/client'
import { reasonOf } from '../../../api/refusals'
import { t } from '../../../i18n/language.svelte'
import { filterValue, priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { formatAmount } from '../../../money/format'
import { colour } from '../../../theme/theme.svelte'
import { toasts } from '../../../widgets/toasts.svelte'
import type { Account, Order } from '../account.svelte'
import type { PriceMark } from './priceMarks'
import { change, changeOf, halvesOf, isChangeable } from '../orders/amending'
import { orderPreferences } from '../preferences.svelte'
import { leftOf, linesOf, priceAt, type Moved } from './replacing'
import { fontOfPage } from './styles'

export type Asked =
  { kind: 'move'; order: Order; moved: Moved; from: Decimal; to: Decimal } | { kind: 'cancel'; order: Order }

export class ChartOrders {
  /** What the person is asked about. */
  asked = $state.raw<Asked | null>(null)
  isSending = $state(false)
  readonly #info: SymbolInfo
  readonly #account: () => Account | null
  readonly #restore: () => void

  constructor(info: SymbolInfo, account: () => Account | null, restore: () => void) {
    this.#info = info
    this.#account = account
    this.#restore = restore
  }

  /** Return the lines of the open orders. */
  marks(open: readonly Order[]): PriceMark[] {
    const decimals = priceDecimals(this.#info)
    const [ground, ink, font] = [colour('panel'), colour('panel'), fontOfPage()]
    return open.flatMap((order) =>
      linesOf(order).map(({ moved, price }): PriceMark => {
        const own = colour(order.side === 'BUY' ? 'up' : 'down')
        const label = this.#labelOf(order, moved)
        return {
          id: `${order.orderId}-${moved}`,
          value: Number(price.toString()),
          data: {
            label,
            colour: own,
            ground,
            ink,
            font,
            isDashed: moved === 'trigger',
            canBeRemoved: true,
            decimals,
          },
          canMove: isChangeable(order, this.#info),
          onmoved: (value) => this.#moved(order, moved, price, value),
          onremove: () => this.#ask({ kind: 'cancel', order }),
        }
      }),
    )
  }

  /** Do what was asked about. */
  async confirm(): Promise<void> {
    const asked = this.asked
    if (!asked || this.isSending) return
    this.isSending = true
    try {
      if (asked.kind === 'move') {
        const how = changeOf(asked.order, { [asked.moved]: asked.to }, this.#info)
        if (how) await change(asked.order, how)
        toasts.tell(t('chart.moved'))
      } else await this.#cancel(asked.order)
    } catch (failure) {
      toasts.tell(whyNotReplaced(failure), { isError: true })
    } finally {
      this.isSending = false
      this.forget()
      this.#account()?.readSoon()
    }
  }

  /** Leave everything as it was. */
  forget(): void {
    this.asked = null
    this.#restore()
  }

  async #cancel(order: Order): Promise<void> {
    const { symbol, orderId, orderListId } = order
    if (orderListId === -1) await api.delete('/api/v3/order', { symbol, orderId })
    else await api.delete('/api/v3/orderList', { symbol, orderListId })
    toasts.tell(t('chart.canceled'))
  }

  #moved(order: Order, moved: Moved, from: Decimal, value: number): void {
    const tick = Decimal.of(filterValue(this.#info, 'PRICE_FILTER', 'tickSize') ?? '0')
    const to = priceAt(value, tick, priceDecimals(this.#info))
    if (!to || to.compare(from) === 0) return this.#restore()
    this.#ask({ kind: 'move', order, moved, from, to })
  }

  #ask(asked: Asked): void {
    this.asked = asked
    if (!orderPreferences.confirms) void this.confirm()
  }

  #labelOf(order: Order, moved: Moved): string {
    const quantity = formatAmount(leftOf(order))
    if (moved === 'trigger') return t(order.side === 'BUY' ? 'chart.triggerBuy' : 'chart.triggerSell', { quantity })
    return t(order.side === 'BUY' ? 'chart.orderBuy' : 'chart.orderSell', { quantity })
  }
}

/** Say why an order was not replaced, and above all whether the former one is gone. */
function whyNotReplaced(failure: unknown): string {
  const halves = failure instanceof Refused ? halvesOf(failure.data) : null
  if (!halves) return reasonOf(failure)
  const why = reasonOf(new Refused(halves.code, halves.detail, 400))
  return halves.isGone ? t('orders.lost', { why }) : why
}
