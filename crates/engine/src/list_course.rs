//! The course of an order list: what its orders do to each other as they trade, start and end.

use crate::engine::Engine;
use crate::open_orders::Place;
use crate::order::{Holder, Order};
use crate::statement::state;
use crate::symbols::Symbol;
use rialto_types::event::{OrderActivated, OrderExpired, OrderListEnded, TrailingStarted};
use rialto_types::{
    Amount, Event, ExpiryReason, Lots, OrderStatus, PostingReason, Quantity, Rejection, SymbolSpec, Ticks,
};

impl Engine {
    /// End the other order of a pair, because this one begins; what both held together becomes this one's own.
    pub(crate) fn part_from_sibling(&mut self, slot: u32, events: &mut Vec<Event>) {
        let Some(membership) = self.open_orders.get(slot).order.list else { return };
        let Some(sibling) = self.lists.get(membership.slot).sibling(slot) else { return };
        self.expire_waiting(sibling, ExpiryReason::OtherOrderOfList, None, events);
        let list = self.lists.get_mut(membership.slot);
        list.is_pair = false;
        list.strike(sibling);
        let (held, holds_at) = (std::mem::take(&mut list.held), list.holds_at);
        let order = &mut self.open_orders.get_mut(slot).order;
        order.holder = Holder::Order;
        let surplus = held.minus(order.hold(&self.symbols[order.symbol.index()])).expect("holds are bounded");
        if !surplus.is_zero() {
            self.post_to(holds_at, surplus, -surplus, PostingReason::OrderRelease, events);
        }
    }

    /// End an open order that has not begun to trade, by a rule, and take it out of its place. What it holds itself is
    /// given back.
    fn expire_waiting(
        &mut self,
        slot: u32,
        reason: ExpiryReason,
        rejection: Option<Rejection>,
        events: &mut Vec<Event>,
    ) {
        self.end(slot, events, |order, symbol| {
            let order = order.expired(symbol, OrderStatus::Expired, reason);
            Event::OrderExpired(OrderExpired { order, reason, rejection })
        });
    }

    /// Take an order out of its place and from among the open ones, state what `ended` makes of it, and give back what it
    /// holds itself.
    pub(crate) fn end(&mut self, slot: u32, events: &mut Vec<Event>, ended: impl FnOnce(&Order, &Symbol) -> Event) {
        let open = self.open_orders.get_mut(slot);
        let order = &mut open.order;
        order.updated_at_us = self.time_us;
        let symbol = &mut self.symbols[order.symbol.index()];
        state(events, || ended(order, symbol));
        match open.place {
            Place::Book(slot) => {
                let total = symbol.book.remove(slot).level_total;
                symbol.state_total(order.side, order.price, total, events);
            }
            Place::Waiting(waiting) => symbol.triggers().remove(waiting),
            Place::Aside => {}
        }
        let (pays, hold) = (order.pays, order.own_hold(symbol));
        symbol.forget_special(order);
        self.open_orders.remove(slot);
        if !hold.is_zero() {
            self.post_to(pays, hold, -hold, PostingReason::OrderRelease, events);
        }
    }

    /// End an order that broke a rule as it was to start, and the other one of its pair before it.
    pub(crate) fn reject_start(&mut self, slot: u32, rejection: Rejection, events: &mut Vec<Event>) {
        self.part_from_sibling(slot, events);
        let order = self.open_orders.get(slot).order;
        self.expire_waiting(slot, ExpiryReason::Rejected, Some(rejection), events);
        self.leave_list(&order, Some(slot), false, events);
    }

    /// Strike an order that ended from its list, and do what follows from that.
    pub(crate) fn leave_list(&mut self, order: &Order, slot: Option<u32>, is_filled: bool, events: &mut Vec<Event>) {
        let (Some(membership), Some(slot)) = (order.list, slot) else { return };
        let list = self.lists.get_mut(membership.slot);
        list.strike(slot);
        if list.pending().next().is_some() {
            if is_filled {
                self.course.filled.push_back(membership.slot);
                return;
            }
            let pending = list.pending();
            for slot in pending {
                self.expire_waiting(slot, ExpiryReason::WorkingOrderOfList, None, events);
                self.lists.get_mut(membership.slot).strike(slot);
            }
        }
        self.end_list_if_empty(membership.slot, events);
    }

    /// End a list of which no order is open, and give back what it still holds.
    pub(crate) fn end_list_if_empty(&mut self, list_slot: u32, events: &mut Vec<Event>) {
        if self.lists.get(list_slot).open_orders().next().is_some() {
            return;
        }
        let list = self.lists.remove(list_slot);
        self.open_orders.seats.count_list(list.seat, -1);
        if !list.held.is_zero() {
            self.post_to(list.holds_at, list.held, -list.held, PostingReason::OrderRelease, events);
        }
        events.push(Event::OrderListEnded(OrderListEnded { list: list.state }));
    }

    /// Whether what an order receives is to pay for the pending orders of its list.
    pub(crate) fn is_paid_for(&self, list_slot: u32, order: &Order) -> bool {
        let list = self.lists.get(list_slot);
        list.state.one_pays_the_other && !list.is_active && list.state.orders.0 == order.id
    }

    /// Lock what the working order received.
    pub(crate) fn lock_for_list(&mut self, order: &Order, amount: Amount, events: &mut Vec<Event>) {
        let Some(membership) = order.list else { return };
        let list = self.lists.get_mut(membership.slot);
        list.held = list.held.plus(amount).expect("bounded by supply");
        if !amount.is_zero() {
            let holds_at = list.holds_at;
            self.post_to(holds_at, -amount, amount, PostingReason::OrderHold, events);
        }
    }

    /// Place the pending orders of a list whose working order is filled.
    pub(crate) fn activate_list(&mut self, list_slot: u32, events: &mut Vec<Event>) {
        let list = self.lists.get_mut(list_slot);
        let pending = list.pending();
        list.is_active = true;
        let is_paid = list.state.one_pays_the_other;
        if is_paid {
            self.divide_payment(list_slot, pending.clone(), events);
            for slot in pending.clone() {
                // The other one may have ended this one.
                if !self.lists_order(list_slot, slot) {
                    continue;
                }
                if let Err(rejection) = self.check_paid(&self.open_orders.get(slot).order) {
                    self.reject_start(slot, rejection, events);
                }
            }
        }
        for slot in pending {
            if self.lists_order(list_slot, slot) {
                self.activate(slot, events);
            }
        }
    }

    fn lists_order(&self, list_slot: u32, slot: u32) -> bool {
        self.lists.contains(list_slot) && self.lists.get(list_slot).open_orders().any(|open| open == slot)
    }

    /// Turn what the working order received into the quantity of the pending orders; what no lot can be made of is given
    /// back.
    fn divide_payment(&mut self, list_slot: u32, pending: impl Iterator<Item = u32>, events: &mut Vec<Event>) {
        let list = self.lists.get(list_slot);
        let (received, holds_at) = (list.held, list.holds_at);
        let symbol = &self.symbols[list.state.symbol.index()];
        let is_single = !list.is_pair;
        let mut kept = Amount::ZERO;
        for slot in pending {
            let order = &mut self.open_orders.get_mut(slot).order;
            order.lots = payable(&symbol.spec, received, !order.order_type.has_limit(), symbol);
            kept = kept.max(symbol.scale.base(order.lots));
            if is_single {
                order.holder = Holder::Order;
            }
        }
        let surplus = received.minus(kept).expect("a part of it");
        self.lists.get_mut(list_slot).held = if is_single { Amount::ZERO } else { kept };
        if !surplus.is_zero() {
            self.post_to(holds_at, surplus, -surplus, PostingReason::OrderRelease, events);
        }
    }

    /// Place one pending order.
    fn activate(&mut self, slot: u32, events: &mut Vec<Event>) {
        let now_us = self.time_us;
        let open = self.open_orders.get_mut(slot);
        open.order.updated_at_us = now_us;
        if !open.order.order_type.is_contingent() {
            let key = open.order.id_key();
            self.course.queue.push_back(key);
            return;
        }
        let order = open.order;
        self.follow_at_once(&order);
        let symbol = &self.symbols[order.symbol.index()];
        events.push(Event::OrderActivated(OrderActivated { order: order.state(symbol, OrderStatus::New) }));
        let special = *symbol.special(&order).expect("a contingent order has terms");
        let is_met = special.stop.0 > 0 && symbol.is_met(order.order_type.stops_above(order.side), special.stop);
        match (is_met, special.terms.trailing_delta) {
            (true, Some(_)) => {
                let last = symbol.last().expect("a working order was filled");
                self.follow(slot, last, events);
            }
            (true, None) => self.meet(slot, events),
            (false, _) => self.wait(slot),
        }
    }

    /// Let a trailing order follow the market from a price, and state it.
    pub(crate) fn follow(&mut self, slot: u32, best: Ticks, events: &mut Vec<Event>) {
        let now_us = self.time_us;
        let order = &mut self.open_orders.get_mut(slot).order;
        order.updated_at_us = now_us;
        let symbol = &mut self.symbols[order.symbol.index()];
        if let Some(special) = symbol.special_mut(order) {
            special.best = best;
            special.trailing_since_us = now_us;
        }
        let state = order.state(symbol, OrderStatus::New);
        events.push(Event::TrailingStarted(TrailingStarted { order: state }));
        self.wait(slot);
    }
}

/// How many lots can be sold of what was received.
fn payable(spec: &SymbolSpec, received: Amount, is_market: bool, symbol: &Symbol) -> Lots {
    let mut step = u128::from(spec.lot.units());
    if is_market && !spec.market_lot.is_zero() {
        // The market lot is a multiple of the lot.
        step = u128::from(spec.market_lot.units());
    }
    let mut most = spec.quantity_max.units();
    if is_market && !spec.market_quantity_max.is_zero() {
        most = most.min(spec.market_quantity_max.units());
    }
    let units = received.units().unsigned_abs().min(u128::from(most)) / step * step;
    let quantity = u64::try_from(units).ok().and_then(Quantity::from_units);
    quantity.and_then(|quantity| symbol.scale.lots(quantity)).unwrap_or(Lots(0))
}
