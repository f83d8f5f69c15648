//! Whether an order may enter: its shape, the symbol's rules, the filters, its name, and that it can be paid for.
//!
//! Changes nothing; what passes here cannot fail later. The order of checks is that of `docs/MATCHING.md`.

mod counts;
mod filters;
mod funds;
mod list;
mod shape;

pub(crate) use filters::{check_amended_notional, check_quantity};
pub(crate) use funds::paid;
pub(crate) use list::{ListDraft, Part};

use crate::engine::Engine;
use crate::liquidity::{BudgetEnd, Liquidity};
use crate::order::{Order, iceberg_of};
use crate::prevention::Guard;
use crate::price_range::PriceLimits;
use crate::seats::Counts;
use crate::symbols::Symbol;
use rialto_types::command::{NewOrder, PlaceOrder};
use rialto_types::{
    AccountClass, AccountId, Amount, Bound, ClientOrderId, Lots, OrderType, PegPrice, Quantity, Rejection,
    SelfTradePrevention, Side, SymbolId, SymbolSpec, Ticks, TimeInForce, TradeGroupId,
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

impl Demand {
    /// How much it asks for.
    pub(crate) fn lots(self) -> Lots {
        match self {
            Demand::Limit { lots, .. } | Demand::Market { lots } | Demand::MarketByQuote { lots, .. } => lots,
        }
    }
}

/// When an order starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// As it is placed: to work, or to wait for the market.
    AtOnce,
    /// When the working order of its list is filled.
    Pending,
    /// The same, with what that order receives as its quantity.
    Paid,
}

/// An order whose shape and filters are sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft {
    pub(crate) guard: Guard,
    pub(crate) demand: Demand,
    /// The limit it will trade at, zero while there is none; and whether it was taken from the book.
    pub(crate) price: Ticks,
    pub(crate) is_pegged: bool,
    /// The price its hold is reckoned at.
    pub(crate) holding_price: Ticks,
    pub(crate) stop: Ticks,
    pub(crate) shown: Lots,
}

impl Draft {
    /// What is shown of it when it comes to rest whole.
    fn shown_part(&self) -> Lots {
        let lots = self.demand.lots();
        if self.shown.0 == 0 { lots } else { self.shown.min(lots) }
    }
}

/// Who orders, where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party {
    pub(crate) account: AccountId,
    pub(crate) symbol: SymbolId,
    pub(crate) trade_group: Option<TradeGroupId>,
    /// The account's seat at the symbol, unless it never ordered there.
    pub(crate) seat: Option<u32>,
}

impl Engine {
    /// Check an order from its shape to its funding.
    pub(crate) fn admit(&self, command: &PlaceOrder) -> Result<(Party, Draft), Rejection> {
        let party = self.party(command.account, command.symbol)?;
        let order = &command.order;
        let draft = self.read_order(&party, order, Start::AtOnce, command.is_routed)?;
        self.check_single(&party, order)?;
        self.check_entry(&party, order, &draft, command.is_routed)?;
        Ok((party, draft))
    }

    /// An account that may order on a symbol that is open to it.
    pub(crate) fn party(&self, account: AccountId, symbol: SymbolId) -> Result<Party, Rejection> {
        let found = self.ledger.accounts.get(account).ok_or(Rejection::UnknownAccount { account })?;
        if found.kind.class != AccountClass::Spot {
            return Err(Rejection::WrongAccountClass { account });
        }
        self.symbol(symbol)?.check_trading()?;
        let seat = self.open_orders.seats.find(account, symbol);
        Ok(Party { account, symbol, trade_group: found.trade_group, seat })
    }

    /// Steps 1 to 5 but for the counts: the mode, the name, the shape, what the symbol allows, and the filters.
    pub(crate) fn read_order(
        &self,
        party: &Party,
        order: &NewOrder,
        start: Start,
        is_routed: bool,
    ) -> Result<Draft, Rejection> {
        let symbol = self.symbol(party.symbol)?;
        let mode = read_prevention(order, &symbol.spec)?;
        let guard = Guard { account: party.account, trade_group: party.trade_group, mode };
        check_client_order_id(&order.client_order_id)?;
        shape::check_shape(order, start)?;
        if is_routed {
            shape::check_routed(order)?;
            symbol.pool.ok_or(Rejection::NotPooled { symbol: symbol.id })?;
        }
        shape::check_allowed(order, symbol.spec.rules.features)?;
        let works_at_once = start == Start::AtOnce && !order.order_type.is_contingent();
        let pegged = if works_at_once { self.peg_of(symbol, order)? } else { None };
        let priced = filters::check_prices(symbol, order, pegged, self.time_us)?;
        let limits = PriceLimits::of(symbol, order.side, self.time_us);
        let liquidity = Liquidity { engine: self, symbol, guard, side: order.side, limits };
        let valued = filters::check_quantities(&self.assets, &liquidity, order, &priced, start)?;
        let price = priced.limit();
        self.check_position(party, symbol, order, valued.demand.lots())?;
        let known = if price.0 > 0 { Some(price) } else { priced.stop.or_else(|| symbol.last()) };
        Ok(Draft {
            guard,
            demand: valued.demand,
            price,
            is_pegged: pegged.is_some(),
            holding_price: known.unwrap_or(Ticks(0)),
            stop: priced.stop.unwrap_or(Ticks(0)),
            shown: valued.shown,
        })
    }

    /// Steps 6 to 8, for an order that starts at once.
    pub(crate) fn check_entry(
        &self,
        party: &Party,
        order: &NewOrder,
        draft: &Draft,
        is_routed: bool,
    ) -> Result<(), Rejection> {
        let symbol = self.symbol(party.symbol)?;
        self.check_place(symbol, order, draft)?;
        self.check_name(party, &order.client_order_id)?;
        self.check_market(symbol, order, draft)?;
        self.check_funds(party, order, draft, is_routed)
    }

    /// Step 6: room at the level where the order may come to rest.
    fn check_place(&self, symbol: &Symbol, order: &NewOrder, draft: &Draft) -> Result<(), Rejection> {
        let works_at_once = !order.order_type.is_contingent() && order.order_type.has_limit();
        if works_at_once && !symbol.level_has_room(order.side, draft.price, draft.shown_part()) {
            return Err(Rejection::CapacityReached { what: "price level" });
        }
        Ok(())
    }

    /// Refuse a client order id that another open order has.
    pub(crate) fn check_name(&self, party: &Party, client_order_id: &ClientOrderId) -> Result<(), Rejection> {
        match self.open_orders.find_by_client(party.account, party.symbol, client_order_id) {
            Some(_) => Err(Rejection::DuplicateClientOrderId { client_order_id: *client_order_id }),
            None => Ok(()),
        }
    }

    /// Refuse a post-only order that would trade, and a stop that is met already.
    fn check_market(&self, symbol: &Symbol, order: &NewOrder, draft: &Draft) -> Result<(), Rejection> {
        if order.order_type == OrderType::LimitMaker {
            check_rests(symbol, order.side, draft.price)?;
        }
        if draft.stop.0 > 0 && symbol.is_met(order.order_type.stops_above(order.side), draft.stop) {
            let stop_price = symbol.scale.price(draft.stop);
            return Err(Rejection::WouldTrigger { stop_price, last: symbol.last_price });
        }
        Ok(())
    }

    /// The limit of a pegged order by what the book shows now: the price it is pegged to, or its own if that is tighter.
    /// `None` for an order that is not pegged.
    pub(crate) fn peg_of(&self, symbol: &Symbol, order: &NewOrder) -> Result<Option<Ticks>, Rejection> {
        let Some(peg) = order.terms.as_ref().and_then(|terms| terms.peg) else { return Ok(None) };
        let side = match peg.price {
            PegPrice::Primary => order.side,
            PegPrice::Market => order.side.opposite(),
        };
        let offset = peg.offset.unwrap_or(0);
        let level = symbol.book.levels(side).nth(usize::from(offset));
        let pegged = level.ok_or(Rejection::NoPegPrice { offset })?.price;
        // A price that is none of the symbol's is refused for that.
        let asked = order.price.and_then(|price| symbol.scale.ticks(price));
        Ok(Some(asked.map_or(pegged, |asked| match order.side {
            Side::Buy => asked.min(pegged),
            Side::Sell => asked.max(pegged),
        })))
    }

    /// Check the filters again at the price that a pegged order took from the book as it started.
    pub(crate) fn check_pegged(&self, symbol: &Symbol, order: &Order, pegged: Ticks) -> Result<(), Rejection> {
        let asked = NewOrder { price: None, terms: None, ..order.asked(symbol) };
        filters::check_prices(symbol, &asked, Some(pegged), self.time_us)?;
        check_amended_notional(symbol, pegged, order.lots)
    }

    /// Check the shape and the filters of an order that has its quantity only now.
    pub(crate) fn check_paid(&self, order: &Order) -> Result<(), Rejection> {
        let symbol = &self.symbols[order.symbol.index()];
        let asked = order.asked(symbol);
        shape::check_iceberg(&asked)?;
        let priced = filters::check_prices(symbol, &asked, None, self.time_us)?;
        let limits = PriceLimits::NONE;
        let liquidity = Liquidity { engine: self, symbol, guard: order.guard, side: order.side, limits };
        filters::check_quantities(&self.assets, &liquidity, &asked, &priced, Start::Pending).map(|_| ())
    }

    /// What one order adds to what its account has open.
    pub(crate) fn counts_of(order: &NewOrder) -> Counts {
        Counts::of(order.order_type.is_contingent(), iceberg_of(order).is_some())
    }
}

impl Symbol {
    /// Whether the last price reached a stop price.
    pub(crate) fn is_met(&self, is_above: bool, stop: Ticks) -> bool {
        self.last().is_some_and(|last| if is_above { last >= stop } else { last <= stop })
    }
}

/// Refuse a text that is not made of what client order ids are made of, or empty.
pub(crate) fn check_client_order_id(id: &ClientOrderId) -> Result<(), Rejection> {
    // One run of characters holds digits and all marks but one. All bytes are looked at, those after the text as well,
    // and none decides whether the next one is: so they are looked at side by side.
    let allowed = |byte: u8| matches!(byte, b'-'..=b':') | byte.is_ascii_alphabetic() | matches!(byte, b'_' | 0);
    if !id.is_empty() && id.padded().iter().fold(true, |sum, &byte| sum & allowed(byte)) {
        Ok(())
    } else {
        Err(Rejection::InvalidOrder { field: "client_order_id" })
    }
}

/// How an order prevents trades with oneself.
fn read_prevention(order: &NewOrder, spec: &SymbolSpec) -> Result<SelfTradePrevention, Rejection> {
    let mode = order.self_trade_prevention.unwrap_or(spec.prevention_default);
    if spec.prevention_allowed.has(mode) { Ok(mode) } else { Err(Rejection::UnavailablePrevention { mode }) }
}

/// Refuse a post-only order that would trade.
pub(crate) fn check_rests(symbol: &Symbol, side: Side, price: Ticks) -> Result<(), Rejection> {
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

/// A quote amount as a client writes it.
pub(crate) fn amount_of(quote: Quantity) -> Amount {
    Amount::from_units(i128::from(quote.units()))
}

/// Whether an order stays until it is taken back.
fn is_patient(order: &NewOrder) -> bool {
    order.time_in_force == TimeInForce::GoodTillCanceled
}

/// What a budget buys, held to LOT_SIZE: it must be a quantity that could have been asked for. Where the book ends
/// before the budget, the part that is there is taken, as for any market order.
fn read_market_budget(liquidity: &Liquidity<'_>, budget: Amount) -> Result<Demand, Rejection> {
    let symbol = liquidity.symbol;
    let spec = &symbol.spec;
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
