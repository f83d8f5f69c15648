//! Making an order smaller where it stands.

use super::admission::check_name;
use super::{Id, Place, Reference, filters, quantity_of, units_of, worth_down};
use rialto_types::command::AmendOrder;
use rialto_types::event::OrderAmended;
use rialto_types::{ClientOrderId, Event, Feature, OrderStatus, Quantity, Rejection};

impl Reference {
    pub(in crate::reference) fn amend_order(&mut self, command: &AmendOrder) -> Result<(), Rejection> {
        self.must_trade(command.account, command.symbol)?;
        self.must_allow(command.symbol, Feature::Amend)?;
        let id = self.named(command.account, command.symbol, &command.order)?.id();
        self.check_amendment(id, command)?;
        let partner = self.partner_of(id);
        self.amend(id, command.quantity, command.client_order_id);
        if let Some(partner) = partner {
            let name = self.order(partner).state.client_order_id;
            self.amend(partner, command.quantity, name);
            let (state, need) = (self.order(id).state, self.pair_need(id));
            let list = self.list_mut(state.list_id.unwrap());
            let held = std::mem::replace(&mut list.hold, need);
            self.lock(state.account, self.asset_paid(&state), need - held);
        }
        Ok(())
    }

    fn check_amendment(&self, id: Id, command: &AmendOrder) -> Result<(), Rejection> {
        let (order, spec, quantity) = (self.order(id), self.spec(command.symbol), command.quantity);
        let state = &order.state;
        let is_of_paying_list = self.list_of(id).is_some_and(|list| list.state.one_pays_the_other);
        if is_of_paying_list && state.status == OrderStatus::PendingNew {
            return Err(Rejection::AmendPendingPaid {});
        }
        check_name(command.client_order_id)?;
        if command.client_order_id != state.client_order_id {
            self.check_name_is_free(command.account, command.symbol, command.client_order_id)?;
        }
        let done = units_of(state.executed) + units_of(state.prevented);
        if quantity == state.quantity {
            return Err(Rejection::AmendChangesNothing { quantity });
        }
        if quantity > state.quantity {
            return Err(Rejection::AmendIncreases { quantity, current: state.quantity });
        }
        if units_of(quantity) <= done {
            return Err(Rejection::AmendBelowDone { quantity, done: quantity_of(done) });
        }
        let limit = spec.rules.amendments_max;
        if limit > 0 && order.amendments >= limit {
            return Err(Rejection::TooManyAmendments { limit });
        }
        filters::check_lot_size(spec, quantity)?;
        if let Some(price) = order.holding_price.filter(|_| state.order_type.has_limit()) {
            filters::check_notional(spec, worth_down(price, units_of(quantity)), (true, true))?;
        }
        Ok(())
    }

    fn amend(&mut self, id: Id, quantity: Quantity, client_order_id: ClientOrderId) {
        let now_us = self.now_us;
        let order = self.order_mut(id);
        let (previous_quantity, previous_client_order_id) = (order.state.quantity, order.state.client_order_id);
        order.amendments += 1;
        (order.state.quantity, order.state.client_order_id) = (quantity, client_order_id);
        order.state.updated_at_us = now_us;
        order.shown = order.shown.min(order.left());
        let (state, need, place) = (order.state, order.need(), order.place);
        let (held, limit) = (order.hold, order.limit());
        self.rename_in_list(id, client_order_id);
        let amended = OrderAmended { order: state, previous_quantity, previous_client_order_id };
        self.events.push(Event::OrderAmended(amended));
        if place == Place::Book {
            self.tell_level(state.symbol, state.side, limit.unwrap());
        }
        if self.partner_of(id).is_none() {
            self.order_mut(id).hold = need;
            self.lock(state.account, self.asset_paid(&state), need - held);
        }
    }
}
