//! Making an open order smaller where it stands: the page "Order Amend Keep Priority".

use crate::admission::{check_amended_notional, check_client_order_id, check_quantity};
use crate::engine::Engine;
use crate::open_orders::Place;
use crate::order::Holder;
use crate::statement::state;
use rialto_types::command::AmendOrder;
use rialto_types::event::OrderAmended;
use rialto_types::{Amount, ClientOrderId, Event, Feature, Lots, PostingReason, Rejection};

impl Engine {
    pub(crate) fn amend_order(&mut self, command: &AmendOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &AmendOrder { account, symbol, order: ref reference, client_order_id, .. } = command;
        self.party(account, symbol)?;
        if !self.symbols[symbol.index()].spec.rules.features.has(Feature::Amend) {
            return Err(Rejection::NotAllowed { feature: Feature::Amend });
        }
        let slot = self.find_open_order(account, symbol, reference)?;
        let lots = self.check_amendment(slot, command)?;
        let list_slot = self.open_orders.get(slot).order.list.map(|list| list.slot);
        let sibling = list_slot.and_then(|list| self.lists.get(list).sibling(slot));
        self.amend(slot, lots, client_order_id, events);
        if let Some(list) = list_slot {
            let order_id = self.open_orders.get(slot).order.id;
            self.lists.get_mut(list).rename(order_id, client_order_id);
        }
        if let Some(sibling) = sibling {
            let same_id = self.open_orders.get(sibling).order.client_order_id;
            self.amend(sibling, lots, same_id, events);
        }
        if let (Some(list), Holder::List) = (list_slot, self.open_orders.get(slot).order.holder) {
            self.shrink_list_hold(list, [Some(slot), sibling], events);
        }
        Ok(())
    }

    fn check_amendment(&self, slot: u32, command: &AmendOrder) -> Result<Lots, Rejection> {
        let &AmendOrder { account, symbol, client_order_id, quantity, .. } = command;
        let order = &self.open_orders.get(slot).order;
        let symbol_state = &self.symbols[symbol.index()];
        let is_pending = |list: u32| self.lists.get(list).pending().any(|pending| pending == slot);
        if order.list.is_some_and(|list| self.lists.get(list.slot).state.one_pays_the_other && is_pending(list.slot)) {
            return Err(Rejection::AmendPendingPaid {});
        }
        check_client_order_id(&client_order_id)?;
        let named = self.open_orders.find_by_client(account, symbol, &client_order_id);
        if named.is_some_and(|other| other != slot) {
            return Err(Rejection::DuplicateClientOrderId { client_order_id });
        }
        let current = symbol_state.scale.quantity(order.lots);
        if quantity == current {
            return Err(Rejection::AmendChangesNothing { quantity });
        }
        if quantity > current {
            return Err(Rejection::AmendIncreases { quantity, current });
        }
        let done = symbol_state.scale.quantity(Lots(order.executed.0 + order.prevented.0));
        if quantity <= done {
            return Err(Rejection::AmendBelowDone { quantity, done });
        }
        let limit = symbol_state.spec.rules.amendments_max;
        if limit > 0 && order.amendments >= limit {
            return Err(Rejection::TooManyAmendments { limit });
        }
        let lots = check_quantity(symbol_state, quantity)?;
        if order.order_type.has_limit() && order.holding_price.0 > 0 {
            check_amended_notional(symbol_state, order.holding_price, lots)?;
        }
        Ok(lots)
    }

    fn amend(&mut self, slot: u32, lots: Lots, client_order_id: ClientOrderId, events: &mut Vec<Event>) {
        let time_us = self.time_us;
        let before = self.open_orders.get(slot).order;
        self.open_orders.rename(slot, client_order_id);
        let status = self.status_of(slot);
        let open = self.open_orders.get_mut(slot);
        let order = &mut open.order;
        let symbol = &mut self.symbols[order.symbol.index()];
        let hold_before = order.own_hold(symbol);
        order.lots = lots;
        order.amendments += 1;
        order.updated_at_us = time_us;
        let order = *order;
        state(events, || {
            Event::OrderAmended(OrderAmended {
                order: order.state(symbol, status),
                previous_quantity: symbol.scale.quantity(before.lots),
                previous_client_order_id: before.client_order_id,
            })
        });
        if let Place::Book(book_slot) = open.place {
            let shown = symbol.book.get(book_slot).lots;
            if shown > order.remaining() {
                symbol.book.fill(book_slot, Lots(shown.0 - order.remaining().0));
            }
            symbol.state_level(order.side, order.price, events);
        }
        let released = hold_before.minus(order.own_hold(symbol)).expect("holds shrink");
        if !released.is_zero() {
            self.post_to(order.pays, released, -released, PostingReason::OrderRelease, events);
        }
    }

    /// Let a list give back what the orders of its pair no longer need.
    fn shrink_list_hold(&mut self, list: u32, orders: [Option<u32>; 2], events: &mut Vec<Event>) {
        let hold = |slot: u32| {
            let order = &self.open_orders.get(slot).order;
            order.hold(&self.symbols[order.symbol.index()])
        };
        let needed = orders.into_iter().flatten().map(hold).max().unwrap_or(Amount::ZERO);
        let list = self.lists.get_mut(list);
        let released = list.held.minus(needed).expect("holds are bounded");
        list.held = needed;
        if !released.is_zero() {
            let holds_at = list.holds_at;
            self.post_to(holds_at, released, -released, PostingReason::OrderRelease, events);
        }
    }
}
