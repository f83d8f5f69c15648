//! Smart order routing: filling an order from all books of one base whose quotes are worth the same.
//!
//! The house's treasury trades on those books and hands on what it gets, in the quote of the order's own symbol: the page
//! "Smart Order Routing (SOR)". It pays one quote and receives the other, so a book counts only as far as it can pay.

use crate::admission::Demand;
use crate::commissions::{Reserve, received};
use crate::engine::Engine;
use crate::liquidity::{Liquidity, Met};
use crate::order::Order;
use crate::phase::{Phase, Stop};
use crate::prevention::Guard;
use crate::price_range::PriceLimits;
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_book::Resting;
use rialto_types::account::TREASURY;
use rialto_types::command::PoolSymbols;
use rialto_types::event::{AllocationMade, Fill, SymbolsPooled};
use rialto_types::{
    Amount, AssetId, Event, Lots, OrderId, OrderStatus, PostingReason, Price, Quantity, Rejection, Role,
    SelfTradePrevention, Side, SymbolId, Ticks,
};
use std::iter::Peekable;

/// How many symbols a pool may have.
pub(crate) const POOL_MAX: usize = 64;

/// The books of one base that fill each other's orders.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) base: AssetId,
    pub(crate) symbols: Vec<SymbolId>,
}

/// One book of a pool while an order is filled from it.
struct Venue {
    symbol: SymbolId,
    /// The treasury's order there, once it traded, and what it has traded.
    order_id: Option<OrderId>,
    executed: Lots,
    executed_quote: Amount,
    /// The level it traded at last and has not stated yet.
    touched: Option<Ticks>,
}

impl Engine {
    pub(crate) fn pool_symbols(&mut self, command: &PoolSymbols, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let PoolSymbols { base, symbols } = command;
        self.check_asset(*base)?;
        self.check_pool(*base, symbols)?;
        for symbol in &mut self.symbols {
            if symbol.spec.base == *base {
                symbol.pool = None;
            }
        }
        let place = match self.pools.iter().position(|pool| pool.base == *base) {
            Some(place) => place,
            None => {
                self.pools.push(Pool { base: *base, symbols: Vec::new() });
                self.pools.len() - 1
            }
        };
        self.pools[place].symbols.clone_from(symbols);
        for symbol in symbols {
            self.symbols[symbol.index()].pool = Some(place as u32);
        }
        events.push(Event::SymbolsPooled(SymbolsPooled { base: *base, symbols: symbols.clone() }));
        Ok(())
    }

    fn check_pool(&self, base: AssetId, symbols: &[SymbolId]) -> Result<(), Rejection> {
        if symbols.len() == 1 || symbols.len() > POOL_MAX {
            return Err(Rejection::InvalidPool { field: "symbols" });
        }
        for (index, &symbol) in symbols.iter().enumerate() {
            let spec = &self.symbol(symbol)?.spec;
            if spec.base != base {
                return Err(Rejection::InvalidPool { field: "base" });
            }
            if symbols[..index].contains(&symbol) {
                return Err(Rejection::InvalidPool { field: "symbols" });
            }
            if spec.lot != self.symbol(symbols[0])?.spec.lot {
                return Err(Rejection::InvalidPool { field: "lot" });
            }
        }
        Ok(())
    }

    /// The books that fill an order: its own first, then the others of the pool in their order.
    fn venues(&self, own: SymbolId) -> impl Iterator<Item = SymbolId> {
        let pool = self.symbols[own.index()].pool.map_or(&[][..], |pool| &self.pools[pool as usize].symbols);
        std::iter::once(own).chain(pool.iter().copied().filter(move |symbol| *symbol != own))
    }

    /// Match a routed order with the resting orders of all its books, best price first.
    pub(crate) fn trade_routed(&mut self, order: &mut Order, phase: Phase, events: &mut Vec<Event>) -> Stop {
        let new =
            |symbol| Venue { symbol, order_id: None, executed: Lots(0), executed_quote: Amount::ZERO, touched: None };
        let mut venues: Vec<Venue> = self.venues(order.symbol).map(new).collect();
        let mut stop = Stop::Done;
        while let Some((index, resting)) = self.best_venue(order, phase.demand, &venues) {
            if order.remaining().0 == 0 {
                break;
            }
            let symbol = venues[index].symbol;
            if !phase.limits.contain(self.symbols[symbol.index()].scale.price(resting.price)) {
                stop = Stop::OutOfRange;
                break;
            }
            let prevention = order.guard.against(&self.open_orders.get(resting.tag).order);
            if prevention != Some(SelfTradePrevention::ExpireTaker) {
                self.touch(&mut venues[index], order.side.opposite(), resting.price, events);
            }
            let taken_before = order.prevented;
            match prevention {
                Some(mode) => self.prevent(mode, order, resting, events),
                None => self.allocate(order, &mut venues[index], resting, events),
            }
            if order.prevented > taken_before && order.remaining().0 == 0 {
                stop = Stop::Prevented;
                break;
            }
        }
        for venue in venues {
            if let Some(price) = venue.touched {
                self.symbols[venue.symbol.index()].state_level(order.side.opposite(), price, events);
            }
        }
        stop
    }

    fn touch(&mut self, venue: &mut Venue, side: Side, price: Ticks, events: &mut Vec<Event>) {
        if let Some(before) = venue.touched.replace(price).filter(|before| *before != price) {
            self.symbols[venue.symbol.index()].state_level(side, before, events);
        }
    }

    /// The book with the best next price that the order reaches and the treasury can pay for; the first among equals.
    fn best_venue(&self, order: &Order, demand: Demand, venues: &[Venue]) -> Option<(usize, Resting)> {
        let mut best: Option<(usize, Resting, Price)> = None;
        for (index, venue) in venues.iter().enumerate() {
            let symbol = &self.symbols[venue.symbol.index()];
            let Some(resting) = symbol.book.front(order.side.opposite()) else { continue };
            let price = symbol.scale.price(resting.price);
            let own = &self.symbols[order.symbol.index()];
            if !reaches(order.side, demand, own, price) || !self.treasury_pays(order, symbol, resting) {
                continue;
            }
            if best.is_none_or(|(_, _, other)| is_better(order.side, price, other)) {
                best = Some((index, resting, price));
            }
        }
        best.map(|(index, resting, _)| (index, resting))
    }

    /// Whether the treasury can pay for the next match on a book.
    fn treasury_pays(&self, order: &Order, symbol: &Symbol, resting: Resting) -> bool {
        let lots = order.remaining().min(resting.lots);
        let quote = symbol.scale.quote(resting.price, lots, Rounding::Down);
        let own = &self.symbols[order.symbol.index()];
        let pays = treasury_asset(order.side, own, symbol);
        pays.is_none_or(|asset| self.ledger.balances.free(TREASURY, asset) >= quote)
    }

    /// Trade with a resting order on the treasury's account, and hand on what that brought.
    fn allocate(&mut self, order: &mut Order, venue: &mut Venue, resting: Resting, events: &mut Vec<Event>) {
        self.part_from_sibling(resting.tag, events);
        let lots = order.remaining().min(resting.lots);
        let exchanged = self.exchange(venue.symbol, resting, lots);
        let (maker, released) = self.fill_maker(resting, &exchanged);
        order.fill(&exchanged, self.time_us);
        let pool_symbol = &mut self.symbols[venue.symbol.index()];
        let order_id = *venue.order_id.get_or_insert_with(|| pool_symbol.next_order_id());
        venue.executed = Lots(venue.executed.0 + lots.0);
        venue.executed_quote = venue.executed_quote.plus(exchanged.quote).expect("bounded by supply");
        let trade_id = pool_symbol.next_trade_id();
        let treasury = Fill {
            order_id,
            account: TREASURY,
            executed: pool_symbol.scale.quantity(venue.executed),
            executed_quote: venue.executed_quote,
            status: OrderStatus::Filled,
            fee: Amount::ZERO,
            fee_asset: received(pool_symbol, order.side),
        };
        let stated = events.len();
        let maker_fill = self.fill(&maker, maker.status());
        self.state_trade(venue.symbol, trade_id, &exchanged, order.side, (maker_fill, treasury), events);
        let own = &mut self.symbols[order.symbol.index()];
        let allocation_id = own.next_allocation_id();
        let quantity: Quantity = own.scale.quantity(lots);
        let fill = self.fill(order, order.status());
        events.push(Event::AllocationMade(AllocationMade {
            symbol: order.symbol,
            allocation_id,
            pool_symbol: venue.symbol,
            trade_id,
            price: exchanged.price,
            quantity,
            quote_quantity: exchanged.quote,
            side: order.side,
            fill,
        }));
        self.pay_from_hold(&maker, released, exchanged.gives(maker.side), events);
        self.post_to(order.pays, -exchanged.gives(order.side), Amount::ZERO, PostingReason::Trade, events);
        self.change_quotes(order, venue.symbol, exchanged.quote, PostingReason::Trade, events);
        let reserve = Reserve::of(order, &self.symbols[order.symbol.index()]);
        let maker_fee = self.receive(&maker, Role::Maker, &exchanged, reserve, events);
        let taker_fee = self.receive(order, Role::Taker, &exchanged, reserve, events);
        if let Event::TradeExecuted(trade) = &mut events[stated] {
            (trade.maker.fee, trade.maker.fee_asset) = (maker_fee.amount, maker_fee.asset);
        }
        if let Event::AllocationMade(allocation) = &mut events[stated + 1] {
            (allocation.fill.fee, allocation.fill.fee_asset) = (taker_fee.amount, taker_fee.asset);
        }
        self.after_trade(venue.symbol, resting, &exchanged, &maker, events);
    }

    /// Let the treasury exchange the quote of the order's own symbol and that of the book where it is filled, one for
    /// one; nothing where they are the same.
    pub(crate) fn change_quotes(
        &mut self,
        order: &Order,
        venue: SymbolId,
        quote: Amount,
        reason: PostingReason,
        events: &mut Vec<Event>,
    ) {
        let (own, pool) = (&self.symbols[order.symbol.index()], &self.symbols[venue.index()]);
        let Some(paid) = treasury_asset(order.side, own, pool) else { return };
        let received = if paid == own.spec.quote { pool.spec.quote } else { own.spec.quote };
        for (asset, change) in [(received, quote), (paid, -quote)] {
            let slot = self.ledger.balances.find_or_open(TREASURY, asset, false);
            self.post_to(slot, change, Amount::ZERO, reason, events);
        }
    }

    /// Whether a routed order can be filled at once at a price or better.
    pub(crate) fn can_fill_routed(&self, order: &Order, phase: &Phase) -> bool {
        let mut survey = Survey::new(self, order.symbol, order.side, order.guard, phase);
        let mut left = order.remaining();
        while left.0 > 0 {
            match survey.next(left) {
                Some((met, lots)) if met.prevented.is_none() => left = Lots(left.0 - lots.0),
                Some((met, _)) if met.prevented == Some(SelfTradePrevention::ExpireMaker) => {}
                _ => return false,
            }
        }
        true
    }

    /// What buying so many lots from all books would cost now, each match rounded up.
    pub(crate) fn cost_of_routed(&self, symbol: SymbolId, guard: Guard, limits: PriceLimits, lots: Lots) -> Amount {
        let phase = Phase { demand: Demand::Market { lots }, limits };
        let mut survey = Survey::new(self, symbol, Side::Buy, guard, &phase);
        let (mut left, mut cost) = (lots, Amount::ZERO);
        while left.0 > 0 {
            let Some((met, lots)) = survey.next(left) else { break };
            if met.prevented == Some(SelfTradePrevention::ExpireMaker) {
                continue;
            }
            let scale = &self.symbols[met.symbol.index()].scale;
            cost = cost.plus(scale.quote(met.price, lots, Rounding::Up)).expect("bounded by prices and quantities");
            left = Lots(left.0 - lots.0);
        }
        cost
    }
}

/// Which asset the treasury pays when an order of a side is filled from a book; none where that book's quote is the
/// order's own.
fn treasury_asset(side: Side, own: &Symbol, pool: &Symbol) -> Option<AssetId> {
    let asset = if side == Side::Buy { pool.spec.quote } else { own.spec.quote };
    (own.spec.quote != pool.spec.quote).then_some(asset)
}

fn reaches(side: Side, demand: Demand, own: &Symbol, resting: Price) -> bool {
    match demand {
        Demand::Limit { price, .. } => {
            let limit = own.scale.price(price);
            if side == Side::Buy { limit >= resting } else { limit <= resting }
        }
        Demand::Market { .. } | Demand::MarketByQuote { .. } => true,
    }
}

fn is_better(side: Side, price: Price, other: Price) -> bool {
    match side {
        Side::Buy => price < other,
        Side::Sell => price > other,
    }
}

/// What a book holds for an order, part by part.
type Parts<'a> = Peekable<Box<dyn Iterator<Item = Met> + 'a>>;

/// Going through all books as a routed order will, without changing them.
struct Survey<'a> {
    engine: &'a Engine,
    own: &'a Symbol,
    side: Side,
    demand: Demand,
    limits: PriceLimits,
    books: Vec<(&'a Symbol, Parts<'a>)>,
    /// What the treasury would have left of what it pays.
    treasury: Vec<(AssetId, Amount)>,
}

impl<'a> Survey<'a> {
    fn new(engine: &'a Engine, symbol: SymbolId, side: Side, guard: Guard, phase: &Phase) -> Survey<'a> {
        let own = &engine.symbols[symbol.index()];
        let book = |venue: SymbolId| {
            let symbol = &engine.symbols[venue.index()];
            let liquidity = Liquidity { engine, symbol, guard, side, limits: PriceLimits::NONE };
            let met: Box<dyn Iterator<Item = Met> + 'a> = Box::new(liquidity.met());
            (symbol, met.peekable())
        };
        let books = engine.venues(symbol).map(book).collect();
        Survey { engine, own, side, demand: phase.demand, limits: phase.limits, books, treasury: Vec::new() }
    }

    /// The next part that would be met, and how much of it.
    fn next(&mut self, left: Lots) -> Option<(Met, Lots)> {
        let mut best: Option<(usize, Price)> = None;
        for index in 0..self.books.len() {
            let (symbol, met) = &mut self.books[index];
            let symbol: &Symbol = symbol;
            let Some(&met) = met.peek() else { continue };
            let price = symbol.scale.price(met.price);
            if !reaches(self.side, self.demand, self.own, price) || !self.pays(symbol, met, left) {
                continue;
            }
            if best.is_none_or(|(_, other)| is_better(self.side, price, other)) {
                best = Some((index, price));
            }
        }
        let (index, _) = best.filter(|(_, price)| self.limits.contain(*price))?;
        let (symbol, parts) = &mut self.books[index];
        let symbol: &Symbol = symbol;
        let met = parts.next()?;
        let lots = left.min(met.lots);
        if met.settles {
            let quote = symbol.scale.quote(met.price, lots, Rounding::Down);
            if let Some(asset) = treasury_asset(self.side, self.own, symbol) {
                self.spend(asset, quote);
                let other = if self.side == Side::Buy { self.own.spec.quote } else { symbol.spec.quote };
                self.spend(other, -quote);
            }
        }
        Some((met, lots))
    }

    fn pays(&self, symbol: &Symbol, met: Met, left: Lots) -> bool {
        let quote = symbol.scale.quote(met.price, left.min(met.lots), Rounding::Down);
        treasury_asset(self.side, self.own, symbol).is_none_or(|asset| self.free(asset) >= quote)
    }

    fn free(&self, asset: AssetId) -> Amount {
        let known = self.treasury.iter().find(|(known, _)| *known == asset).map(|(_, free)| *free);
        known.unwrap_or_else(|| self.engine.ledger.balances.free(TREASURY, asset))
    }

    fn spend(&mut self, asset: AssetId, amount: Amount) {
        let free = self.free(asset).minus(amount).expect("bounded by supply");
        self.treasury.retain(|(known, _)| *known != asset);
        self.treasury.push((asset, free));
    }
}
