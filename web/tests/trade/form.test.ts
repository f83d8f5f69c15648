import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decimal } from '../../src/money/decimal'
import { estimate, rateOf, warningsOf, type Commission } from '../../src/pages/trade/form/estimate'
import { legsOf, type Content, type FieldName } from '../../src/pages/trade/form/legs'
import { check } from '../../src/pages/trade/form/rules'
import { share } from '../../src/pages/trade/form/share'
import { stepped } from '../../src/pages/trade/form/step'
import { averageOf, sweepQuantity, sweepTotal, worseBy } from '../../src/pages/trade/form/sweep'
import { around, content, of } from './market'

type Texts = Partial<Record<FieldName, string>>
const legs = (choice: Partial<Content>, texts: Texts) =>
  legsOf({ ...content, ...choice }, (field) => (texts[field] ? of(texts[field]) : null), around.last)

describe('what is wrong is told beside its field', () => {
  test.each<[string, Partial<Content>, Texts, FieldName, string]>([
    ['a price off the ticks', {}, { price: '1.001', amount: '10' }, 'price', 'order.offStep'],
    ['a price that is too high', {}, { price: '2000000', amount: '10' }, 'price', 'order.tooLarge'],
    ['a quantity off the steps', {}, { price: '90', amount: '1.000001' }, 'amount', 'order.offStep'],
    ['a quantity that is too small', {}, { price: '90', amount: '0.000001' }, 'amount', 'order.tooSmall'],
    ['nothing', {}, { price: '90', amount: '0' }, 'amount', 'order.nothing'],
    ['too little money', {}, { price: '90', amount: '0.01' }, 'amount', 'order.tooLittle'],
    ['too much money', { side: 'SELL' }, { price: '999999', amount: '10' }, 'amount', 'order.tooMuch'],
    ['more than there is to pay with', {}, { price: '100', amount: '10.00001' }, 'amount', 'refused.balance'],
    ['more than there is to sell', { side: 'SELL', kind: 'MARKET' }, { amount: '2.1' }, 'amount', 'refused.balance'],
    ['a market order that is too large', { kind: 'MARKET' }, { amount: '100.1' }, 'amount', 'order.tooLarge'],
    [
      'a total beyond what is free',
      { kind: 'MARKET', isInQuote: true },
      { total: '1000.01' },
      'total',
      'refused.balance',
    ],
    ['a maker that would take', { isPostOnly: true }, { price: '101', amount: '1' }, 'price', 'order.wouldTake'],
    [
      'a stop-loss of a buyer below the market',
      { kind: 'STOP_LOSS' },
      { trigger: '99', amount: '1' },
      'trigger',
      'order.triggerAbove',
    ],
    [
      'a take-profit of a buyer above it',
      { kind: 'TAKE_PROFIT' },
      { trigger: '100', amount: '1' },
      'trigger',
      'order.triggerBelow',
    ],
    [
      'a stop-loss of a seller above it',
      { kind: 'STOP_LOSS', side: 'SELL' },
      { trigger: '101', amount: '1' },
      'trigger',
      'order.triggerBelow',
    ],
    [
      'a distance that is too short',
      { kind: 'TRAILING' },
      { trailing: '0.05', amount: '1' },
      'trailing',
      'order.tooSmall',
    ],
    [
      'a distance that is too long',
      { kind: 'TRAILING', side: 'SELL' },
      { trailing: '10.01', amount: '1' },
      'trailing',
      'order.tooLarge',
    ],
    [
      'a distance finer than a basis point',
      { kind: 'TRAILING' },
      { trailing: '1.001', amount: '1' },
      'trailing',
      'order.offStep',
    ],
    [
      'an iceberg of too many parts',
      {},
      { price: '90', amount: '1', iceberg: '0.09' },
      'iceberg',
      'order.icebergParts',
    ],
    [
      'an iceberg larger than the order',
      {},
      { price: '90', amount: '1', iceberg: '1.1' },
      'iceberg',
      'order.icebergTooLarge',
    ],
    [
      'an iceberg that does not wait',
      { timeInForce: 'IOC' },
      { price: '90', amount: '1', iceberg: '0.5' },
      'iceberg',
      'order.icebergPatience',
    ],
    [
      'a profit on the wrong side',
      { kind: 'OCO', side: 'SELL' },
      { profit: '99', stop: '90', amount: '1' },
      'profit',
      'order.pairAbove',
    ],
    [
      'a stop on the wrong side',
      { kind: 'OCO', side: 'SELL' },
      { profit: '110', stop: '100', amount: '1' },
      'stop',
      'order.pairBelow',
    ],
    [
      'a pair of a buyer the wrong way round',
      { kind: 'OCO' },
      { profit: '110', stop: '120', amount: '1' },
      'profit',
      'order.pairBelow',
    ],
    [
      'a later pair that crosses itself',
      { kind: 'OTOCO' },
      { price: '90', amount: '1', profit: '80', stop: '85' },
      'profit',
      'order.pairAbove',
    ],
  ])('%s', (_, choice, texts, field, key) => {
    expect(check(legs(choice, texts), around)[field]?.key).toBe(key)
  })

  test.each<[string, Partial<Content>, Texts]>([
    ['a limit order', {}, { price: '90', amount: '1' }],
    ['a market order', { kind: 'MARKET' }, { amount: '1' }],
    ['a total that sells', { kind: 'MARKET', side: 'SELL', isInQuote: true }, { total: '100' }],
    ['an OCO of a seller', { kind: 'OCO', side: 'SELL' }, { profit: '110', stop: '90', stopLimit: '89', amount: '1' }],
    ['an OCO of a buyer', { kind: 'OCO' }, { profit: '90', stop: '110', amount: '1' }],
    ['a second order on what is not bought yet', { kind: 'OTO' }, { price: '90', amount: '5', nextPrice: '120' }],
    [
      'a list paid by its first order',
      { kind: 'OTOCO', paysNext: true },
      { price: '90', amount: '5', profit: '120', stop: '80' },
    ],
  ])('%s is in order', (_, choice, texts) => {
    expect(check(legs(choice, texts), around)).toEqual({})
  })
})

describe('what it would do', () => {
  const rates = (maker: string, taker: string, buyer = '0', seller = '0') => ({ maker, taker, buyer, seller })
  const commission = {
    symbol: 'BTCUSDT',
    standardCommission: rates('0.001', '0.002', '0.0001', '0.0002'),
    specialCommission: rates('0', '0.0003'),
    taxCommission: rates('0', '0'),
    discount: { enabledForAccount: false, enabledForSymbol: true, discountAsset: 'BNB', discount: '0.75' },
  } as Commission
  const foretell = (choice: Partial<Content>, texts: Texts) => {
    const [leg] = legs(choice, texts)
    if (!leg) throw new Error('nothing is asked for')
    const found = estimate(leg, around, commission)
    return { ...found, warnings: warningsOf(leg, around, found).map(({ key }) => key) }
  }

  test('a market order pays level by level, and what it pays is exact', () => {
    const bought = foretell({ kind: 'MARKET' }, { amount: '2' })
    expect([bought.total?.toString(), bought.average?.toString(), bought.worst?.toString()]).toEqual([
      '203',
      '101.5000',
      '102',
    ])
    expect([bought.slippage?.toString(), bought.part, bought.rate?.toString()]).toEqual(['0.49', 'taker', '0.0024'])
    expect([bought.commission?.toString(), bought.received?.toString()]).toEqual(['0.00480000', '1.99520000'])
    const byTotal = foretell({ kind: 'MARKET', isInQuote: true }, { total: '203' })
    expect([byTotal.quantity?.trimmed().toString(), byTotal.isWhole]).toEqual(['2', true])
    const large = foretell({ kind: 'MARKET', side: 'SELL' }, { amount: '200' })
    expect([large.isWhole, large.quantity?.toString(), large.warnings]).toEqual([
      false,
      '103',
      ['order.thinBook', 'order.slips'],
    ])
  })

  test('a limit order makes, unless it crosses, and one that is far away is told of', () => {
    expect(foretell({}, { price: '90', amount: '1' })).toMatchObject({ part: 'maker', warnings: [] })
    expect(foretell({}, { price: '101', amount: '1' })).toMatchObject({ part: 'taker', warnings: ['order.crosses'] })
    expect(foretell({}, { price: '110', amount: '1' }).warnings).toEqual(['order.crosses', 'order.farFromMarket'])
    expect(foretell({ side: 'SELL' }, { price: '300', amount: '1' }).warnings).toEqual(['order.outOfRange'])
  })

  test('the rate is that of the part and the side, and a discount is of the standard part alone', () => {
    expect(rateOf(commission, 'SELL', 'taker').toString()).toBe('0.0025')
    const cheaper = { ...commission, discount: { ...commission.discount, enabledForAccount: true } }
    expect(rateOf(cheaper, 'BUY', 'taker').trimmed().toString()).toBe('0.001875')
  })
})

const decimal = (max: number, scale: number) =>
  fc.integer({ min: 1, max }).map((each) => of(String(each)).dividedBy(of(String(10 ** scale)), scale))
const levels = fc
  .array(fc.tuple(decimal(10_000, 2), decimal(100_000, 5)), { minLength: 1, maxLength: 12 })
  .map((rows) =>
    rows
      .map(([price, quantity]) => ({ price, quantity }))
      .sort((one, other) => one.price.compare(other.price))
      .filter(({ price }, at, all) => at === 0 || price.compare((all[at - 1] as { price: Decimal }).price) !== 0),
  )

test('a sweep never takes more than there is or than was asked for, at no worse than the worst price', () => {
  fc.assert(
    fc.property(levels, decimal(1_000_000, 5), (book, wanted) => {
      const swept = sweepQuantity(book, wanted)
      expect(swept.quantity.compare(wanted)).toBeLessThanOrEqual(0)
      expect(swept.isWhole).toBe(swept.quantity.compare(wanted) === 0)
      const average = averageOf(swept, 12)
      if (!average || !swept.best || !swept.worst) return
      expect(average.compare(swept.best.minus(of('0.000001')))).toBeGreaterThan(0)
      expect(average.compare(swept.worst)).toBeLessThanOrEqual(0)
      expect(worseBy(average, swept.best, true).compare(Decimal.ZERO)).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('who spends money spends no more than it, in whole steps, and could not have bought another', () => {
  const step = of('0.00001')
  fc.assert(
    fc.property(levels, decimal(10_000_000, 4), (book, money) => {
      const swept = sweepTotal(book, money, step)
      expect(swept.total.compare(money)).toBeLessThanOrEqual(0)
      expect(swept.quantity.downTo(step).compare(swept.quantity)).toBe(0)
      expect(sweepQuantity(book, swept.quantity).total.compare(swept.total)).toBe(0)
      const more = sweepQuantity(book, swept.quantity.plus(step))
      if (swept.isWhole && more.isWhole) expect(more.total.compare(money)).toBeGreaterThan(0)
    }),
  )
})

test('every share of what is free passes its own checks of balance and step', () => {
  const side = fc.constantFrom('BUY' as const, 'SELL' as const)
  const kind = fc.constantFrom('LIMIT' as const, 'MARKET' as const)
  const percent = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(
      decimal(1_000_000, 2),
      decimal(100_000_000, 8),
      decimal(100_000_000, 8),
      percent,
      side,
      kind,
      fc.boolean(),
      (...given) => {
        const [price, base, quote, part, toward, sort, inQuote] = given
        const isInQuote = inQuote && sort === 'MARKET'
        const here = { ...around, freeBase: base, freeQuote: quote }
        const choice = { side: toward, kind: sort, isInQuote }
        const [leg] = legs(choice, { price: price.toString() })
        const amount = leg && share(leg, here, part, isInQuote)
        if (!amount) throw new Error('a share is known where there is a price and a balance')
        const field = isInQuote ? 'total' : 'amount'
        const asked = legs(choice, { price: price.toString(), [field]: amount.toString() })
        expect(['order.offStep', 'refused.balance']).not.toContain(check(asked, here)[field]?.key)
      },
    ),
  )
})

test.each([
  ['100', 1, '100.01'],
  ['100.005', 1, '100.01'],
  ['100.005', -1, '100'],
  ['100', -1, '99.99'],
  ['0.01', -10, '0'],
])('%s stepped by %d is %s', (value, times, expected) => {
  expect(stepped(of(value), of('0.01'), times).trimmed().toString()).toBe(expected)
})
