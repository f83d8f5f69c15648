//! Events: what the core states, in the past tense. Everything downstream is derived from them.

use crate::{
    AccountId, AccountKind, AllocationId, Amount, AssetId, ClientOrderId, ExpiryReason, OrderId, OrderListState,
    OrderState, OrderStatus, OwnerId, PostingReason, PreventedMatchId, Price, Quantity, Rejection, SelfTradePrevention,
    Side, StreamKey, SymbolId, SymbolSpec, Text, TradeGroupId, TradeId,
};
use serde::{Deserialize, Serialize};

mod settings;

pub use settings::*;

/// The version of the encoding of events. It is raised with every change to what is written below, so that whoever keeps
/// encoded events, or takes them from a process of another release, can tell. The journal keeps none: events follow from
/// commands.
pub const VERSION: u8 = 1;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event")]
pub enum Event {
    /// See [`AssetRegistered`].
    AssetRegistered(AssetRegistered),
    /// See [`SymbolListed`].
    SymbolListed(Box<SymbolListed>),
    /// See [`AccountOpened`].
    AccountOpened(AccountOpened),
    /// See [`Posted`].
    Posted(Posted),
    /// See [`Recorded`].
    Recorded(Box<Recorded>),
    /// See [`OrderPlaced`].
    OrderPlaced(OrderPlaced),
    /// See [`TradeExecuted`].
    TradeExecuted(TradeExecuted),
    /// See [`MatchPrevented`].
    MatchPrevented(MatchPrevented),
    /// See [`OrderCanceled`].
    OrderCanceled(OrderCanceled),
    /// See [`OrderExpired`].
    OrderExpired(OrderExpired),
    /// See [`BookChanged`].
    BookChanged(BookChanged),
    /// See [`CommandRejected`].
    CommandRejected(CommandRejected),
    /// See [`OrderActivated`].
    OrderActivated(OrderActivated),
    /// See [`OrderTriggered`].
    OrderTriggered(OrderTriggered),
    /// See [`TrailingStarted`].
    TrailingStarted(TrailingStarted),
    /// See [`OrderAmended`].
    OrderAmended(OrderAmended),
    /// See [`OrderListPlaced`].
    OrderListPlaced(OrderListPlaced),
    /// See [`OrderListEnded`].
    OrderListEnded(OrderListEnded),
    /// See [`AllocationMade`].
    AllocationMade(AllocationMade),
    /// See [`PartRefused`].
    PartRefused(PartRefused),
    /// See [`BlockTradeReported`].
    BlockTradeReported(BlockTradeReported),
    /// See [`SymbolStatusChanged`].
    SymbolStatusChanged(SymbolStatusChanged),
    /// See [`ReferencePriceSet`].
    ReferencePriceSet(ReferencePriceSet),
    /// See [`CommissionSet`].
    CommissionSet(Box<CommissionSet>),
    /// See [`DiscountSet`].
    DiscountSet(DiscountSet),
    /// See [`AccountDiscountSet`].
    AccountDiscountSet(AccountDiscountSet),
    /// See [`ExchangeLimitsSet`].
    ExchangeLimitsSet(ExchangeLimitsSet),
    /// See [`AssetLimitSet`].
    AssetLimitSet(AssetLimitSet),
    /// See [`SymbolsPooled`].
    SymbolsPooled(SymbolsPooled),
}

/// An asset became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AssetRegistered {
    /// Its number.
    pub asset: AssetId,
    /// Its name.
    pub name: Text<16>,
}

/// A book was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolListed {
    /// Its number.
    pub symbol: SymbolId,
    /// What it is made of.
    pub spec: SymbolSpec,
}

/// An account was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AccountOpened {
    /// Its number.
    pub account: AccountId,
    /// Whose it is.
    pub owner: OwnerId,
    /// What it is for.
    pub kind: AccountKind,
    /// Whose orders its own shall not trade with, besides its own.
    pub trade_group: Option<TradeGroupId>,
}

/// A balance changed. Every change of any balance is one of these; per command and asset the changes sum to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Posted {
    /// Whose balance.
    pub account: AccountId,
    /// Of which asset.
    pub asset: AssetId,
    /// Change of the free part.
    pub free_change: Amount,
    /// Change of the locked part.
    pub locked_change: Amount,
    /// The free part afterwards.
    pub free: Amount,
    /// The locked part afterwards.
    pub locked: Amount,
    /// Why.
    pub reason: PostingReason,
}

/// A product's event was accepted; its postings stand beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The aggregate.
    pub stream: StreamKey,
    /// How many records the stream has now.
    pub version: u64,
    /// The product's own event.
    #[serde(serialize_with = "serialize_payload")]
    pub payload: Vec<u8>,
}

fn serialize_payload<S: serde::Serializer>(payload: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(payload)
}

/// An order was accepted. What it traded at once follows in the same command's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderPlaced {
    /// The order, before it trades.
    pub order: OrderState,
}

/// What a trade did to one of its two orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The order.
    pub order_id: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What has traded so far, in base, this trade included.
    pub executed: Quantity,
    /// What has traded so far, in quote, this trade included.
    pub executed_quote: Amount,
    /// Where the order is after the trade.
    pub status: OrderStatus,
    /// The commission of this trade.
    pub fee: Amount,
    /// What the commission was paid in.
    pub fee_asset: AssetId,
}

/// Two orders traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeExecuted {
    /// On which book.
    pub symbol: SymbolId,
    /// The trade, within its symbol.
    pub trade_id: TradeId,
    /// At the resting order's price.
    pub price: Price,
    /// How much base.
    pub quantity: Quantity,
    /// How much quote, rounded down to 1e-8.
    pub quote_quantity: Amount,
    /// Which way the incoming order traded.
    pub taker_side: Side,
    /// The resting order.
    pub maker: Fill,
    /// The incoming order.
    pub taker: Fill,
}

/// What a prevented match did to one of its two orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Prevention {
    /// The order.
    pub order_id: OrderId,
    /// Whose it is.
    pub account: AccountId,
    /// What it lost by this match, in base; zero when the mode leaves it alone.
    pub quantity: Quantity,
    /// What it has lost so far, this match included.
    pub prevented: Quantity,
}

/// Two orders would have traded, and self-trade prevention did something else. What it ended is stated besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MatchPrevented {
    /// On which book.
    pub symbol: SymbolId,
    /// The match, within its symbol.
    pub prevented_match_id: PreventedMatchId,
    /// What was done, which may differ from what the incoming order asked for: see [`SelfTradePrevention::Transfer`].
    pub mode: SelfTradePrevention,
    /// The symbol of the incoming order: another one where it is routed.
    pub taker_symbol: SymbolId,
    /// The price of the trade that was not made.
    pub price: Price,
    /// How much base would have traded.
    pub quantity: Quantity,
    /// How much quote that is, rounded down to 1e-8.
    pub quote_quantity: Amount,
    /// What two accounts have in common; none when they are one without a group.
    pub trade_group: Option<TradeGroupId>,
    /// The resting order.
    pub maker: Prevention,
    /// The incoming order.
    pub taker: Prevention,
}

/// An order was taken back by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderCanceled {
    /// The order, afterwards.
    pub order: OrderState,
    /// What its owner calls the cancellation, if it said.
    pub cancel_id: Option<ClientOrderId>,
}

/// An order was ended by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderExpired {
    /// The order, afterwards.
    pub order: OrderState,
    /// Which rule.
    pub reason: ExpiryReason,
    /// What was wrong with an order that was rejected as it was to start working.
    pub rejection: Option<Rejection>,
}

/// A level of a book has a new total: what is shown there. An incoming order states each level it changed once, whatever
/// takes an order out states the level of each order it takes. The market views are built from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookChanged {
    /// Which book.
    pub symbol: SymbolId,
    /// Counts the changes of this book from 1, without gaps.
    pub update_id: u64,
    /// Bids or asks.
    pub side: Side,
    /// The level.
    pub price: Price,
    /// What rests there now; zero when the level is gone.
    pub quantity: Quantity,
}

/// The command was refused; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CommandRejected {
    /// Why.
    pub rejection: Rejection,
}

/// A pending order was placed: the working order of its list is filled. Its status is New; it works unless it waits for a
/// stop price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderActivated {
    /// The order, with its quantity where the working order paid for it.
    pub order: OrderState,
}

/// The market reached what an order waited for, and the order starts to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderTriggered {
    /// The order, before it trades.
    pub order: OrderState,
}

/// A trailing order started to follow the market after it was placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TrailingStarted {
    /// The order.
    pub order: OrderState,
}

/// An order became smaller, in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderAmended {
    /// The order, afterwards.
    pub order: OrderState,
    /// What it asked for before.
    pub previous_quantity: Quantity,
    /// What its owner called it before.
    pub previous_client_order_id: ClientOrderId,
}

/// A list was accepted. Its orders follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderListPlaced {
    /// The list.
    pub list: OrderListState,
}

/// The last open order of a list has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OrderListEnded {
    /// The list.
    pub list: OrderListState,
}

/// Smart order routing filled an order. The trades it made for this stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AllocationMade {
    /// The symbol of the order.
    pub symbol: SymbolId,
    /// The allocation, within that symbol.
    pub allocation_id: AllocationId,
    /// The symbol whose book it came from.
    pub pool_symbol: SymbolId,
    /// The trade there.
    pub trade_id: TradeId,
    /// At the resting order's price.
    pub price: Price,
    /// How much base.
    pub quantity: Quantity,
    /// How much quote of the order's own symbol.
    pub quote_quantity: Amount,
    /// Which way the order traded.
    pub side: Side,
    /// The order.
    pub fill: Fill,
}

/// Half of a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplacePart {
    /// Taking the old order back.
    Cancellation,
    /// Placing the new one.
    Placement,
}

/// Half of a replacement was refused; it changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PartRefused {
    /// Which half.
    pub part: ReplacePart,
    /// Why.
    pub rejection: Rejection,
}
