//! Orders: their vocabulary and the state every event and query shows.

use crate::{
    AccountId, Amount, ClientOrderId, OrderId, PreventedMatchId, Price, Quantity, SelfTradePrevention, SymbolId,
};
use serde::{Deserialize, Serialize};

/// Which way an order trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Pays quote, receives base.
    Buy,
    /// Pays base, receives quote.
    Sell,
}

impl Side {
    /// The other side.
    pub const fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }
}

/// How an order finds its price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// At its price or better.
    Limit,
    /// A limit order refused if it would trade at once.
    LimitMaker,
    /// At the best prices there are.
    Market,
}

/// How long an order stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Good till canceled.
    GoodTillCanceled,
    /// Trade what can be traded at once, expire the rest.
    ImmediateOrCancel,
    /// Trade all at once, or expire untouched.
    FillOrKill,
}

/// Where an order is in its life.
///
/// New → PartiallyFilled → Filled; New and PartiallyFilled → Canceled, Expired or ExpiredInMatch. The last four are
/// final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Accepted, nothing traded.
    New,
    /// Something traded, something left.
    PartiallyFilled,
    /// All traded.
    Filled,
    /// Taken back by its owner.
    Canceled,
    /// Ended by a rule of the exchange.
    Expired,
    /// Ended by self-trade prevention.
    ExpiredInMatch,
}

impl OrderStatus {
    /// Whether the order can still trade.
    pub const fn is_open(self) -> bool {
        matches!(self, OrderStatus::New | OrderStatus::PartiallyFilled)
    }
}

/// Why the exchange ended an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryReason {
    /// An immediate-or-cancel order had something left.
    ImmediateOrCancel,
    /// A fill-or-kill order could not be filled at once.
    FillOrKill,
    /// A market order found no more to trade with.
    NoLiquidity,
    /// The order would have traded with another of its account or trade group.
    SelfTradePrevention,
}

/// Everything about an order that the outside may see. Times are microseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// The order, within its symbol.
    pub order_id: OrderId,
    /// The symbol.
    pub symbol: SymbolId,
    /// Whose it is.
    pub account: AccountId,
    /// The owner's name for it.
    pub client_order_id: ClientOrderId,
    /// Which way it trades.
    pub side: Side,
    /// How it finds its price.
    pub order_type: OrderType,
    /// How long it stays.
    pub time_in_force: TimeInForce,
    /// Its limit; zero for market orders.
    pub price: Price,
    /// What it asked for; for an order by quote amount, what that amount trades.
    pub quantity: Quantity,
    /// The quote amount asked for, for an order by quote amount; otherwise zero.
    pub quote_quantity: Amount,
    /// What has traded, in base.
    pub executed: Quantity,
    /// What has traded, in quote.
    pub executed_quote: Amount,
    /// What happens instead of a trade with oneself.
    pub self_trade_prevention: SelfTradePrevention,
    /// What self-trade prevention took from it, in base.
    pub prevented: Quantity,
    /// The last match that took something from it; 0 for none.
    pub prevented_match_id: PreventedMatchId,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// When it was accepted.
    pub placed_at_us: u64,
    /// When it last changed.
    pub updated_at_us: u64,
}
