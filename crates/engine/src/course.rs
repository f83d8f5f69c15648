//! The course of a command after its own order: working orders that were filled place what is pending, prices trigger
//! what waits for them, and each order that starts may do both again.

use crate::admission::{Demand, Party, check_rests};
use crate::engine::Engine;
use crate::liquidity::Liquidity;
use crate::open_orders::Place;
use crate::order::{Holder, Order};
use crate::price_range::PriceLimits;
use rialto_types::event::{OrderActivated, OrderTriggered};
use rialto_types::{Amount, Event, OrderId, OrderStatus, OrderType, PostingReason, Rejection, Side, SymbolId, Ticks};
use std::collections::VecDeque;

/// What is still to do for a command. Empty between commands.
#[derive(Default)]
pub(crate) struct Course {
    /// Lists whose working order was filled.
    pub(crate) filled: VecDeque<u32>,
    /// Where trades were made, in order, equal neighbours once.
    prices: Vec<(SymbolId, Ticks)>,
    /// Orders that start to work.
    pub(crate) queue: VecDeque<(SymbolId, OrderId)>,
}

impl Course {
    /// Note the price of a trade.
    pub(crate) fn note_price(&mut self, symbol: SymbolId, price: Ticks) {
        if self.prices.last() != Some(&(symbol, price)) {
            self.prices.push((symbol, price));
        }
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.filled.is_empty() && self.prices.is_empty() && self.queue.is_empty()
    }

    /// Take the prices noted, by symbol; the buffer comes back with [`Course::return_prices`].
    fn take_prices(&mut self) -> Vec<(SymbolId, Ticks)> {
        let mut prices = std::mem::take(&mut self.prices);
        let is_of_one = prices.first().is_none_or(|first| prices.iter().all(|price| price.0 == first.0));
        if !is_of_one {
            prices.sort_by_key(|(symbol, _)| *symbol);
            prices.dedup();
        }
        prices
    }

    fn return_prices(&mut self, mut prices: Vec<(SymbolId, Ticks)>) {
        prices.clear();
        self.prices = prices;
    }
}

impl Engine {
    /// Do what follows from the trades of a command until nothing does.
    pub(crate) fn run_course(&mut self, events: &mut Vec<Event>) {
        loop {
            while let Some(list) = self.course.filled.pop_front() {
                self.activate_list(list, events);
            }
            let prices = self.course.take_prices();
            for &(symbol, price) in &prices {
                self.meet_price(symbol, price, events);
            }
            self.course.return_prices(prices);
            let Some((symbol, id)) = self.course.queue.pop_front() else { return };
            // The other order of its pair may have ended it.
            if let Some(slot) = self.open_orders.find(symbol, id) {
                self.start(slot, events);
            }
        }
    }

    /// Let a price of a trade trigger what waits for it.
    fn meet_price(&mut self, symbol: SymbolId, price: Ticks, events: &mut Vec<Event>) {
        let index = symbol.index();
        let triggers = |engine: &Engine| engine.symbols[index].triggers.is_some();
        if !triggers(self) {
            return;
        }
        while let Some(slot) = self.symbols[index].triggers().met_stop(price) {
            self.stop_waiting(slot);
            let special = self.symbols[index].special(&self.open_orders.get(slot).order);
            if special.is_some_and(|special| special.terms.trailing_delta.is_some()) {
                self.follow(slot, price, events);
            } else {
                self.meet(slot, events);
            }
        }
        while let Some(slot) = self.symbols[index].triggers().passed_best(price) {
            self.stop_waiting(slot);
            if let Some(special) = self.symbols[index].special_mut(&self.open_orders.get(slot).order) {
                special.best = price;
            }
            self.wait(slot);
        }
        while let Some(slot) = self.symbols[index].triggers().met_turn(price) {
            self.stop_waiting(slot);
            self.meet(slot, events);
        }
    }

    fn stop_waiting(&mut self, slot: u32) {
        let open = self.open_orders.get_mut(slot);
        if let Place::Waiting(waiting) = std::mem::replace(&mut open.place, Place::Aside) {
            self.symbols[open.order.symbol.index()].triggers().remove(waiting);
        }
    }

    /// Queue an order whose condition is met, and end the other one of its pair.
    pub(crate) fn meet(&mut self, slot: u32, events: &mut Vec<Event>) {
        self.part_from_sibling(slot, events);
        self.course.queue.push_back(self.open_orders.get(slot).order.id_key());
    }

    /// Let an open order start to work.
    fn start(&mut self, slot: u32, events: &mut Vec<Event>) {
        let mut order = self.open_orders.get(slot).order;
        order.working_at_us = self.time_us;
        order.updated_at_us = self.time_us;
        let symbol = &self.symbols[order.symbol.index()];
        let peg = self.peg_of(symbol, &order.asked(symbol));
        let symbol = &mut self.symbols[order.symbol.index()];
        if let (Ok(Some(pegged)), Some(special)) = (peg, symbol.special_mut(&order)) {
            order.price = pegged;
            special.is_pegged = true;
        }
        let state = order.state(symbol, OrderStatus::New);
        events.push(match order.order_type.is_contingent() {
            true => Event::OrderTriggered(OrderTriggered { order: state }),
            false => Event::OrderActivated(OrderActivated { order: state }),
        });
        self.give_hold(&mut order, events);
        let held_at = order.holding_price;
        if order.price.0 > 0 {
            order.holding_price = order.price;
        }
        self.open_orders.get_mut(slot).order = order;
        let checked = peg.and_then(|pegged| self.check_start(&order, pegged));
        match checked.and_then(|()| self.hold_more_for_list(&order, slot, events)) {
            Err(rejection) => {
                // Its list holds what was enough before.
                self.open_orders.get_mut(slot).order.holding_price = held_at;
                self.reject_start(slot, rejection, events);
            }
            Ok(()) => {
                let (price, lots) = (order.price, order.remaining());
                let is_limit = order.order_type.has_limit();
                let demand = if is_limit { Demand::Limit { price, lots } } else { Demand::Market { lots } };
                self.work(&mut order, Some(slot), demand, events);
            }
        }
    }

    /// Check again what can have changed since an order was accepted: its pegged price, the level, the other side, and
    /// what is free.
    fn check_start(&self, order: &Order, pegged: Option<Ticks>) -> Result<(), Rejection> {
        let symbol = &self.symbols[order.symbol.index()];
        if let Some(pegged) = pegged {
            self.check_pegged(symbol, order, pegged)?;
        }
        if order.order_type.has_limit() {
            if !symbol.level_has_room(order.side, order.price, order.next_part()) {
                return Err(Rejection::CapacityReached { what: "price level" });
            }
            if order.order_type == OrderType::LimitMaker {
                check_rests(symbol, order.side, order.price)?;
            }
        }
        if order.holder == Holder::List {
            return Ok(());
        }
        let needed = if order.side == Side::Buy && !order.order_type.has_limit() {
            let limits = PriceLimits::of(symbol, order.side, self.time_us);
            let liquidity = Liquidity { engine: self, symbol, guard: order.guard, side: order.side, limits };
            liquidity.cost_of(order.remaining())
        } else {
            symbol.hold(order.side, order.price, order.remaining())
        };
        let party = Party {
            account: order.guard.account,
            symbol: order.symbol,
            trade_group: order.guard.trade_group,
            seat: Some(order.seat),
        };
        self.check_free(&party, symbol, order.side, needed)
    }

    /// Let a list hold what a pegged order of its pair needs at the price it found.
    fn hold_more_for_list(&mut self, order: &Order, slot: u32, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let (Some(membership), Holder::List) = (order.list, order.holder) else { return Ok(()) };
        let list = self.lists.get(membership.slot);
        let symbol = &self.symbols[order.symbol.index()];
        let hold = |slot: u32| self.open_orders.get(slot).order.hold(symbol);
        let held = list.sibling(slot).map_or(hold(slot), |sibling| hold(slot).max(hold(sibling)));
        let missing = held.minus(list.held).expect("holds are bounded");
        let balance = self.ledger.balances.get(list.holds_at);
        if missing > balance.free {
            let (account, asset, free) = (balance.account, balance.asset, balance.free);
            return Err(Rejection::InsufficientBalance { account, asset, needed: missing, free });
        }
        let holds_at = list.holds_at;
        self.lists.get_mut(membership.slot).held = held;
        if !missing.is_zero() {
            let reason = if missing > Amount::ZERO { PostingReason::OrderHold } else { PostingReason::OrderRelease };
            self.post_to(holds_at, -missing, missing, reason, events);
        }
        Ok(())
    }
}
