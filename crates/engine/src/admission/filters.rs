//! The filters of the API page "Filters" that look at one order alone.

use super::{Demand, Start, amount_of, read_market_budget};
use crate::liquidity::Liquidity;
use crate::order::iceberg_of;
use crate::scale::Rounding;
use crate::symbols::{Asset, Symbol};
use rialto_types::command::NewOrder;
use rialto_types::decimal::ONE;
use rialto_types::{Amount, AssetId, Bound, Lots, OrderType, Price, Quantity, Rejection, Side, SymbolSpec, Ticks};

/// The prices of an order in ticks, which have passed their filters.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Priced {
    asked: Option<Ticks>,
    /// The limit that a peg leads to, never worse than the one asked for.
    pegged: Option<Ticks>,
    pub(crate) stop: Option<Ticks>,
}

impl Priced {
    /// The limit the order trades at; zero for none.
    pub(crate) fn limit(&self) -> Ticks {
        self.pegged.or(self.asked).unwrap_or(Ticks(0))
    }
}

/// The quantities of an order in lots, which have passed their filters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Valued {
    pub(crate) demand: Demand,
    pub(crate) shown: Lots,
}

/// PRICE_FILTER and PERCENT_PRICE of every price the order has.
pub(crate) fn check_prices(
    symbol: &Symbol,
    order: &NewOrder,
    pegged: Option<Ticks>,
    now_us: u64,
) -> Result<Priced, Rejection> {
    let asked = order.price.map(|price| check_price(symbol, price)).transpose()?;
    if let Some(pegged) = pegged {
        check_price(symbol, symbol.scale.price(pegged))?;
    }
    let stop = order.terms.as_ref().and_then(|terms| terms.stop_price);
    let stop = stop.map(|price| check_price(symbol, price)).transpose()?;
    for price in [asked, pegged].into_iter().flatten() {
        check_percent_price(symbol, order.side, symbol.scale.price(price), now_us)?;
    }
    Ok(Priced { asked, pegged, stop })
}

/// LOT_SIZE, ICEBERG_PARTS, MARKET_LOT_SIZE, TRAILING_DELTA, NOTIONAL and MAX_ASSET.
pub(crate) fn check_quantities(
    assets: &[Asset],
    liquidity: &Liquidity<'_>,
    order: &NewOrder,
    priced: &Priced,
    start: Start,
) -> Result<Valued, Rejection> {
    let symbol = liquidity.symbol;
    let quantity = order.quantity.filter(|_| start != Start::Paid);
    let lots = quantity.map(|quantity| check_quantity(symbol, quantity)).transpose()?;
    let shown = match (iceberg_of(order), quantity) {
        (Some(iceberg), Some(quantity)) => check_parts(symbol, quantity, iceberg)?,
        // Of an order without a quantity yet, what it shows is checked with it.
        (Some(iceberg), None) => symbol.scale.lots(iceberg).unwrap_or(Lots(0)),
        (None, _) => Lots(0),
    };
    if let Some(quantity) = quantity.filter(|_| !order.order_type.has_limit()) {
        check_market_quantity(&symbol.spec, quantity)?;
    }
    check_trailing(&symbol.spec, order)?;
    let demand = match (lots, order.quote_quantity) {
        (Some(lots), _) => {
            let notional = check_worth(liquidity, order, priced, lots)?;
            check_assets(assets, symbol, symbol.scale.base(lots), notional)?;
            if order.order_type.has_limit() {
                Demand::Limit { price: priced.limit(), lots }
            } else {
                Demand::Market { lots }
            }
        }
        (None, Some(budget)) => {
            let budget = amount_of(budget);
            check_market_notional(symbol, budget)?;
            let demand = read_market_budget(liquidity, budget)?;
            check_assets(assets, symbol, symbol.scale.base(demand.lots()), Some(budget))?;
            demand
        }
        (None, None) => Demand::Market { lots: Lots(0) },
    };
    Ok(Valued { demand, shown })
}

/// PRICE_FILTER.
fn check_price(symbol: &Symbol, price: Price) -> Result<Ticks, Rejection> {
    let spec = &symbol.spec;
    let broken = |bound, limit| Err(Rejection::PriceFilter { bound, price, limit });
    if price < spec.price_min {
        return broken(Bound::Minimum, spec.price_min);
    }
    if !spec.price_max.is_zero() && price > spec.price_max {
        return broken(Bound::Maximum, spec.price_max);
    }
    symbol.scale.ticks(price).map_or_else(|| broken(Bound::Step, spec.tick), Ok)
}

/// PERCENT_PRICE and PERCENT_PRICE_BY_SIDE.
fn check_percent_price(symbol: &Symbol, side: Side, price: Price, now_us: u64) -> Result<(), Rejection> {
    let Some(percent) = symbol.spec.rules.percent_price else { return Ok(()) };
    let Some(worth) = symbol.worth(now_us) else { return Ok(()) };
    let (down, up) = match side {
        Side::Buy => (percent.bid_down, percent.bid_up),
        Side::Sell => (percent.ask_down, percent.ask_up),
    };
    let broken = |bound, factor| {
        Err(Rejection::PercentPrice { bound, price, limit: times(worth, factor), by_side: percent.by_side })
    };
    match compare(price, worth, up) {
        std::cmp::Ordering::Greater => return broken(Bound::Maximum, up),
        _ if compare(price, worth, down) == std::cmp::Ordering::Less => return broken(Bound::Minimum, down),
        _ => {}
    }
    Ok(())
}

/// Compare a price with another price times a factor, without rounding.
pub(crate) fn compare(price: Price, worth: Price, factor: Price) -> std::cmp::Ordering {
    let product = |one: u64, other: u64| u128::from(one) * u128::from(other);
    product(price.units(), ONE).cmp(&product(worth.units(), factor.units()))
}

/// A price times a factor, rounded down; the largest price where it is beyond.
pub(crate) fn times(price: Price, factor: Price) -> Price {
    let units = u128::from(price.units()) * u128::from(factor.units()) / u128::from(ONE);
    u64::try_from(units).ok().and_then(Price::from_units).unwrap_or(Price::MAX)
}

/// LOT_SIZE.
pub(crate) fn check_quantity(symbol: &Symbol, quantity: Quantity) -> Result<Lots, Rejection> {
    let spec = &symbol.spec;
    let broken = |bound, limit| Err(Rejection::LotSize { bound, quantity, limit });
    if quantity < spec.quantity_min || quantity.is_zero() {
        return broken(Bound::Minimum, spec.quantity_min);
    }
    if quantity > spec.quantity_max {
        return broken(Bound::Maximum, spec.quantity_max);
    }
    symbol.scale.lots(quantity).map_or_else(|| broken(Bound::Step, spec.lot), Ok)
}

/// LOT_SIZE of what is shown, and ICEBERG_PARTS.
fn check_parts(symbol: &Symbol, quantity: Quantity, iceberg: Quantity) -> Result<Lots, Rejection> {
    let shown = check_quantity(symbol, iceberg)?;
    let (parts, limit) = (quantity.units().div_ceil(iceberg.units()), symbol.spec.rules.iceberg_parts_max);
    if limit > 0 && parts > u64::from(limit) {
        return Err(Rejection::TooManyIcebergParts { parts, limit });
    }
    Ok(shown)
}

/// MARKET_LOT_SIZE. A maximum of zero is no rule.
fn check_market_quantity(spec: &SymbolSpec, quantity: Quantity) -> Result<(), Rejection> {
    let broken = |bound, limit| Err(Rejection::MarketLotSize { bound, quantity, limit });
    if quantity < spec.market_quantity_min {
        return broken(Bound::Minimum, spec.market_quantity_min);
    }
    if !spec.market_quantity_max.is_zero() && quantity > spec.market_quantity_max {
        return broken(Bound::Maximum, spec.market_quantity_max);
    }
    let step = spec.market_lot;
    if !step.is_zero() && !quantity.units().is_multiple_of(step.units()) {
        return broken(Bound::Step, step);
    }
    Ok(())
}

/// TRAILING_DELTA.
fn check_trailing(spec: &SymbolSpec, order: &NewOrder) -> Result<(), Rejection> {
    let delta = order.terms.as_ref().and_then(|terms| terms.trailing_delta);
    let (Some(delta), Some(range)) = (delta, spec.rules.trailing) else { return Ok(()) };
    let (least, most) = match order.order_type.stops_above(order.side) {
        true => (range.above_min, range.above_max),
        false => (range.below_min, range.below_max),
    };
    if delta < least {
        return Err(Rejection::TrailingDelta { bound: Bound::Minimum, delta, limit: least });
    }
    if delta > most {
        return Err(Rejection::TrailingDelta { bound: Bound::Maximum, delta, limit: most });
    }
    Ok(())
}

/// NOTIONAL of a quantity at every price it has or is valued at. Returns the highest worth found.
fn check_worth(
    liquidity: &Liquidity<'_>,
    order: &NewOrder,
    priced: &Priced,
    lots: Lots,
) -> Result<Option<Amount>, Rejection> {
    let symbol = liquidity.symbol;
    if !order.order_type.has_limit() {
        let Some(price) = valuation(liquidity, order, priced) else { return Ok(None) };
        let notional = symbol.scale.worth(price, lots);
        check_market_notional(symbol, notional)?;
        return Ok(Some(notional));
    }
    let mut highest = None;
    for price in [priced.asked, priced.pegged].into_iter().flatten() {
        let notional = symbol.scale.quote(price, lots, Rounding::Down);
        check_notional(&symbol.spec, notional, true, true)?;
        highest = highest.max(Some(notional));
    }
    Ok(highest)
}

/// What an order without a limit is valued at: what the market is worth, and before the first trade the best price of its
/// own book or the price it waits for.
fn valuation(liquidity: &Liquidity<'_>, order: &NewOrder, priced: &Priced) -> Option<Price> {
    let symbol = liquidity.symbol;
    symbol.worth(liquidity.engine.time_us).or_else(|| {
        let ticks =
            if order.order_type == OrderType::Market { symbol.book.best(order.side.opposite()) } else { priced.stop };
        ticks.map(|ticks| symbol.scale.price(ticks))
    })
}

/// NOTIONAL.
fn check_notional(spec: &SymbolSpec, notional: Amount, minimum: bool, maximum: bool) -> Result<(), Rejection> {
    if minimum && notional < spec.notional_min {
        return Err(Rejection::Notional { bound: Bound::Minimum, notional, limit: spec.notional_min });
    }
    if maximum && !spec.notional_max.is_zero() && notional > spec.notional_max {
        return Err(Rejection::Notional { bound: Bound::Maximum, notional, limit: spec.notional_max });
    }
    Ok(())
}

fn check_market_notional(symbol: &Symbol, notional: Amount) -> Result<(), Rejection> {
    let spec = &symbol.spec;
    check_notional(spec, notional, spec.notional_min_applies_to_market, spec.notional_max_applies_to_market)
}

/// NOTIONAL of an open order with a limit that is to become smaller.
pub(crate) fn check_amended_notional(symbol: &Symbol, price: Ticks, lots: Lots) -> Result<(), Rejection> {
    check_notional(&symbol.spec, symbol.scale.quote(price, lots, Rounding::Down), true, true)
}

/// MAX_ASSET of the base, then of the quote.
fn check_assets(assets: &[Asset], symbol: &Symbol, base: Amount, notional: Option<Amount>) -> Result<(), Rejection> {
    let check = |asset: AssetId, amount: Amount| match assets[asset.index()].limit {
        Some(limit) if amount > limit => Err(Rejection::MaxAsset { asset, amount, limit }),
        _ => Ok(()),
    };
    check(symbol.spec.base, base)?;
    notional.map_or(Ok(()), |notional| check(symbol.spec.quote, notional))
}
