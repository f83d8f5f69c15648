//! Order lists: orders of one account on one symbol that depend on each other.

use crate::{AccountId, ClientOrderId, OrderId, OrderListId, SymbolId};
use serde::{Deserialize, Serialize};

/// The most orders in a list.
pub const LIST_ORDERS_MAX: usize = 3;

/// How the orders of a list depend on each other, and in which order they are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "that is what they are called")]
pub enum Contingency {
    /// The above and the below order: one that trades or starts to work ends the other.
    OneCancelsTheOther,
    /// The working and the pending order: when the one is filled, the other is placed.
    OneTriggersTheOther,
    /// The working, the above and the below order: when the first is filled, the others are placed, and one ends the
    /// other.
    OneTriggersOneCancelsTheOther,
}

impl Contingency {
    /// How many orders there are.
    pub const fn size(self) -> usize {
        match self {
            Contingency::OneCancelsTheOther | Contingency::OneTriggersTheOther => 2,
            Contingency::OneTriggersOneCancelsTheOther => 3,
        }
    }

    /// Whether the first order must be filled before the others are placed.
    pub const fn has_working_order(self) -> bool {
        !matches!(self, Contingency::OneCancelsTheOther)
    }

    /// Whether the last two orders exclude each other.
    pub const fn has_pair(self) -> bool {
        !matches!(self, Contingency::OneTriggersTheOther)
    }
}

/// Everything about a list that the outside may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderListState {
    /// The list, within the exchange.
    pub list_id: OrderListId,
    /// The symbol.
    pub symbol: SymbolId,
    /// Whose it is.
    pub account: AccountId,
    /// The owner's name for it.
    pub client_order_id: ClientOrderId,
    /// How its orders depend on each other.
    pub contingency: Contingency,
    /// Whether what the working order receives is the quantity of the pending ones.
    pub one_pays_the_other: bool,
    /// Its orders as they were given; the last is absent where there are two.
    pub orders: (OrderId, OrderId, Option<OrderId>),
    /// What their owner calls them, in the same order; an amendment may change it.
    pub client_order_ids: (ClientOrderId, ClientOrderId, Option<ClientOrderId>),
    /// When it was placed, in microseconds since the Unix epoch.
    pub placed_at_us: u64,
}
