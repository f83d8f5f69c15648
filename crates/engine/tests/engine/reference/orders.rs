//! Orders: what they are made of, where they stand, what they set aside, how they enter and end.

use super::{Reference, insufficient};
use rialto_types::command::{NewOrder, PlaceOrder};
use rialto_types::event::{BookChanged, OrderExpired, OrderPlaced};
use rialto_types::{
    AccountId, Amount, AssetId, Event, ExpiryReason, OrderId, OrderListId, OrderState, OrderStatus, Peg, PostingReason,
    PreventedMatchId, Price, Quantity, Rejection, SelfTradePrevention, Side, SymbolId, SymbolSpec, WorkingFloor,
};

mod admission;
mod amendment;
mod cancellation;
mod contingent;
mod counts;
mod course;
mod filters;
mod liquidity;
mod list_admission;
mod list_course;
mod lists;
mod matching;
mod prevention;
mod replacement;
mod routing;
mod settlement;
mod shape;
mod trailing;
pub(super) mod worth;

pub use lists::List;
pub(super) use settlement::Moves;
use worth::{quantity_of, units_of, worth_down, worth_up};

/// An order is numbered within its symbol.
pub(super) type Id = (SymbolId, OrderId);

/// An order as it is asked for, and who wants it where.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    account: AccountId,
    symbol: SymbolId,
    order: NewOrder,
    is_routed: bool,
    /// Whether it works as soon as it is placed.
    starts: bool,
    /// Whether its list places it later.
    is_pending: bool,
    /// Whether another order pays for it, so that it has no quantity yet.
    is_paid: bool,
}

impl std::ops::Deref for Asked {
    type Target = NewOrder;

    fn deref(&self) -> &NewOrder {
        &self.order
    }
}

impl Asked {
    fn peg(&self) -> Option<Peg> {
        self.terms.and_then(|terms| terms.peg)
    }

    fn stop_price(&self) -> Option<Price> {
        self.terms.and_then(|terms| terms.stop_price)
    }

    fn trailing_delta(&self) -> Option<u32> {
        self.terms.and_then(|terms| terms.trailing_delta)
    }

    fn iceberg(&self) -> Option<Quantity> {
        self.terms.and_then(|terms| terms.iceberg_quantity).filter(|quantity| *quantity != Quantity::ZERO)
    }
}

/// What an accepted order may trade.
#[derive(Clone, Copy)]
pub(super) struct Accepted {
    quantity: i128,
    /// Whether an order by quote amount ends because its amount is used up, not because the book is.
    is_amount_used_up: bool,
    mode: SelfTradePrevention,
    pegged: Option<Price>,
}

/// Where an open order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Its list has to place it.
    Pending,
    /// It waits for its stop price, or for a first trade to follow.
    Waiting,
    /// It follows the market, whose best price since is this.
    Following { best: Price },
    /// It starts to work, or is being matched.
    Moving,
    /// It rests.
    Book,
}

/// An open order.
#[derive(Clone, Debug)]
pub struct Order {
    pub state: OrderState,
    pub(super) place: Place,
    /// What of it is shown in the book.
    pub(super) shown: i128,
    /// What it sets aside itself.
    hold: i128,
    /// At what price a buyer sets aside.
    holding_price: Option<Price>,
    /// Which of two comes first in one place.
    entry: u64,
    amendments: u32,
    is_amount_used_up: bool,
}

impl Order {
    fn id(&self) -> Id {
        (self.state.symbol, self.state.order_id)
    }

    pub(super) fn left(&self) -> i128 {
        left_of(&self.state)
    }

    /// The limit it trades at.
    pub(super) fn limit(&self) -> Option<Price> {
        let given = [self.state.price, self.state.pegged_price].into_iter().filter(|price| *price != Price::ZERO);
        match self.state.side {
            _ if !self.state.order_type.has_limit() => None,
            Side::Buy => given.min(),
            Side::Sell => given.max(),
        }
    }

    fn iceberg(&self) -> Option<i128> {
        let quantity = self.state.terms.and_then(|terms| terms.iceberg_quantity);
        quantity.map(units_of).filter(|quantity| *quantity != 0)
    }

    fn stop_price(&self) -> Option<Price> {
        self.state.terms.and_then(|terms| terms.stop_price)
    }

    fn trailing_delta(&self) -> Option<u32> {
        self.state.terms.and_then(|terms| terms.trailing_delta)
    }

    fn is_by_amount(&self) -> bool {
        self.state.quote_quantity != Amount::ZERO
    }

    /// What it would set aside: a buyer the worth of what is left, rounded up; a seller what is left itself.
    fn need(&self) -> i128 {
        match self.state.side {
            Side::Buy => self.holding_price.map_or(0, |price| worth_up(price, self.left())),
            Side::Sell => self.left(),
        }
    }

    /// The part that is shown next.
    fn part(&self) -> i128 {
        self.left().min(self.iceberg().unwrap_or(i128::MAX))
    }
}

/// What of an order has neither traded nor been prevented.
fn left_of(order: &OrderState) -> i128 {
    units_of(order.quantity) - units_of(order.executed) - units_of(order.prevented)
}

fn paid(spec: &SymbolSpec, side: Side) -> AssetId {
    if side == Side::Buy { spec.quote } else { spec.base }
}

fn received(spec: &SymbolSpec, side: Side) -> AssetId {
    paid(spec, side.opposite())
}

/// The tighter of the limit that was asked for and the one from the book.
fn tighter(side: Side, asked: Option<Price>, pegged: Option<Price>) -> Option<Price> {
    let given = asked.into_iter().chain(pegged);
    if side == Side::Buy { given.min() } else { given.max() }
}

impl Reference {
    pub(super) fn place_order(&mut self, command: &PlaceOrder) -> Result<(), Rejection> {
        let asked = self.asked(command.account, command.symbol, &command.order, command.is_routed);
        let accepted = self.admit(&asked)?;
        self.place(&asked, &accepted);
        Ok(())
    }

    fn asked(&self, account: AccountId, symbol: SymbolId, order: &NewOrder, is_routed: bool) -> Asked {
        let starts = !order.order_type.is_contingent();
        Asked { account, symbol, order: *order, is_routed, starts, is_pending: false, is_paid: false }
    }

    /// Place what was accepted, and do all that follows from it.
    fn place(&mut self, asked: &Asked, accepted: &Accepted) {
        let id = self.enter(asked, accepted, None);
        self.events.push(Event::OrderPlaced(OrderPlaced { order: self.order(id).state }));
        if asked.starts {
            self.match_order(id);
        } else {
            self.hold(id);
        }
        self.course();
    }

    /// Number an order and put it in its place; nothing is said yet.
    fn enter(&mut self, asked: &Asked, accepted: &Accepted, list_id: Option<OrderListId>) -> Id {
        let symbol = &mut self.symbols[asked.symbol.index()];
        symbol.orders_ever += 1;
        let (order_id, last) = (OrderId(symbol.orders_ever), symbol.last_price);
        let is_pending = asked.is_pending;
        let follows = !is_pending && asked.trailing_delta().is_some() && asked.stop_price().is_none();
        let place = match last {
            _ if is_pending => Place::Pending,
            _ if asked.starts => Place::Moving,
            Some(best) if follows => Place::Following { best },
            _ => Place::Waiting,
        };
        let state = OrderState {
            order_id,
            symbol: asked.symbol,
            account: asked.account,
            client_order_id: asked.client_order_id,
            side: asked.side,
            order_type: asked.order_type,
            time_in_force: asked.time_in_force,
            price: asked.price.unwrap_or(Price::ZERO),
            quantity: quantity_of(accepted.quantity),
            quote_quantity: Amount::from_units(asked.quote_quantity.map_or(0, units_of)),
            executed: Quantity::ZERO,
            executed_quote: Amount::ZERO,
            self_trade_prevention: accepted.mode,
            prevented: Quantity::ZERO,
            prevented_match_id: PreventedMatchId(0),
            status: if is_pending { OrderStatus::PendingNew } else { OrderStatus::New },
            placed_at_us: self.now_us,
            updated_at_us: self.now_us,
            working_at_us: if asked.starts { self.now_us } else { 0 },
            list_id,
            terms: asked.terms.filter(|terms| !terms.is_empty()),
            trailing_since_us: if matches!(place, Place::Following { .. }) { self.now_us } else { 0 },
            pegged_price: accepted.pegged.unwrap_or(Price::ZERO),
            working_floor: asked.is_routed.then_some(WorkingFloor::SmartOrderRouting),
            expiry_reason: None,
        };
        let entry = self.next_entry();
        let (is_amount_used_up, hold) = (accepted.is_amount_used_up, 0);
        let mut order =
            Order { state, place, shown: 0, hold, holding_price: None, entry, amendments: 0, is_amount_used_up };
        order.holding_price = self.holding_price(&order);
        let id = order.id();
        self.orders.push(order);
        id
    }

    /// Its limit; for an order whose price is not known yet its stop price, or the last price.
    fn holding_price(&self, order: &Order) -> Option<Price> {
        let last = self.symbols[order.state.symbol.index()].last_price;
        order.limit().or(order.stop_price()).or(last)
    }

    fn next_entry(&mut self) -> u64 {
        self.entries_ever += 1;
        self.entries_ever
    }

    fn find(&self, id: Id) -> Option<&Order> {
        self.orders.iter().find(|order| order.id() == id)
    }

    fn order(&self, id: Id) -> &Order {
        self.find(id).unwrap()
    }

    fn order_mut(&mut self, id: Id) -> &mut Order {
        self.orders.iter_mut().find(|order| order.id() == id).unwrap()
    }

    fn spec(&self, symbol: SymbolId) -> &SymbolSpec {
        &self.symbols[symbol.index()].spec
    }

    fn asset_paid(&self, order: &OrderState) -> AssetId {
        paid(self.spec(order.symbol), order.side)
    }

    /// Set aside what an order needs.
    fn hold(&mut self, id: Id) {
        let need = self.order(id).need();
        let state = self.order(id).state;
        self.order_mut(id).hold += need;
        self.lock(state.account, self.asset_paid(&state), need);
    }

    /// Give back what an order has set aside itself.
    fn release(&mut self, id: Id) {
        let (state, hold) = (self.order(id).state, self.order(id).hold);
        self.order_mut(id).hold = 0;
        self.lock(state.account, self.asset_paid(&state), -hold);
    }

    /// Move an amount from free to locked, or back. A move of nothing is not said.
    fn lock(&mut self, account: AccountId, asset: AssetId, amount: i128) {
        let reason = if amount > 0 { PostingReason::OrderHold } else { PostingReason::OrderRelease };
        if amount != 0 {
            self.change(account, asset, -amount, amount, reason);
        }
    }

    /// Take an order out and say its end: the order itself, its level, what it had set aside.
    fn end(&mut self, id: Id, status: OrderStatus, said: impl FnOnce(OrderState) -> Event) {
        let position = self.orders.iter().position(|order| order.id() == id).unwrap();
        let mut order = self.orders.remove(position);
        order.state.status = status;
        order.state.updated_at_us = self.now_us;
        self.events.push(said(order.state));
        if order.place == Place::Book {
            self.tell_level(order.state.symbol, order.state.side, order.limit().unwrap());
        }
        self.lock(order.state.account, self.asset_paid(&order.state), -order.hold);
    }

    fn expire(&mut self, id: Id, reason: ExpiryReason, rejection: Option<Rejection>) {
        let is_in_match = reason == ExpiryReason::SelfTradePrevention;
        let status = if is_in_match { OrderStatus::ExpiredInMatch } else { OrderStatus::Expired };
        let state = self.order(id).state;
        self.end(id, status, |order| {
            let order = OrderState { expiry_reason: Some(reason), ..order };
            Event::OrderExpired(OrderExpired { order, reason, rejection })
        });
        self.follow_end(&state);
    }

    /// Put what is left of an order in the book, behind the others of its price.
    fn rest(&mut self, id: Id) {
        let entry = self.next_entry();
        let order = self.order_mut(id);
        (order.place, order.entry, order.shown) = (Place::Book, entry, order.part());
        order.state.working_floor = order.state.working_floor.map(|_| WorkingFloor::Exchange);
        let (symbol, side, price) = (order.state.symbol, order.state.side, order.limit().unwrap());
        if !self.is_of_pair(id) {
            self.hold(id);
        }
        self.tell_level(symbol, side, price);
    }

    /// Say what is shown at a price now.
    fn tell_level(&mut self, symbol: SymbolId, side: Side, price: Price) {
        let quantity = quantity_of(self.shown_at(symbol, side, price));
        let updates = &mut self.symbols[symbol.index()].updates_ever;
        *updates += 1;
        let update_id = *updates;
        self.events.push(Event::BookChanged(BookChanged { symbol, update_id, side, price, quantity }));
    }

    fn shown_at(&self, symbol: SymbolId, side: Side, price: Price) -> i128 {
        let is_there = |o: &&Order| {
            o.place == Place::Book && (o.state.symbol, o.state.side, o.limit()) == (symbol, side, Some(price))
        };
        self.orders.iter().filter(is_there).map(|order| order.shown).sum()
    }

    pub(super) fn must_know_symbol(&self, symbol: SymbolId) -> Result<&SymbolSpec, Rejection> {
        let found = self.symbols.get(symbol.index()).ok_or(Rejection::UnknownSymbol { symbol })?;
        Ok(&found.spec)
    }
}
