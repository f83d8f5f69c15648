//! Whether an order may enter: its shape, the symbol's filters, its name, and that it can be paid for.
//!
//! Changes nothing; what passes here cannot fail later. The filters follow the API page "Filters"; the order of checks
//! is stated at [`Rejection`].

use crate::engine::Engine;
use crate::liquidity::{BudgetEnd, Liquidity};
use crate::prevention::Guard;
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_types::command::PlaceOrder;
use rialto_types::{
    AccountClass, AccountId, Amount, AssetId, Bound, ClientOrderId, Lots, OrderType, Price, Quantity, Rejection,
    SelfTradePrevention, Side, SymbolSpec, Ticks, TimeInForce, TradeGroupId,
};

/// What an order may trade, in the book's own scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// So many lots at a price or better.
    Limit { price: Ticks, lots: Lots },
    /// So many lots at any price.
    Market { lots: Lots },
    /// As many lots as come closest to a quote amount without passing it. All of them are in the book; the budget is
    /// spent unless the book ends first.
    MarketByQuote { lots: Lots, is_spent: bool },
}

/// An order that may enter, and whom it must not trade with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admission {
    pub(crate) demand: Demand,
    /// The account's seat at the symbol, unless this is its first order there.
    pub(crate) seat: Option<u32>,
    pub(crate) guard: Guard,
}

impl Engine {
    /// Check an order from its shape to its funding.
    pub(crate) fn admit(&self, command: &PlaceOrder) -> Result<Admission, Rejection> {
        let trade_group = self.check_may_trade(command.account)?;
        let symbol = self.symbol(command.symbol)?;
        let guard = Guard { account: command.account, trade_group, mode: read_prevention(command, &symbol.spec)? };
        if !is_client_order_id(&command.client_order_id) {
            return Err(Rejection::InvalidOrder { field: "client_order_id" });
        }
        let liquidity = Liquidity { symbol, open_orders: &self.open_orders, guard, side: command.side };
        let demand = read_demand(command, &liquidity)?;
        let seats = &self.open_orders.seats;
        let seat = seats.find(command.account, command.symbol);
        if let Demand::Limit { price, lots } = demand {
            let limit = symbol.spec.open_orders_max;
            if seat.is_some_and(|seat| seats.get(seat).count >= limit) {
                return Err(Rejection::TooManyOrders { limit });
            }
            if !symbol.level_has_room(command.side, price, lots) {
                return Err(Rejection::CapacityReached { what: "price level" });
            }
        }
        if self.open_orders.find_by_client(command.account, command.symbol, &command.client_order_id).is_some() {
            return Err(Rejection::DuplicateClientOrderId { client_order_id: command.client_order_id });
        }
        if let (OrderType::LimitMaker, Demand::Limit { price, .. }) = (command.order_type, demand) {
            check_rests(symbol, command.side, price)?;
        }
        self.check_funds(command, &liquidity, demand, seat)?;
        Ok(Admission { demand, seat, guard })
    }

    /// Refuse unless what the order may pay is free.
    fn check_funds(
        &self,
        command: &PlaceOrder,
        liquidity: &Liquidity<'_>,
        demand: Demand,
        seat: Option<u32>,
    ) -> Result<(), Rejection> {
        let (asset, needed) = funding(liquidity, command, demand);
        let balances = &self.ledger.balances;
        let free = match seat {
            Some(seat) => balances.get(self.open_orders.seats.get(seat).pays(command.side)).free,
            None => balances.free(command.account, asset),
        };
        if free < needed {
            return Err(Rejection::InsufficientBalance { account: command.account, asset, needed, free });
        }
        Ok(())
    }

    /// The trade group of an account that may trade.
    fn check_may_trade(&self, account: AccountId) -> Result<Option<TradeGroupId>, Rejection> {
        let found = self.ledger.accounts.get(account).ok_or(Rejection::UnknownAccount { account })?;
        match found.kind.class {
            AccountClass::Spot => Ok(found.trade_group),
            _ => Err(Rejection::WrongAccountClass { account }),
        }
    }
}

/// Whether a text is made of what client order ids are made of, and not empty.
fn is_client_order_id(id: &ClientOrderId) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/');
    !id.is_empty() && id.as_bytes().iter().all(allowed)
}

/// How an order prevents trades with oneself.
fn read_prevention(command: &PlaceOrder, spec: &SymbolSpec) -> Result<SelfTradePrevention, Rejection> {
    let mode = command.self_trade_prevention.unwrap_or(spec.prevention_default);
    if spec.prevention_allowed.has(mode) { Ok(mode) } else { Err(Rejection::UnavailablePrevention { mode }) }
}

/// Turn the fields of a command into a demand, and check them against the filters.
fn read_demand(command: &PlaceOrder, liquidity: &Liquidity<'_>) -> Result<Demand, Rejection> {
    let symbol = liquidity.symbol;
    let spec = &symbol.spec;
    let invalid = |field| Err(Rejection::InvalidOrder { field });
    match command.order_type {
        OrderType::Limit | OrderType::LimitMaker => {
            let Some(price) = command.price.filter(|price| !price.is_zero()) else { return invalid("price") };
            let Some(quantity) = command.quantity else { return invalid("quantity") };
            if command.quote_quantity.is_some() {
                return invalid("quote_quantity");
            }
            let is_patient = command.time_in_force == TimeInForce::GoodTillCanceled;
            if command.order_type == OrderType::LimitMaker && !is_patient {
                return invalid("time_in_force");
            }
            let ticks = check_price(symbol, price)?;
            let lots = check_quantity(symbol, quantity)?;
            check_notional(spec, symbol.scale.quote(ticks, lots, Rounding::Down), true, true)?;
            Ok(Demand::Limit { price: ticks, lots })
        }
        OrderType::Market => {
            if command.price.is_some() {
                return invalid("price");
            }
            if command.time_in_force != TimeInForce::GoodTillCanceled {
                return invalid("time_in_force");
            }
            match (command.quantity, command.quote_quantity) {
                (Some(quantity), None) => read_market_quantity(symbol, command.side, quantity),
                (None, Some(budget)) => read_market_budget(liquidity, budget),
                (Some(_), Some(_)) => invalid("quote_quantity"),
                (None, None) => invalid("quantity"),
            }
        }
    }
}

fn read_market_quantity(symbol: &Symbol, side: Side, quantity: Quantity) -> Result<Demand, Rejection> {
    let lots = check_quantity(symbol, quantity)?;
    check_market_quantity(&symbol.spec, quantity)?;
    if let Some(price) = valuation_price(symbol, side) {
        check_market_notional(symbol, symbol.scale.quote(price, lots, Rounding::Down))?;
    }
    Ok(Demand::Market { lots })
}

/// The quantity is found here, so it is held to LOT_SIZE here: what a budget buys must be a quantity that could have
/// been asked for. Where the book ends before the budget, the part that is there is taken, as for any market order.
fn read_market_budget(liquidity: &Liquidity<'_>, budget: Quantity) -> Result<Demand, Rejection> {
    let symbol = liquidity.symbol;
    if budget.is_zero() {
        return Err(Rejection::InvalidOrder { field: "quote_quantity" });
    }
    let spec = &symbol.spec;
    let budget = amount_of(budget);
    check_market_notional(symbol, budget)?;
    let (lots, end) = liquidity.lots_for_budget(budget);
    let quantity = symbol.scale.quantity(lots);
    let least = spec.quantity_min.max(spec.lot);
    if end == BudgetEnd::Spent && quantity < least {
        return Err(Rejection::LotSize { bound: Bound::Minimum, quantity, limit: least });
    }
    if end == BudgetEnd::BeyondQuantities || quantity > spec.quantity_max {
        return Err(Rejection::LotSize { bound: Bound::Maximum, quantity, limit: spec.quantity_max });
    }
    Ok(Demand::MarketByQuote { lots, is_spent: end == BudgetEnd::Spent })
}

/// A quote amount as a client writes it.
pub(crate) fn amount_of(quote: Quantity) -> Amount {
    Amount::from_units(i128::from(quote.units()))
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

/// LOT_SIZE.
fn check_quantity(symbol: &Symbol, quantity: Quantity) -> Result<Lots, Rejection> {
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

/// What a market order is valued at: the last trade, as the filter prescribes for an average over zero minutes, and
/// before the first trade the best price it would meet.
fn valuation_price(symbol: &Symbol, side: Side) -> Option<Ticks> {
    if symbol.last_price.is_zero() { symbol.book.best(side.opposite()) } else { symbol.scale.ticks(symbol.last_price) }
}

/// Refuse a post-only order that would trade.
fn check_rests(symbol: &Symbol, side: Side, price: Ticks) -> Result<(), Rejection> {
    match symbol.book.best(side.opposite()) {
        Some(best) if crosses(side, price, best) => {
            Err(Rejection::WouldTake { price: symbol.scale.price(price), best: symbol.scale.price(best) })
        }
        _ => Ok(()),
    }
}

/// Whether an order at a limit trades with one resting at a price on the other side.
pub(crate) fn crosses(side: Side, limit: Ticks, resting: Ticks) -> bool {
    match side {
        Side::Buy => limit >= resting,
        Side::Sell => limit <= resting,
    }
}

/// Which asset an order pays with, and how much of it must be free.
fn funding(liquidity: &Liquidity<'_>, command: &PlaceOrder, demand: Demand) -> (AssetId, Amount) {
    let symbol = liquidity.symbol;
    let scale = &symbol.scale;
    match command.side {
        Side::Buy => {
            let needed = match demand {
                Demand::Limit { price, lots } => scale.quote(price, lots, Rounding::Up),
                Demand::Market { lots } => liquidity.cost_of(lots),
                Demand::MarketByQuote { .. } => command.quote_quantity.map_or(Amount::ZERO, amount_of),
            };
            (symbol.spec.quote, needed)
        }
        Side::Sell => {
            let (Demand::Limit { lots, .. } | Demand::Market { lots } | Demand::MarketByQuote { lots, .. }) = demand;
            (symbol.spec.base, scale.base(lots))
        }
    }
}
