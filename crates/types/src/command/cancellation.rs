//! Taking orders back.

use crate::{AccountId, ClientOrderId, OrderId, OrderListId, SymbolId};
use serde::{Deserialize, Serialize};

/// How a client names one of its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReference {
    /// By the exchange's id.
    pub order_id: Option<OrderId>,
    /// By the client's id. When both are given, both must fit.
    pub client_order_id: Option<ClientOrderId>,
}

/// What an order must have done to be canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelRestriction {
    /// Nothing has traded.
    OnlyNew,
    /// Something has traded.
    OnlyPartiallyFilled,
}

/// Take an open order back, and with it the list it belongs to. Rejected with `UnknownOrder` or `CancelRestricted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOrder {
    /// Whose order.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// Which one.
    pub order: OrderReference,
    /// What it must have done.
    pub restriction: Option<CancelRestriction>,
    /// What its owner calls the cancellation; said again of every order it takes back, and otherwise without meaning.
    pub cancel_id: Option<ClientOrderId>,
}

/// Take back every open order of an account on a symbol. Rejected with `UnknownOrder` when there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAllOrders {
    /// Whose orders.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// As of [`CancelOrder`].
    pub cancel_id: Option<ClientOrderId>,
}

/// How a client names one of its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReference {
    /// By the exchange's id.
    pub list_id: Option<OrderListId>,
    /// By the client's id. When both are given, both must fit.
    pub client_order_id: Option<ClientOrderId>,
}

/// Take back every order of a list. Rejected with `UnknownOrderList`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOrderList {
    /// Whose list.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// Which one.
    pub list: ListReference,
    /// As of [`CancelOrder`].
    pub cancel_id: Option<ClientOrderId>,
}
