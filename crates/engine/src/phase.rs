//! One phase: an order that starts to work trades what crosses, then its rest stands or expires.

use crate::admission::{Demand, crosses};
use crate::engine::Engine;
use crate::liquidity::Liquidity;
use crate::open_orders::Place;
use crate::order::{Holder, Order};
use crate::price_range::PriceLimits;
use crate::statement::state;
use crate::symbols::Symbol;
use rialto_book::Resting;
use rialto_types::event::OrderExpired;
use rialto_types::{Event, ExpiryReason, OrderStatus, SelfTradePrevention, Ticks, TimeInForce, WorkingFloor};

/// Why an order traded no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It has all it asked for, or there is no more for it.
    Done,
    /// Self-trade prevention took the last of it.
    Prevented,
    /// What it would have traded with next is outside the price range.
    OutOfRange,
}

/// What an order is being matched with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phase {
    pub(crate) demand: Demand,
    pub(crate) limits: PriceLimits,
}

impl Engine {
    /// Match an order that starts to work. Its slot is given when it is among the open orders already.
    pub(crate) fn work(&mut self, order: &mut Order, slot: Option<u32>, demand: Demand, events: &mut Vec<Event>) {
        let symbol = &self.symbols[order.symbol.index()];
        let phase = Phase { demand, limits: PriceLimits::of(symbol, order.side, self.time_us) };
        let is_routed = order.working_floor.is_some();
        let stop = match demand {
            Demand::Limit { price, lots } if order.time_in_force == TimeInForce::FillOrKill => {
                let limits = phase.limits;
                let liquidity = Liquidity { engine: self, symbol, guard: order.guard, side: order.side, limits };
                let can_fill =
                    if is_routed { self.can_fill_routed(order, &phase) } else { liquidity.can_fill(price, lots) };
                if can_fill { None } else { Some(Stop::Done) }
            }
            _ => None,
        };
        let stop = stop.unwrap_or_else(|| match is_routed {
            true => self.trade_routed(order, phase, events),
            false => self.trade(order, phase, events),
        });
        self.conclude(order, slot, demand, stop, events);
    }

    /// Match with resting orders, best first, as long as price and demand allow.
    fn trade(&mut self, order: &mut Order, phase: Phase, events: &mut Vec<Event>) -> Stop {
        let opposite = order.side.opposite();
        let mut touched: Option<Ticks> = None;
        let mut stop = Stop::Done;
        loop {
            let symbol = &mut self.symbols[order.symbol.index()];
            let next = symbol.book.front(opposite).filter(|resting| reaches(order, phase.demand, resting.price));
            let Some(resting) = next else { break };
            let prevention = order.guard.against(&self.open_orders.get(resting.tag).order);
            let wants_more = order.remaining().0 > 0 || has_budget(phase.demand);
            if wants_more && !phase.limits.contain(symbol.scale.price(resting.price)) {
                stop = Stop::OutOfRange;
                break;
            }
            if order.remaining().0 == 0 && !(has_budget(phase.demand) && gives_way(prevention)) {
                break;
            }
            if prevention != Some(SelfTradePrevention::ExpireTaker) {
                if touched.is_some_and(|price| price != resting.price) {
                    touched.iter().for_each(|&price| symbol.state_level(opposite, price, events));
                }
                touched = Some(resting.price);
            }
            let taken_before = order.prevented;
            match prevention {
                Some(mode) => self.prevent(mode, order, resting, events),
                None => self.settle(order, phase.demand, resting, events),
            }
            if order.prevented > taken_before && order.remaining().0 == 0 {
                stop = Stop::Prevented;
                break;
            }
        }
        if let Some(price) = touched {
            self.symbols[order.symbol.index()].state_level(opposite, price, events);
        }
        stop
    }

    /// Let what is left rest, or end the order.
    fn conclude(&mut self, order: &mut Order, slot: Option<u32>, demand: Demand, stop: Stop, events: &mut Vec<Event>) {
        let left = order.remaining().0;
        let (status, reason) = match (demand, order.time_in_force) {
            _ if stop == Stop::Prevented => (OrderStatus::ExpiredInMatch, ExpiryReason::SelfTradePrevention),
            (Demand::MarketByQuote { is_spent: false, .. }, _) => (OrderStatus::Expired, out_of(stop)),
            _ if left == 0 => {
                self.forget(order, slot);
                self.leave_list(order, slot, true, events);
                return;
            }
            _ if stop == Stop::OutOfRange => (OrderStatus::Expired, ExpiryReason::PriceRange),
            (Demand::Market { .. } | Demand::MarketByQuote { .. }, _) => {
                (OrderStatus::Expired, ExpiryReason::NoLiquidity)
            }
            (Demand::Limit { .. }, TimeInForce::ImmediateOrCancel) => {
                (OrderStatus::Expired, ExpiryReason::ImmediateOrCancel)
            }
            (Demand::Limit { .. }, TimeInForce::FillOrKill) => (OrderStatus::Expired, ExpiryReason::FillOrKill),
            (Demand::Limit { .. }, TimeInForce::GoodTillCanceled) => {
                self.rest(order, slot, events);
                return;
            }
        };
        let symbol = &self.symbols[order.symbol.index()];
        state(events, || {
            let order = order.expired(symbol, status, reason);
            Event::OrderExpired(OrderExpired { order, reason, rejection: None })
        });
        self.forget(order, slot);
        self.leave_list(order, slot, false, events);
    }

    /// Let go of an order that ended in a match, which is among the open orders when it has a slot.
    pub(crate) fn forget(&mut self, order: &Order, slot: Option<u32>) {
        self.symbols[order.symbol.index()].forget_special(order);
        if let Some(slot) = slot {
            self.open_orders.remove(slot);
        }
    }

    /// Set aside what the rest of an order may pay, and let it stand in the book.
    fn rest(&mut self, order: &mut Order, slot: Option<u32>, events: &mut Vec<Event>) {
        if order.working_floor.is_some() {
            order.working_floor = Some(WorkingFloor::Exchange);
        }
        if order.holder != Holder::List {
            self.take_hold(order, events);
        }
        let symbol = &mut self.symbols[order.symbol.index()];
        symbol.has_icebergs |= order.shown_max().is_some();
        let tag = slot.unwrap_or_else(|| self.open_orders.next_slot());
        let book_slot = symbol.book.add(order.side, order.price, order.next_part(), tag);
        symbol.state_total(order.side, order.price, symbol.book.total_with(book_slot), events);
        let place = Place::Book(book_slot);
        match slot {
            Some(slot) => {
                let open = self.open_orders.get_mut(slot);
                (open.order, open.place) = (*order, place);
            }
            None => {
                self.open_orders.insert(order, place);
            }
        }
    }

    /// Take a resting order's part that traded or was prevented out of the book, and show the next part if there is one.
    /// The order has been reduced already.
    pub(crate) fn reduce_resting(&mut self, resting: Resting, gone: rialto_types::Lots) {
        let open = self.open_orders.get_mut(resting.tag);
        let order = &open.order;
        let symbol: &mut Symbol = &mut self.symbols[order.symbol.index()];
        if symbol.book.fill(resting.slot, gone).0 == 0 && order.remaining().0 > 0 {
            let next = symbol.book.add(order.side, order.price, order.next_part(), resting.tag);
            open.place = Place::Book(next);
        }
    }
}

/// Why an order by quote amount ended with money left.
fn out_of(stop: Stop) -> ExpiryReason {
    if stop == Stop::OutOfRange { ExpiryReason::PriceRange } else { ExpiryReason::NoLiquidity }
}

/// Whether an order trades with one resting at a price.
fn reaches(order: &Order, demand: Demand, resting: Ticks) -> bool {
    match demand {
        Demand::Limit { price, .. } => crosses(order.side, price, resting),
        Demand::Market { .. } | Demand::MarketByQuote { .. } => true,
    }
}

/// Whether an order by quote amount has money left when it has traded what it can. It goes on where the book holds
/// nothing more for it but orders that give way.
fn has_budget(demand: Demand) -> bool {
    matches!(demand, Demand::MarketByQuote { is_spent: false, .. })
}

fn gives_way(prevention: Option<SelfTradePrevention>) -> bool {
    prevention == Some(SelfTradePrevention::ExpireMaker)
}
