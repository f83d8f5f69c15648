//! Orders that wait for the market to reach a price, and what happens to those it reaches.

use super::admission::asked_of;
use super::{Id, Order, Place, Reference};
use rialto_types::event::OrderTriggered;
use rialto_types::{Event, ExpiryReason, OrderStatus, OrderType, Price, Rejection, Side, SymbolId};

/// Whether an order waits for the market to rise.
pub(super) fn is_above(order_type: OrderType, side: Side) -> bool {
    use OrderType::{StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit};
    matches!((order_type, side), (StopLoss | StopLossLimit, Side::Buy) | (TakeProfit | TakeProfitLimit, Side::Sell))
}

pub(super) fn is_met(order_type: OrderType, side: Side, stop_price: Price, last: Price) -> bool {
    if is_above(order_type, side) { last >= stop_price } else { last <= stop_price }
}

/// Those below the market first, each nearest to the market first, equal ones in order of entry.
pub(super) fn by_nearness(mut orders: Vec<(bool, Option<Price>, u64, Id)>) -> Vec<Id> {
    orders.sort_by_key(|(is_above, price, entry, _)| {
        let units = price.map_or(0, |price| i128::from(price.units()));
        // An order without a price is met by any, between those below the market and those above.
        (*is_above || price.is_none(), if *is_above { units } else { -units }, *entry)
    });
    orders.into_iter().map(|(.., id)| id).collect()
}

impl Reference {
    /// What one price does to the orders that wait on a symbol.
    pub(super) fn reach(&mut self, symbol: SymbolId, price: Price) {
        let of_symbol = |order: &&Order| order.state.symbol == symbol;
        let is_met_now = |order: &&Order| {
            let state = &order.state;
            order.place == Place::Waiting
                && order.stop_price().is_none_or(|stop| is_met(state.order_type, state.side, stop, price))
        };
        let met = self.orders.iter().filter(of_symbol).filter(is_met_now);
        let met = met.map(|o| (is_above(o.state.order_type, o.state.side), o.stop_price(), o.entry, o.id())).collect();
        for id in by_nearness(met) {
            // Its pair may have ended it meanwhile.
            if self.find(id).is_some_and(|order| order.place == Place::Waiting) {
                self.meet(id, price);
            }
        }
        self.move_followers(symbol, price);
        self.trigger_followers(symbol, price);
    }

    /// The market is where an order waited for it to be.
    pub(super) fn meet(&mut self, id: Id, price: Price) {
        if self.order(id).trailing_delta().is_some() {
            self.follow(id, price);
        } else {
            self.line_up(id);
        }
    }

    /// An order is to start working; its pair ends.
    pub(super) fn line_up(&mut self, id: Id) {
        self.order_mut(id).place = Place::Moving;
        self.queue.push_back(id);
        self.end_pair_of(id);
    }

    /// An order starts to work.
    pub(super) fn start(&mut self, id: Id) {
        let stays_of_pair = self.is_of_pair(id);
        let pegged = self.peg_of(&asked_of(self.order(id)));
        let now_us = self.now_us;
        let order = self.order_mut(id);
        order.state.pegged_price = pegged.unwrap_or_default().unwrap_or(Price::ZERO);
        (order.state.working_at_us, order.state.updated_at_us) = (now_us, now_us);
        let was_pending = order.state.status == OrderStatus::PendingNew;
        order.state.status = OrderStatus::New;
        let order = order.state;
        self.events.push(if was_pending {
            Event::OrderActivated(rialto_types::event::OrderActivated { order })
        } else {
            Event::OrderTriggered(OrderTriggered { order })
        });
        if !stays_of_pair {
            self.release(id);
        }
        let order = self.order_mut(id);
        let before = order.holding_price;
        order.holding_price = order.limit().or(before);
        if let Err(rejection) = pegged.map(|_| ()).and_then(|()| self.check_start(id)) {
            self.order_mut(id).holding_price = before;
            return self.reject(id, rejection);
        }
        if stays_of_pair {
            self.hold_more_for_pair(id);
            self.rest(id);
        } else {
            self.match_order(id);
        }
    }

    /// An order that was to start may not.
    pub(super) fn reject(&mut self, id: Id, rejection: Rejection) {
        self.end_pair_of(id);
        self.expire(id, ExpiryReason::Rejected, Some(rejection));
    }
}
