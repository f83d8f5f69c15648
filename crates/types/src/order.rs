//! Orders: their vocabulary and the state every event and query shows.

use crate::{
    AccountId, Amount, ClientOrderId, OrderId, OrderListId, OrderTerms, PreventedMatchId, Price, Quantity,
    SelfTradePrevention, SymbolId,
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
    /// At the best prices there are, once the market moved against its owner as far as the stop price.
    StopLoss,
    /// At its price or better, under the same condition.
    StopLossLimit,
    /// At the best prices there are, once the market moved in favor of its owner as far as the stop price.
    TakeProfit,
    /// At its price or better, under the same condition.
    TakeProfitLimit,
}

impl OrderType {
    /// Whether the order waits for the market to reach a price. The API calls such orders algorithmic.
    pub const fn is_contingent(self) -> bool {
        use OrderType::{StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit};
        matches!(self, StopLoss | StopLossLimit | TakeProfit | TakeProfitLimit)
    }

    /// Whether the order has a limit.
    pub const fn has_limit(self) -> bool {
        use OrderType::{Limit, LimitMaker, StopLossLimit, TakeProfitLimit};
        matches!(self, Limit | LimitMaker | StopLossLimit | TakeProfitLimit)
    }

    /// Whether the stop price of a contingent order of a side is above the market when it is placed.
    pub const fn stops_above(self, side: Side) -> bool {
        let is_stop_loss = matches!(self, OrderType::StopLoss | OrderType::StopLossLimit);
        is_stop_loss == matches!(side, Side::Buy)
    }
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
/// PendingNew → New → PartiallyFilled → Filled; the first three → Canceled, Expired or ExpiredInMatch. The last four are
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
    /// Accepted, but placed only when the working order of its list is filled.
    PendingNew,
}

impl OrderStatus {
    /// Whether the order can still trade.
    pub const fn is_open(self) -> bool {
        matches!(self, OrderStatus::New | OrderStatus::PartiallyFilled | OrderStatus::PendingNew)
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
    /// Another order of its list traded, or started to work.
    OtherOrderOfList,
    /// The working order of its list ended without being filled.
    WorkingOrderOfList,
    /// When it was to start working, it broke a rule or could not be paid for.
    Rejected,
    /// It would have traded outside the price range.
    PriceRange,
}

/// Where the last thing happened to an order that smart order routing may fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkingFloor {
    /// On the book of its own symbol.
    Exchange,
    /// Across the books of the pool.
    SmartOrderRouting,
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
    /// The limit asked for; zero for market orders, and for pegged ones without.
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
    /// When it started to work; 0 until then.
    pub working_at_us: u64,
    /// The list it belongs to.
    pub list_id: Option<OrderListId>,
    /// What it asked for beyond price and quantity.
    pub terms: Option<OrderTerms>,
    /// When a trailing order started to follow the market; 0 until then.
    pub trailing_since_us: u64,
    /// The limit a pegged order took from the book; zero until then.
    pub pegged_price: Price,
    /// Where the last thing happened to it; absent for orders that were not sent to smart order routing.
    pub working_floor: Option<WorkingFloor>,
    /// Why the exchange ended it, if it did.
    pub expiry_reason: Option<ExpiryReason>,
}
