//! Why a command was refused, with the values that broke the rule.

use crate::{
    AccountId, AccountKind, Amount, AssetId, ClientOrderId, OwnerId, PostingReason, Price, Quantity,
    SelfTradePrevention, SymbolId,
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

/// A refusal. The order of checks of an order is: the named things exist, the mode of self-trade
/// prevention is allowed, the shape fits the type, the filters
/// (PRICE_FILTER, LOT_SIZE, MARKET_LOT_SIZE, NOTIONAL, MAX_NUM_ORDERS), room at the price level, then that the client
/// order id is free, that a post-only order rests, and that the balance suffices.
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
    /// More legs or payload than a record may carry; the field at fault is named.
    RecordTooLarge { field: &'static str },
    /// The exchange holds as many of these as it can number.
    CapacityReached { what: &'static str },
}
