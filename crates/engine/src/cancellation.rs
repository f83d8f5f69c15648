//! Taking open orders back.

use crate::engine::Engine;
use crate::matching::hold_of;
use rialto_types::command::{CancelAllOrders, CancelOrder, OrderReference};
use rialto_types::event::OrderCanceled;
use rialto_types::{AccountId, Event, OrderStatus, PostingReason, Rejection, SymbolId};

impl Engine {
    pub(crate) fn cancel_order(&mut self, command: &CancelOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let slot = self.find_open_order(command.account, command.symbol, &command.order)?;
        self.cancel(slot, events);
        Ok(())
    }

    pub(crate) fn cancel_all_orders(
        &mut self,
        command: &CancelAllOrders,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        self.symbol(command.symbol)?;
        let oldest = |engine: &Engine| engine.open_orders.oldest(command.account, command.symbol);
        if oldest(self).is_none() {
            return Err(Rejection::UnknownOrder {});
        }
        while let Some(slot) = oldest(self) {
            self.cancel(slot, events);
        }
        Ok(())
    }

    /// The slot of an account's open order; every id given must fit.
    pub(crate) fn find_open_order(
        &self,
        account: AccountId,
        symbol: SymbolId,
        reference: &OrderReference,
    ) -> Result<u32, Rejection> {
        self.symbol(symbol)?;
        let found = match (reference.order_id, reference.client_order_id) {
            (Some(id), _) => self.open_orders.find(symbol, id),
            (None, Some(client_order_id)) => self.open_orders.find_by_client(account, symbol, &client_order_id),
            (None, None) => return Err(Rejection::InvalidOrder { field: "order_id" }),
        };
        let fits = |slot: &u32| {
            let order = &self.open_orders.get(*slot).order;
            let client_fits = reference.client_order_id.is_none_or(|id| id == order.client_order_id);
            order.guard.account == account && order.symbol == symbol && client_fits
        };
        found.filter(fits).ok_or(Rejection::UnknownOrder {})
    }

    fn cancel(&mut self, slot: u32, events: &mut Vec<Event>) {
        let open = self.open_orders.remove(slot);
        let mut order = open.order;
        order.updated_at_us = self.time_us;
        let symbol = &mut self.symbols[order.symbol.index()];
        symbol.book.remove(open.book_slot);
        let hold = hold_of(symbol, &order, order.remaining());
        let state = order.state(&symbol.scale, OrderStatus::Canceled);
        events.push(Event::OrderCanceled(OrderCanceled { order: state }));
        symbol.state_level(order.side, order.price, events);
        self.post_to(order.pays, hold, -hold, PostingReason::OrderRelease, events);
    }
}
