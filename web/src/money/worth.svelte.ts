// What a person's money is worth in the currency they chose: the rates, kept fresh while anything shows them.
import { api } from '../api/client'
import { recall, remember } from '../session/memory'
import { Decimal } from './decimal'
import { formatMoney } from './format'
import { choicesOf, readRates, worthOf, type Rates } from './rates'

const REFRESH_MS = 15_000

class Worth {
  /** What worth is shown in: a currency, or an asset. */
  currency = $state(recall('currency') ?? 'USD')
  rates = $state.raw<Rates | null>(null)
  #watchers = 0
  #timer: ReturnType<typeof setInterval> | undefined

  /** Everything that may be chosen; the choice alone until the rates are there. */
  get choices(): string[] {
    return this.rates ? choicesOf(this.rates) : [this.currency]
  }

  choose(currency: string): void {
    this.currency = currency
    remember('currency', currency)
  }

  /** Keep the rates fresh until the returned function is called. */
  watch(): () => void {
    if (this.#watchers++ === 0) {
      void this.#read()
      this.#timer = setInterval(() => void this.#read(), REFRESH_MS)
    }
    return () => {
      if (--this.#watchers === 0) clearInterval(this.#timer)
    }
  }

  /** Return what an amount of an asset is worth in the chosen currency; null where no rate tells. */
  of(asset: string, amount: string | Decimal): Decimal | null {
    const given = typeof amount === 'string' ? Decimal.of(amount) : amount
    return this.rates ? worthOf(this.rates, asset, given, this.currency) : null
  }

  /** Write what an amount of an asset is worth, a dash where no rate tells. */
  show(asset: string, amount: string | Decimal): string {
    return this.write(this.of(asset, amount))
  }

  /** Write an amount of the chosen currency. */
  write(amount: Decimal | null): string {
    return amount === null ? '–' : formatMoney(amount, this.currency)
  }

  async #read(): Promise<void> {
    if (document.hidden && this.rates) return
    try {
      this.rates = readRates(await api.get('/account/v1/display-rates', {}))
    } catch {
      // What was known stays, with the time it is of.
    }
  }
}

export const worth = new Worth()
