//! What the orders of a list do to each other.

use super::contingent::is_met;
use super::{Id, Place, Reference, paid, units_of};
use rialto_types::event::{OrderActivated, OrderListEnded};
use rialto_types::{Event, ExpiryReason, OrderListId, OrderStatus, Quantity, Rejection, Side};

impl Reference {
    /// Of two orders that exclude each other one goes on: the other ends, and what both had set aside is the one's.
    pub(super) fn end_pair_of(&mut self, id: Id) {
        let Some(partner) = self.partner_of(id) else { return };
        self.queue.retain(|queued| *queued != partner);
        self.expire_alone(partner, ExpiryReason::OtherOrderOfList);
        let (state, need) = (self.order(id).state, self.order(id).need());
        let list = self.list_mut(state.list_id.unwrap());
        let held = std::mem::take(&mut list.hold);
        self.order_mut(id).hold = need;
        self.lock(state.account, self.asset_paid(&state), need - held);
    }

    /// The end of an order of a list without what follows for the others.
    fn expire_alone(&mut self, id: Id, reason: ExpiryReason) {
        self.end(id, OrderStatus::Expired, |order| {
            let order = rialto_types::OrderState { expiry_reason: Some(reason), ..order };
            Event::OrderExpired(rialto_types::event::OrderExpired { order, reason, rejection: None })
        });
    }

    /// What follows from the end of an order that was not filled.
    pub(super) fn follow_end(&mut self, state: &rialto_types::OrderState) {
        let Some(list_id) = state.list_id else { return };
        if self.is_working_order(state) {
            for id in self.list(list_id).pending() {
                self.expire_alone(id, ExpiryReason::WorkingOrderOfList);
            }
        }
        self.end_list_if_done(Some(list_id));
    }

    /// A list ends with its last open order; what it still has set aside is given back before.
    pub(super) fn end_list_if_done(&mut self, list_id: Option<OrderListId>) {
        let Some(list_id) = list_id else { return };
        if self.orders.iter().any(|order| order.state.list_id == Some(list_id)) {
            return;
        }
        let position = self.lists.iter().position(|list| list.state.list_id == list_id).unwrap();
        let list = self.lists.remove(position);
        let side = list.side;
        self.lock(list.state.account, paid(self.spec(list.state.symbol), side), -list.hold);
        self.events.push(Event::OrderListEnded(OrderListEnded { list: list.state }));
    }

    /// The working order is filled: those that waited for it are placed.
    pub(super) fn activate(&mut self, list_id: OrderListId) {
        let list = self.list(list_id).clone();
        let rejections = if list.state.one_pays_the_other { self.pay(&list) } else { Vec::new() };
        for (id, rejection) in rejections {
            if self.find(id).is_some() {
                self.reject(id, rejection);
            }
        }
        for id in list.pending() {
            if self.find(id).is_some_and(|order| order.place == Place::Pending) {
                self.activate_order(id);
            }
        }
    }

    fn activate_order(&mut self, id: Id) {
        let (entry, now_us) = (self.next_entry(), self.now_us);
        let last = self.symbols[id.0.index()].last_price.unwrap();
        let order = self.order_mut(id);
        if !order.state.order_type.is_contingent() {
            order.place = Place::Moving;
            self.queue.push_back(id);
            return;
        }
        (order.place, order.entry) = (Place::Waiting, entry);
        (order.state.status, order.state.updated_at_us) = (OrderStatus::New, now_us);
        let stop_price = order.stop_price();
        if stop_price.is_none() {
            (order.place, order.state.trailing_since_us) = (Place::Following { best: last }, now_us);
        }
        let order = order.state;
        self.events.push(Event::OrderActivated(OrderActivated { order }));
        if stop_price.is_some_and(|stop| is_met(order.order_type, order.side, stop, last)) {
            self.meet(id, last);
        }
    }

    /// What was received is the quantity of the pending orders, in whole lots; the rest is given back.
    fn pay(&mut self, list: &super::List) -> Vec<(Id, Rejection)> {
        let locked = list.hold;
        let spec = self.spec(list.state.symbol).clone();
        let mut largest = 0;
        let pending = list.pending();
        for id in &pending {
            let order = self.order_mut(*id);
            let is_market = !order.state.order_type.has_limit();
            let given = |quantity: Quantity| is_market && quantity > Quantity::ZERO;
            let step = if given(spec.market_lot) { spec.market_lot } else { spec.lot };
            let mut most = spec.quantity_max;
            if given(spec.market_quantity_max) {
                most = most.min(spec.market_quantity_max);
            }
            let quantity = locked.min(units_of(most)) / units_of(step) * units_of(step);
            order.state.quantity = super::quantity_of(quantity);
            largest = largest.max(quantity);
        }
        self.list_mut(list.state.list_id).hold = largest;
        self.lock(list.state.account, paid(&spec, Side::Sell), largest - locked);
        if let [id] = pending[..] {
            self.list_mut(list.state.list_id).hold = 0;
            self.order_mut(id).hold = largest;
        }
        pending.into_iter().filter_map(|id| self.check_paid(id).err().map(|rejection| (id, rejection))).collect()
    }

    fn check_paid(&self, id: Id) -> Result<(), Rejection> {
        let order = self.order(id);
        let asked = super::Asked { starts: false, ..super::admission::asked_of(order) };
        super::shape::check_iceberg(&asked)?;
        self.check_filters(&asked, order.state.self_trade_prevention, None)?;
        Ok(())
    }
}
