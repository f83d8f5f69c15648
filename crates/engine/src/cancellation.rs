//! Taking open orders back, and with them the lists they belong to.

use crate::engine::Engine;
use rialto_types::command::{
    CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, ListReference, OrderReference,
};
use rialto_types::event::OrderCanceled;
use rialto_types::{AccountId, ClientOrderId, Event, OrderStatus, Rejection, SymbolId};

impl Engine {
    pub(crate) fn cancel_order(&mut self, command: &CancelOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &CancelOrder { account, symbol, order, restriction, cancel_id } = command;
        self.cancel_referenced(account, symbol, &order, (restriction, cancel_id), events)
    }

    /// Cancel the order a client means, if it has done what the client asks for.
    pub(crate) fn cancel_referenced(
        &mut self,
        account: AccountId,
        symbol: SymbolId,
        reference: &OrderReference,
        (restriction, cancel_id): (Option<CancelRestriction>, Option<ClientOrderId>),
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        self.symbol(symbol)?.check_canceling()?;
        let slot = self.find_open_order(account, symbol, reference)?;
        let status = self.status_of(slot);
        let is_permitted = match restriction {
            None => true,
            Some(CancelRestriction::OnlyNew) => status == OrderStatus::New,
            Some(CancelRestriction::OnlyPartiallyFilled) => status == OrderStatus::PartiallyFilled,
        };
        if !is_permitted {
            return Err(Rejection::CancelRestricted { status });
        }
        self.cancel(slot, cancel_id, events);
        Ok(())
    }

    pub(crate) fn cancel_all_orders(
        &mut self,
        command: &CancelAllOrders,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        self.symbol(command.symbol)?.check_canceling()?;
        let oldest = |engine: &Engine| engine.open_orders.oldest(command.account, command.symbol);
        if oldest(self).is_none() {
            return Err(Rejection::UnknownOrder {});
        }
        while let Some(slot) = oldest(self) {
            self.cancel(slot, command.cancel_id, events);
        }
        Ok(())
    }

    pub(crate) fn cancel_order_list(
        &mut self,
        command: &CancelOrderList,
        events: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let &CancelOrderList { account, symbol, list, cancel_id } = command;
        self.symbol(symbol)?.check_canceling()?;
        let slot = self.find_open_list(account, symbol, &list)?;
        self.cancel_list(slot, cancel_id, events);
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

    /// The slot of an account's open list; every id given must fit.
    pub(crate) fn find_open_list(
        &self,
        account: AccountId,
        symbol: SymbolId,
        reference: &ListReference,
    ) -> Result<u32, Rejection> {
        let found = match (reference.list_id, reference.client_order_id) {
            (Some(id), _) => self.lists.find(id),
            (None, Some(client_order_id)) => self.lists.find_by_client(account, &client_order_id),
            (None, None) => return Err(Rejection::InvalidOrder { field: "list_id" }),
        };
        let fits = |slot: &u32| {
            let state = &self.lists.get(*slot).state;
            let client_fits = reference.client_order_id.is_none_or(|id| id == state.client_order_id);
            state.account == account && state.symbol == symbol && client_fits
        };
        found.filter(fits).ok_or(Rejection::UnknownOrderList {})
    }

    /// Where an open order is in its life.
    pub(crate) fn status_of(&self, slot: u32) -> OrderStatus {
        let order = &self.open_orders.get(slot).order;
        let is_pending = order.list.is_some_and(|list| self.lists.get(list.slot).pending().any(|other| other == slot));
        if is_pending { OrderStatus::PendingNew } else { order.status() }
    }

    fn cancel(&mut self, slot: u32, cancel_id: Option<ClientOrderId>, events: &mut Vec<Event>) {
        match self.open_orders.get(slot).order.list {
            Some(list) => self.cancel_list(list.slot, cancel_id, events),
            None => self.cancel_one(slot, cancel_id, events),
        }
    }

    fn cancel_list(&mut self, list_slot: u32, cancel_id: Option<ClientOrderId>, events: &mut Vec<Event>) {
        for slot in self.lists.get(list_slot).open_orders() {
            self.cancel_one(slot, cancel_id, events);
            self.lists.get_mut(list_slot).strike(slot);
        }
        self.end_list_if_empty(list_slot, events);
    }

    fn cancel_one(&mut self, slot: u32, cancel_id: Option<ClientOrderId>, events: &mut Vec<Event>) {
        self.end(slot, events, |order, symbol| {
            Event::OrderCanceled(OrderCanceled { order: order.state(symbol, OrderStatus::Canceled), cancel_id })
        });
    }
}
