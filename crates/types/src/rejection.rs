//! Why a command was refused, with the values that broke the rule.

use crate::{
    AccountId, AccountKind, Amount, AssetId, ClientOrderId, Feature, OrderStatus, OwnerId, PostingReason, Price,
    Quantity, SelfTradePrevention, SymbolId, SymbolStatus,
};
use serde::Serialize;

/// Which side of a rule was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Below the least.
    Minimum,
    /// Above the most.
    Maximum,
    /// Not a whole multiple.
    Step,
}

/// What the orders of a list must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListRule {
    /// As many orders as the contingency needs.
    Size,
    /// The working order has type Limit or LimitMaker.
    WorkingType,
    /// No pending order is by quote amount.
    PendingQuoteQuantity,
    /// The orders of a pair are limit-maker, stop-loss or take-profit orders.
    PairType,
    /// At least one order of a pair waits for a price.
    PairOfLimits,
    /// The orders of a pair have one side.
    PairSide,
    /// The orders of a pair have one quantity.
    PairQuantity,
    /// The limit order of a pair to buy is below.
    BuyLimitBelow,
    /// The limit order of a pair to sell is above.
    SellLimitAbove,
    /// The stop-loss order of a pair to buy is above.
    BuyStopLossAbove,
    /// The stop-loss order of a pair to sell is below.
    SellStopLossBelow,
    /// The take-profit order of a pair to buy is below.
    BuyTakeProfitBelow,
    /// The take-profit order of a pair to sell is above.
    SellTakeProfitAbove,
    /// A working order that pays for the others buys.
    PayingWorkingBuys,
    /// Pending orders that are paid for sell.
    PaidPendingSells,
    /// Pending orders that are paid for have no quantity.
    PaidPendingQuantity,
    /// One order cannot pay for another where none triggers one.
    PaysWithoutWorking,
}

/// A refusal. The order of checks of an order is stated in `docs/MATCHING.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rejection")]
#[expect(missing_docs, reason = "the fields are the values that broke the rule their variant describes")]
pub enum Rejection {
    /// No such asset.
    UnknownAsset { asset: AssetId },
    /// No such account.
    UnknownAccount { account: AccountId },
    /// The owner has no account of this kind.
    NoSuchAccountOfOwner { owner: OwnerId, kind: AccountKind },
    /// No such symbol.
    UnknownSymbol { symbol: SymbolId },
    /// No such open order of this account on this symbol.
    UnknownOrder {},
    /// The asset's name is taken.
    AssetExists { asset: AssetId },
    /// The symbol's name is taken.
    SymbolExists { symbol: SymbolId },
    /// The owner has such an account already.
    AccountExists { account: AccountId },
    /// The symbol's definition contradicts itself; the field at fault is named.
    InvalidSymbol { field: &'static str },
    /// The order's fields do not fit its type; the field at fault is named.
    InvalidOrder { field: &'static str },
    /// An amount is zero or larger than a command may move.
    InvalidAmount { amount: Amount },
    /// The owner may not have such an account; the field at fault is named.
    InvalidAccount { field: &'static str },
    /// The command may not move money for this reason, or not in this direction.
    InvalidReason { reason: PostingReason },
    /// The account may not trade on spot books.
    WrongAccountClass { account: AccountId },
    /// The symbol does not allow this way to prevent trades with oneself.
    UnavailablePrevention { mode: SelfTradePrevention },
    /// PRICE_FILTER.
    PriceFilter { bound: Bound, price: Price, limit: Price },
    /// LOT_SIZE.
    LotSize { bound: Bound, quantity: Quantity, limit: Quantity },
    /// MARKET_LOT_SIZE.
    MarketLotSize { bound: Bound, quantity: Quantity, limit: Quantity },
    /// NOTIONAL.
    Notional { bound: Bound, notional: Amount, limit: Amount },
    /// MAX_NUM_ORDERS.
    TooManyOrders { limit: u32 },
    /// A post-only order would have traded at once.
    WouldTake { price: Price, best: Price },
    /// The client order id names another open order of the account on the symbol.
    DuplicateClientOrderId { client_order_id: ClientOrderId },
    /// Not enough is free.
    InsufficientBalance { account: AccountId, asset: AssetId, needed: Amount, free: Amount },
    /// The stream moved on since the decision was made.
    StaleVersion { expected: u64, actual: u64 },
    /// The legs do not sum to zero.
    UnbalancedPostings { asset: AssetId, sum: Amount },
    /// The stream holds less than it would release.
    HoldExceeded { account: AccountId, asset: AssetId, held: Amount },
    /// The symbol's status does not permit it.
    MarketClosed { symbol: SymbolId, status: SymbolStatus },
    /// The symbol does not allow it.
    NotAllowed { feature: Feature },
    /// More of the order would be shown than there is.
    IcebergExceedsQuantity { iceberg: Quantity, quantity: Quantity },
    /// ICEBERG_PARTS.
    TooManyIcebergParts { parts: u64, limit: u32 },
    /// PERCENT_PRICE or PERCENT_PRICE_BY_SIDE.
    PercentPrice { bound: Bound, price: Price, limit: Price, by_side: bool },
    /// TRAILING_DELTA.
    TrailingDelta { bound: Bound, delta: u32, limit: u32 },
    /// MAX_POSITION.
    MaxPosition { position: Amount, limit: Quantity },
    /// MAX_ASSET.
    MaxAsset { asset: AssetId, amount: Amount, limit: Amount },
    /// MAX_NUM_ALGO_ORDERS.
    TooManyAlgoOrders { limit: u32 },
    /// MAX_NUM_ICEBERG_ORDERS.
    TooManyIcebergOrders { limit: u32 },
    /// MAX_NUM_ORDER_LISTS.
    TooManyOrderLists { limit: u32 },
    /// EXCHANGE_MAX_NUM_ORDERS.
    TooManyOrdersOnExchange { limit: u32 },
    /// EXCHANGE_MAX_NUM_ALGO_ORDERS.
    TooManyAlgoOrdersOnExchange { limit: u32 },
    /// EXCHANGE_MAX_NUM_ICEBERG_ORDERS.
    TooManyIcebergOrdersOnExchange { limit: u32 },
    /// EXCHANGE_MAX_NUM_ORDER_LISTS.
    TooManyOrderListsOnExchange { limit: u32 },
    /// The market is where the order would wait for it to be.
    WouldTrigger { stop_price: Price, last: Price },
    /// There is no such level to peg the order to.
    NoPegPrice { offset: u8 },
    /// The type of the order cannot be pegged.
    UnpeggableType {},
    /// The type of the order cannot be pegged to this side, or not with this time in force.
    UnpeggablePrice {},
    /// The orders do not make a list; see [`ListRule`].
    InvalidOrderList { rule: ListRule },
    /// The prices of the two orders of a pair are not on their sides of the market.
    PriceRelationship {},
    /// The client id names another open list of the account.
    DuplicateListClientOrderId { client_order_id: ClientOrderId },
    /// No such open list of this account on this symbol.
    UnknownOrderList {},
    /// The order has not done what the cancellation asks for.
    CancelRestricted { status: OrderStatus },
    /// An amendment may only make an order smaller.
    AmendIncreases { quantity: Quantity, current: Quantity },
    /// The amendment asks for what is so already.
    AmendChangesNothing { quantity: Quantity },
    /// The amendment asks for no more than is done.
    AmendBelowDone { quantity: Quantity, done: Quantity },
    /// A pending order that another pays for has no quantity yet.
    AmendPendingPaid {},
    /// MAX_NUM_ORDER_AMENDS.
    TooManyAmendments { limit: u32 },
    /// The symbol's reference price is not told from outside, or not a price of the symbol.
    InvalidReferencePrice {},
    /// The symbols do not make a pool; the field at fault is named.
    InvalidPool { field: &'static str },
    /// The symbol is in no pool.
    NotPooled { symbol: SymbolId },
    /// More legs or payload than a record may carry; the field at fault is named.
    RecordTooLarge { field: &'static str },
    /// The exchange holds as many of these as it can number.
    CapacityReached { what: &'static str },
    /// What was to be applied is no command of this release.
    UnreadableCommand {},
}
