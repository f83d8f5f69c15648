// The order that stands in the form: what is typed, what that means, what is wrong with it and what it would do.
import { t, language } from '../../../i18n/language.svelte'
import type { Key } from '../../../i18n/areas'
import type { Market } from '../../../market/market.svelte'
import { priceDecimals, type SymbolInfo } from '../../../market/symbols.svelte'
import { Decimal } from '../../../money/decimal'
import { readTyped, separatorsOf } from '../../../money/format'
import type { Account } from '../account.svelte'
import { estimate, warningsOf, type Estimate } from './estimate'
import { kindsOf, typesAfter } from './kinds'
import { FIELDS, isWhole, legsOf, opposite, type Content, type FieldName, type Kind, type Leg, type Side } from './legs'
import type { Told } from './refusal'
import { drawId } from './request'
import { bound, check, worthOf, type Around, type Complaint } from './rules'
import { percentOf, share } from './share'
import { stepped } from './step'

export interface Sources {
  info: SymbolInfo
  market: Market
  account: Account | null
}

const blank = (): Record<FieldName, string> =>
  Object.fromEntries(FIELDS.map((field) => [field, ''])) as Record<FieldName, string>
let kept: { symbol: string; content: Content; texts: Record<FieldName, string> } | null = null
const AMOUNTS: readonly FieldName[] = ['amount', 'total', 'nextAmount', 'iceberg']
/** Fields in which an order counts in steps of the quantity. */
const QUANTITIES: ReadonlySet<FieldName> = new Set(['amount', 'nextAmount', 'iceberg'])

/** Write a number as the person types it. */
export const typed = (value: Decimal): string => value.toString().replace('.', separatorsOf(language.code).decimal)

export class OrderDraft {
  content = $state<Content>({
    side: 'BUY',
    kind: 'LIMIT',
    isInQuote: true,
    isPostOnly: false,
    timeInForce: 'GTC',
    prevention: '',
    peg: '',
    trailsAs: 'STOP_LOSS',
    profitType: 'LIMIT_MAKER',
    nextSide: 'SELL',
    nextType: 'LIMIT',
    paysNext: false,
  })
  texts = $state(blank())
  refusal = $state.raw<Told | null>(null)
  percent = $state(0)
  #last: 'amount' | 'total' = 'amount'
  #id = drawId()
  readonly #sources: () => Sources

  constructor(sources: () => Sources) {
    this.#sources = sources
    const { symbol } = sources().info
    if (kept?.symbol !== symbol) return
    this.content = kept.content
    this.texts = kept.texts
  }

  /** Keep what is typed for the next form on this symbol: a page that is laid out anew makes one. */
  keep(): void {
    const { symbol } = this.#given().info
    kept = { symbol, content: $state.snapshot(this.content), texts: $state.snapshot(this.texts) }
  }

  readonly around = $derived.by<Around>(() => {
    const { info, market, account } = this.#given()
    const isSwept = this.content.kind === 'MARKET'
    const free = (asset: string) => (account ? Decimal.of(account.free(asset)) : null)
    const last = market.trades[0]?.price
    return {
      info,
      freeBase: free(info.baseAsset),
      freeQuote: free(info.quoteAsset),
      bids: isSwept ? market.whole('bids') : market.bids,
      asks: isSwept ? market.whole('asks') : market.asks,
      last: last === undefined ? null : Decimal.of(last),
    }
  })
  readonly legs = $derived(legsOf(this.content, (field) => this.read(field), this.around.last))
  readonly own = $derived(
    // Of a pair, the profit.
    this.legs.find(({ role, type }) => role === '' || role === 'working' || !type.startsWith('STOP')) as Leg,
  )
  readonly complaints = $derived(this.#complain())
  readonly foretold: Estimate = $derived(estimate(this.own, this.around, this.#given().account?.commission ?? null))
  /** Nothing is to be thought of before there is an amount. */
  readonly warnings: Complaint[] = $derived(
    this.texts.amount || this.texts.total ? warningsOf(this.own, this.around, this.foretold) : [],
  )
  readonly isReady = $derived(Object.keys(this.complaints).length === 0 && this.legs.every(isWhole))
  readonly kinds = $derived(kindsOf(this.#given().info))
  readonly nextTypes = $derived(typesAfter(this.#given().info))

  #given(): Sources {
    return this.#sources()
  }

  get id(): string {
    return this.#id
  }

  read(field: FieldName): Decimal | null {
    return readTyped(this.texts[field])
  }

  /** What is wrong with a field, in words; empty if nothing is. */
  told(field: FieldName): string {
    if (this.texts[field] && !this.read(field)) return t('order.noNumber')
    if (this.refusal?.field === field) return this.refusal.say()
    const complaint = this.complaints[field]
    return complaint ? t(complaint.key as Key, complaint.values) : ''
  }

  /** Take what is typed, and keep quantity and total to each other. */
  type(field: FieldName, text: string): void {
    this.#changed()
    this.texts[field] = text
    if (field === 'amount' || field === 'total') {
      this.#last = field
    }
    this.#link()
    this.#measure()
  }

  /** Step a field by the arrow keys. */
  step(field: FieldName, times: number): void {
    const { info } = this.#given()
    const isQuantity = QUANTITIES.has(field)
    const step = isQuantity ? bound(info, 'LOT_SIZE', 'stepSize') : bound(info, 'PRICE_FILTER', 'tickSize')
    const by = field === 'trailing' ? Decimal.of('0.1') : field === 'pegOffset' ? Decimal.of('1') : step
    if (by) this.type(field, typed(stepped(this.read(field) ?? Decimal.ZERO, by.trimmed(), times)))
  }

  /** Take so many percent of what is free. */
  slide(percent: number): void {
    this.#changed()
    const isTotal = this.content.kind === 'MARKET' && this.content.isInQuote
    const part = share(this.own, this.around, percent, isTotal)
    this.percent = percent
    if (!part) return
    const field = isTotal ? 'total' : 'amount'
    this.#last = field
    this.texts[field] = part.isZero ? '' : typed(part.trimmed())
    this.#link()
  }

  /** Take a price or a quantity that was pointed at elsewhere. */
  pick({ price, quantity }: { price?: Decimal | undefined; quantity?: Decimal | undefined }): void {
    const { info } = this.#given()
    if (price) this.type('price', typed(price.toScale(priceDecimals(info))))
    if (!quantity) return
    if (this.content.kind === 'MARKET') this.content.isInQuote = false
    this.type('amount', typed(quantity.trimmed()))
  }

  turn(side: Side): void {
    this.#changed()
    this.content.side = side
    this.content.nextSide = opposite(side)
    this.content.isInQuote = side === 'BUY'
    this.clear()
  }

  choose(kind: Kind): void {
    this.#changed()
    this.content.kind = kind
    if (kind !== 'LIMIT' && kind !== 'OTO' && kind !== 'OTOCO') this.content.peg = ''
    // What another kind waited for is no wish for this one; and a limit would turn a trailing stop into one that waits.
    this.texts.trigger = ''
    const best = this.content.side === 'BUY' ? this.around.bids[0] : this.around.asks[0]
    if (kind === 'TRAILING') this.texts.price = ''
    else if (!this.texts.price && best) this.texts.price = typed(best.price.trimmed())
    this.clear()
  }

  /** Change something that is chosen and not typed. */
  set(change: Partial<Content>): void {
    this.#changed()
    Object.assign(this.content, change)
    this.#link()
  }

  /** Forget the amounts; the prices stay. */
  clear(): void {
    for (const field of AMOUNTS) this.texts[field] = ''
    this.percent = 0
    this.#last = 'amount'
  }

  #changed(): void {
    this.refusal = null
    this.#id = drawId()
  }

  #complain(): Partial<Record<FieldName, Complaint>> {
    const found = check(this.legs, this.around)
    for (const field of FIELDS) {
      if (this.texts[field] && !this.read(field)) found[field] = { key: 'order.noNumber' }
    }
    return found
  }

  /** Have the slider say what part of what is free the order takes. */
  #measure(): void {
    const { freeBase, freeQuote } = this.around
    const isSell = this.own.side === 'SELL'
    this.percent = isSell
      ? percentOf(this.own.quantity, freeBase)
      : percentOf(worthOf(this.own, this.around), freeQuote)
  }

  #link(): void {
    if (this.content.kind === 'MARKET') return
    const { info } = this.#given()
    const price = worthOf({ ...this.own, quantity: Decimal.of('1'), total: null }, this.around)
    if (this.#last === 'total') {
      const total = this.read('total')
      const step = bound(info, 'LOT_SIZE', 'stepSize') ?? Decimal.ZERO
      if (!this.texts.total) this.texts.amount = ''
      else if (total && price && !price.isZero) {
        const quantity = total.dividedBy(price, info.baseAssetPrecision).downTo(step)
        this.texts.amount = quantity.isZero ? '' : typed(quantity.trimmed())
      }
      return
    }
    const amount = this.read('amount')
    this.texts.total = amount && price ? typed(amount.times(price).toScale(info.quoteAssetPrecision).trimmed()) : ''
  }
}
