//! Placing an order: what is accepted starts to work, or waits for the market.

use crate::admission::{Draft, Party};
use crate::engine::Engine;
use crate::open_orders::Place;
use crate::order::{Holder, Order, Special};
use crate::statement::state;
use crate::triggers::{ABOVE, BELOW, Waiting};
use rialto_types::command::{NewOrder, PlaceOrder};
use rialto_types::event::OrderPlaced;
use rialto_types::{
    Amount, Event, Lots, OrderStatus, PostingReason, PreventedMatchId, Price, Quantity, Rejection, Side, Ticks,
    WorkingFloor,
};

impl Engine {
    pub(crate) fn place_order(&mut self, command: &PlaceOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let (party, draft) = self.admit(command)?;
        self.place(&party, &command.order, &draft, command.is_routed, events);
        self.run_course(events);
        Ok(())
    }

    /// Let an order that passed every check start.
    pub(crate) fn place(
        &mut self,
        party: &Party,
        new: &NewOrder,
        draft: &Draft,
        is_routed: bool,
        events: &mut Vec<Event>,
    ) {
        let mut order = self.enter(party, new, draft);
        if is_routed {
            order.working_floor = Some(WorkingFloor::SmartOrderRouting);
        }
        let waits = order.order_type.is_contingent();
        if waits {
            self.follow_at_once(&order);
        } else {
            order.working_at_us = self.time_us;
        }
        let symbol = &self.symbols[order.symbol.index()];
        state(events, || Event::OrderPlaced(OrderPlaced { order: order.state(symbol, OrderStatus::New) }));
        if waits {
            self.take_hold(&mut order, events);
            let slot = self.open_orders.insert(&order, Place::Aside);
            self.wait(slot);
        } else {
            self.work(&mut order, None, draft.demand, events);
        }
    }

    /// Number an order and find the balances it moves.
    pub(crate) fn enter(&mut self, party: &Party, new: &NewOrder, draft: &Draft) -> Order {
        let seat_slot = match party.seat {
            Some(seat) => seat,
            None => self.seat_of(party, new.side),
        };
        let seat = self.open_orders.seats.get(seat_slot);
        let symbol = &mut self.symbols[party.symbol.index()];
        let special = (new.terms.is_some() || draft.is_pegged).then(|| {
            symbol.specials.insert(Special {
                terms: new.terms.unwrap_or_default(),
                asked_price: new.price.unwrap_or(Price::ZERO),
                stop: draft.stop,
                best: Ticks(0),
                trailing_since_us: 0,
                is_pegged: draft.is_pegged,
            })
        });
        Order {
            id: symbol.next_order_id(),
            symbol: party.symbol,
            guard: draft.guard,
            client_order_id: new.client_order_id,
            side: new.side,
            order_type: new.order_type,
            time_in_force: new.time_in_force,
            price: draft.price,
            holding_price: draft.holding_price,
            lots: draft.demand.lots(),
            quote_quantity: new.quote_quantity.unwrap_or(Quantity::ZERO),
            executed: Lots(0),
            executed_quote: Amount::ZERO,
            prevented: Lots(0),
            prevented_match_id: PreventedMatchId::default(),
            placed_at_us: self.time_us,
            updated_at_us: self.time_us,
            working_at_us: 0,
            seat: seat_slot,
            pays: seat.pays(new.side),
            receives: seat.receives(new.side),
            holder: Holder::Nobody,
            amendments: 0,
            list: None,
            shown: draft.shown,
            special,
            working_floor: None,
        }
    }

    /// The seat of an account at a symbol, taken when it is not. The balance that is paid from is opened first.
    fn seat_of(&mut self, party: &Party, side: Side) -> u32 {
        let &Party { account, symbol, .. } = party;
        if let Some(seat) = self.open_orders.seats.find(account, symbol) {
            return seat;
        }
        let spec = &self.symbols[symbol.index()].spec;
        let balances = &mut self.ledger.balances;
        let mut open = |asset| balances.find_or_open(account, asset, false);
        let (base, quote) = match side {
            Side::Buy => {
                let quote = open(spec.quote);
                (open(spec.base), quote)
            }
            Side::Sell => (open(spec.base), open(spec.quote)),
        };
        let slot = self.open_orders.seats.take(account, symbol, base, quote);
        let seat = self.open_orders.seats.get_mut(slot);
        seat.commission = self.commissions.find(account, symbol);
        seat.is_discounted = self.commissions.discounted.contains(&account);
        slot
    }

    /// Set aside what an order may still pay, and state it unless it is nothing.
    pub(crate) fn take_hold(&mut self, order: &mut Order, events: &mut Vec<Event>) {
        order.holder = Holder::Order;
        let hold = order.hold(&self.symbols[order.symbol.index()]);
        if !hold.is_zero() {
            self.post_to(order.pays, -hold, hold, PostingReason::OrderHold, events);
        }
    }

    /// Give back what an order itself holds.
    pub(crate) fn give_hold(&mut self, order: &mut Order, events: &mut Vec<Event>) {
        if order.holder != Holder::Order {
            return;
        }
        let hold = order.hold(&self.symbols[order.symbol.index()]);
        order.holder = Holder::Nobody;
        if !hold.is_zero() {
            self.post_to(order.pays, hold, -hold, PostingReason::OrderRelease, events);
        }
    }

    /// Let a trailing order without a stop price follow from the last price, if there is one.
    pub(crate) fn follow_at_once(&mut self, order: &Order) {
        let symbol = &mut self.symbols[order.symbol.index()];
        let last = symbol.last();
        let (Some(special), Some(last)) = (symbol.special_mut(order), last) else { return };
        if special.terms.trailing_delta.is_some() && special.stop.0 == 0 {
            special.best = last;
            special.trailing_since_us = self.time_us;
        }
    }

    /// Let an open order wait for the market.
    pub(crate) fn wait(&mut self, slot: u32) {
        let order = &self.open_orders.get(slot).order;
        let (side, order_type) = (order.side, order.order_type);
        let symbol = &mut self.symbols[order.symbol.index()];
        let Some(&special) = symbol.special(order) else { unreachable!("only orders with a condition wait") };
        let triggers = symbol.triggers();
        let waiting: Waiting = match special.terms.trailing_delta {
            Some(delta) if special.trailing_since_us > 0 => triggers.await_turn(side, special.best, delta, slot),
            // Without a price to follow from, the next trade is one, whatever its price.
            Some(_) if special.stop.0 == 0 => triggers.await_stop(ABOVE, Ticks(0), slot),
            _ => {
                let direction = if order_type.stops_above(side) { ABOVE } else { BELOW };
                triggers.await_stop(direction, special.stop, slot)
            }
        };
        self.open_orders.get_mut(slot).place = Place::Waiting(waiting);
    }
}
