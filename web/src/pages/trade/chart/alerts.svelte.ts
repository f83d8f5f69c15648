// The person's alerts on prices, kept in this browser, and watched while the page is open on whatever it shows: the trades
// of a symbol are listened to as long as there are alerts on it.
import { t, language } from '../../../i18n/language.svelte'
import { connection } from '../../../market/connection.svelte'
import { priceDecimals, symbols } from '../../../market/symbols.svelte'
import type { Decimal } from '../../../money/decimal'
import { formatAmount } from '../../../money/format'
import { notice } from '../../../notices/notices'
import { recallShaped, rememberShaped } from '../../../session/kept'
import { toasts } from '../../../widgets/toasts.svelte'
import { alertAt, ALERTS_MAX, readAlerts, ringing, type Alert } from './alarm'

class Alerts {
  all = $state.raw<Alert[]>(recallShaped('alerts', readAlerts, []))
  readonly #listening = new Map<string, () => void>()
  #lastId = Date.now()

  /** Watch from now on; called once. */
  start(): void {
    this.#listen()
  }

  of(symbol: string): Alert[] {
    return this.all.filter((alert) => alert.symbol === symbol)
  }

  get isFull(): boolean {
    return this.all.length >= ALERTS_MAX
  }

  add(symbol: string, price: Decimal, last: string | null): void {
    if (this.isFull) return
    this.#lastId += 1
    this.#keep([...this.all, alertAt(String(this.#lastId), symbol, price, last)])
  }

  move(id: string, price: Decimal, last: string | null): void {
    this.#keep(this.all.map((alert) => (alert.id === id ? alertAt(id, alert.symbol, price, last) : alert)))
  }

  remove(id: string): void {
    this.#keep(this.all.filter((alert) => alert.id !== id))
  }

  #keep(all: Alert[]): void {
    this.all = all
    rememberShaped('alerts', all)
    this.#listen()
  }

  #listen(): void {
    const wanted = new Set(this.all.map((alert) => alert.symbol))
    for (const [symbol, leave] of this.#listening) {
      if (wanted.has(symbol)) continue
      leave()
      this.#listening.delete(symbol)
    }
    for (const symbol of wanted) {
      if (this.#listening.has(symbol)) continue
      const heard = ({ p }: { p: string }) => void this.#check(symbol, p)
      this.#listening.set(symbol, connection.streams.subscribe(`${symbol.toLowerCase()}@trade`, heard))
    }
  }

  async #check(symbol: string, price: string): Promise<void> {
    const rung = ringing(this.all, symbol, price)
    if (rung.length === 0) return
    this.#keep(this.all.filter((alert) => !rung.includes(alert)))
    await Promise.allSettled([language.need(['chart']), symbols.read()])
    const info = symbols.find(symbol)
    for (const alert of rung) {
      const reached = formatAmount(alert.price, info ? priceDecimals(info) : undefined)
      const text = t(alert.isAbove ? 'chart.alertRose' : 'chart.alertFell', {
        symbol: symbols.pairOf(symbol),
        price: reached,
      })
      toasts.tell(text)
      notice('alert', text)
    }
  }
}

export const alerts = new Alerts()
