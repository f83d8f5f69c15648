//! Taking orders back.

use super::{Id, Order, OrderStatus, Reference};
use rialto_types::command::{CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, OrderReference};
use rialto_types::event::OrderCanceled;
use rialto_types::{AccountId, ClientOrderId, Event, OrderListId, Rejection, SymbolId, SymbolStatus};

impl Reference {
    pub(in crate::reference) fn cancel_order(&mut self, command: &CancelOrder) -> Result<(), Rejection> {
        self.must_let_cancel(command.symbol)?;
        self.cancel_named(command.account, command.symbol, &command.order, (command.restriction, command.cancel_id))
    }

    /// Take back an order, and the list it belongs to.
    pub(super) fn cancel_named(
        &mut self,
        account: AccountId,
        symbol: SymbolId,
        reference: &OrderReference,
        (restriction, cancel_id): (Option<CancelRestriction>, Option<ClientOrderId>),
    ) -> Result<(), Rejection> {
        let order = self.named(account, symbol, reference)?;
        let (id, status) = (order.id(), order.state.status);
        let wanted = match restriction {
            Some(CancelRestriction::OnlyNew) => OrderStatus::New,
            Some(CancelRestriction::OnlyPartiallyFilled) => OrderStatus::PartiallyFilled,
            None => status,
        };
        if status != wanted {
            return Err(Rejection::CancelRestricted { status });
        }
        self.cancel(id, cancel_id);
        Ok(())
    }

    pub(super) fn named(
        &self,
        account: AccountId,
        symbol: SymbolId,
        reference: &OrderReference,
    ) -> Result<&Order, Rejection> {
        let (id, client_order_id) = (reference.order_id, reference.client_order_id);
        if id.is_none() && client_order_id.is_none() {
            return Err(Rejection::InvalidOrder { field: "order_id" });
        }
        let is_meant = |order: &&Order| {
            let is_own = (order.state.account, order.state.symbol) == (account, symbol);
            let fits_id = id.is_none_or(|id| id == order.state.order_id);
            is_own && fits_id && client_order_id.is_none_or(|id| id == order.state.client_order_id)
        };
        self.orders.iter().find(is_meant).ok_or(Rejection::UnknownOrder {})
    }

    pub(in crate::reference) fn cancel_all_orders(&mut self, command: &CancelAllOrders) -> Result<(), Rejection> {
        self.must_let_cancel(command.symbol)?;
        let is_meant = |o: &&Order| (o.state.account, o.state.symbol) == (command.account, command.symbol);
        let mut ids: Vec<Id> = self.orders.iter().filter(is_meant).map(Order::id).collect();
        if ids.is_empty() {
            return Err(Rejection::UnknownOrder {});
        }
        ids.sort();
        for id in ids {
            // Its list may have taken it along.
            if self.find(id).is_some() {
                self.cancel(id, command.cancel_id);
            }
        }
        Ok(())
    }

    pub(in crate::reference) fn cancel_list(&mut self, command: &CancelOrderList) -> Result<(), Rejection> {
        self.must_let_cancel(command.symbol)?;
        let (list_id, client_order_id) = (command.list.list_id, command.list.client_order_id);
        if list_id.is_none() && client_order_id.is_none() {
            return Err(Rejection::InvalidOrder { field: "list_id" });
        }
        let is_meant = |list: &&super::List| {
            let is_own = (list.state.account, list.state.symbol) == (command.account, command.symbol);
            let fits_id = list_id.is_none_or(|id| id == list.state.list_id);
            is_own && fits_id && client_order_id.is_none_or(|id| id == list.state.client_order_id)
        };
        let list = self.lists.iter().find(is_meant).ok_or(Rejection::UnknownOrderList {})?;
        self.cancel_orders_of(list.state.list_id, command.cancel_id);
        Ok(())
    }

    fn cancel(&mut self, id: Id, cancel_id: Option<ClientOrderId>) {
        match self.order(id).state.list_id {
            Some(list_id) => self.cancel_orders_of(list_id, cancel_id),
            None => self.cancel_alone(id, cancel_id),
        }
    }

    fn cancel_orders_of(&mut self, list_id: OrderListId, cancel_id: Option<ClientOrderId>) {
        for id in self.list(list_id).orders() {
            if self.find(id).is_some() {
                self.cancel_alone(id, cancel_id);
            }
        }
        self.end_list_if_done(Some(list_id));
    }

    fn cancel_alone(&mut self, id: Id, cancel_id: Option<ClientOrderId>) {
        self.end(id, OrderStatus::Canceled, |order| Event::OrderCanceled(OrderCanceled { order, cancel_id }));
    }

    fn must_let_cancel(&self, symbol: SymbolId) -> Result<(), Rejection> {
        self.must_know_symbol(symbol)?;
        match self.symbols[symbol.index()].status {
            SymbolStatus::Trading | SymbolStatus::CancelOnly => Ok(()),
            status => Err(Rejection::MarketClosed { symbol, status }),
        }
    }
}
