//! Commands: what is asked of the core, in the imperative.
//!
//! A command is journalled as it stands, so a definition here is a promise about files on disk: a change that the
//! journal's readers could misread needs a new variant at the end, never an edit of an old one (see [`crate::codec`]).

use crate::{
    AccountId, AccountKind, Amount, AssetId, ClientOrderId, Commission, Contingency, ExchangeLimits, Leg, OrderTerms,
    OrderType, OwnerId, PostingReason, Price, Quantity, Rate, SelfTradePrevention, Side, StreamKey, SymbolId,
    SymbolSpec, SymbolStatus, Text, TimeInForce, TradeGroupId,
};
use serde::{Deserialize, Serialize};

mod cancellation;

pub use cancellation::*;

/// The most legs one record may carry.
pub const LEGS_MAX: usize = 256;
/// The largest payload one record may carry, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;

/// One request to the core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// See [`RegisterAsset`].
    RegisterAsset(RegisterAsset),
    /// See [`ListSymbol`].
    ListSymbol(Box<ListSymbol>),
    /// See [`OpenAccount`].
    OpenAccount(OpenAccount),
    /// See [`Post`].
    Post(Post),
    /// See [`Record`].
    Record(Box<Record>),
    /// See [`PlaceOrder`].
    PlaceOrder(PlaceOrder),
    /// See [`CancelOrder`].
    CancelOrder(CancelOrder),
    /// See [`CancelAllOrders`].
    CancelAllOrders(CancelAllOrders),
    /// See [`ReplaceOrder`].
    ReplaceOrder(ReplaceOrder),
    /// See [`AmendOrder`].
    AmendOrder(AmendOrder),
    /// See [`PlaceOrderList`].
    PlaceOrderList(Box<PlaceOrderList>),
    /// See [`CancelOrderList`].
    CancelOrderList(CancelOrderList),
    /// See [`SetSymbolStatus`].
    SetSymbolStatus(SetSymbolStatus),
    /// See [`SetReferencePrice`].
    SetReferencePrice(SetReferencePrice),
    /// See [`SetCommission`].
    SetCommission(Box<SetCommission>),
    /// See [`SetDiscount`].
    SetDiscount(SetDiscount),
    /// See [`SetAccountDiscount`].
    SetAccountDiscount(SetAccountDiscount),
    /// See [`SetExchangeLimits`].
    SetExchangeLimits(SetExchangeLimits),
    /// See [`SetAssetLimit`].
    SetAssetLimit(SetAssetLimit),
    /// See [`PoolSymbols`].
    PoolSymbols(PoolSymbols),
    /// See [`ReportBlockTrade`].
    ReportBlockTrade(ReportBlockTrade),
    /// See [`Unreadable`].
    Unreadable(Unreadable),
}

/// Make an asset known. Rejected with `AssetExists` when the name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAsset {
    /// Its short name, such as `BTC`.
    pub name: Text<16>,
}

/// Open a book. Rejected with `SymbolExists` or `InvalidSymbol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSymbol {
    /// What the symbol is made of.
    pub spec: SymbolSpec,
}

/// Open an account. An owner has at most one account of a kind: a second is rejected with `AccountExists`.
///
/// The classes of the house are the house's alone and all others are everyone else's; the scope of an isolated margin
/// account is a listed symbol, that of a custody account any chain, and every other scope is 0. Anything else is
/// rejected with `InvalidAccount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAccount {
    /// Whose it will be.
    pub owner: OwnerId,
    /// What it is for.
    pub kind: AccountKind,
    /// Whose orders its own shall not trade with, besides its own.
    pub trade_group: Option<TradeGroupId>,
}

/// Move an amount between the outside world and an account.
///
/// A positive amount comes in, a negative one goes out; the other side is the external account. What comes in is a
/// deposit, what goes out a withdrawal, and either may be an adjustment: any other reason is rejected with
/// `InvalidReason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Whose balance changes.
    pub account: AccountId,
    /// Of which asset.
    pub asset: AssetId,
    /// By how much; not zero.
    pub amount: Amount,
    /// Why: a deposit, a withdrawal or an adjustment.
    pub reason: PostingReason,
}

/// Apply a product's event and its postings, all or nothing.
///
/// Rejected with `StaleVersion` unless the stream is at `expected_version`, with `InvalidReason` where a leg gives a
/// reason that only orders have, with `UnbalancedPostings` unless the legs sum to zero per asset, with
/// `InsufficientBalance` if a balance would fall below zero, and with `HoldExceeded` if the stream would release more
/// than it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The aggregate.
    pub stream: StreamKey,
    /// How many records of the stream the decision was based on.
    pub expected_version: u64,
    /// What moves; at most [`LEGS_MAX`].
    pub legs: Vec<Leg>,
    /// The product's own event, opaque to the core; at most [`PAYLOAD_BYTES_MAX`].
    #[serde(with = "payload_bytes")]
    pub payload: Vec<u8>,
}

/// An order to be placed. Which fields must be present depends on the type, as on the API page "New order".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// The owner's name for it; unique among the account's open orders on the symbol.
    pub client_order_id: ClientOrderId,
    /// Which way it trades.
    pub side: Side,
    /// How it finds its price.
    pub order_type: OrderType,
    /// How long it stays; orders without a limit and `LimitMaker` orders take `GoodTillCanceled`.
    pub time_in_force: TimeInForce,
    /// The limit, for orders with one; a pegged order may do without.
    pub price: Option<Price>,
    /// How much base; absent for market orders by quote amount, and for the pending orders of a list of which one order
    /// pays the other.
    pub quantity: Option<Quantity>,
    /// How much quote, for market orders without a quantity.
    pub quote_quantity: Option<Quantity>,
    /// What happens instead of a trade with oneself; the symbol's default when absent.
    pub self_trade_prevention: Option<SelfTradePrevention>,
    /// What else it asks for.
    pub terms: Option<OrderTerms>,
}

/// Place an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// Whose order.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// What is placed.
    pub order: NewOrder,
    /// Whether the order is filled from all books of the symbol's pool; see [`PoolSymbols`].
    pub is_routed: bool,
}

/// What becomes of the new order when the old one cannot be canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplaceMode {
    /// It is not placed.
    StopOnFailure,
    /// It is placed all the same.
    AllowFailure,
}

/// Take an open order back and place another on the same symbol.
///
/// Rejected as a whole when the new order breaks a rule that does not depend on the old one: its shape and the filters.
/// What fails afterwards fails alone and is stated as [`crate::event::PartRefused`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceOrder {
    /// Whose orders.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// Which one goes.
    pub cancel: OrderReference,
    /// What it must have done.
    pub restriction: Option<CancelRestriction>,
    /// What its owner calls the cancellation; see [`CancelOrder`].
    pub cancel_id: Option<ClientOrderId>,
    /// What happens when it cannot.
    pub mode: ReplaceMode,
    /// What comes.
    pub order: NewOrder,
}

/// Make an open order smaller where it stands. The two orders of a pair are amended together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendOrder {
    /// Whose order.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// Which one.
    pub order: OrderReference,
    /// What its owner calls it from now on; may be what it is called already.
    pub client_order_id: ClientOrderId,
    /// How much it asks for from now on: less than before, more than is done.
    pub quantity: Quantity,
}

/// Place orders that depend on each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrderList {
    /// Whose orders.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// The owner's name for the list; unique among the account's open lists.
    pub client_order_id: ClientOrderId,
    /// How they depend on each other, and in which order they stand.
    pub contingency: Contingency,
    /// Whether what the working order receives is the quantity of the pending ones.
    pub one_pays_the_other: bool,
    /// What is placed.
    pub orders: Vec<NewOrder>,
}

/// Say what may be done on a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetSymbolStatus {
    /// Which.
    pub symbol: SymbolId,
    /// From now on.
    pub status: SymbolStatus,
}

/// Tell a reference price that is found outside. Rejected with `InvalidReferencePrice` for a symbol that finds its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReferencePrice {
    /// Whose.
    pub symbol: SymbolId,
    /// The price; absent when there is none any more.
    pub price: Option<Price>,
}

/// Give an account rates of its own, on a symbol or on all that have none for it. A volume tier arrives as this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetCommission {
    /// Whose.
    pub account: AccountId,
    /// Where; everywhere when absent.
    pub symbol: Option<SymbolId>,
    /// What it pays from now on; what anyone pays when absent.
    pub commission: Option<Commission>,
}

/// Say in which asset commissions may be paid at a discount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetDiscount {
    /// Which asset; none when absent.
    pub asset: Option<AssetId>,
    /// What part of the standard commission is paid then.
    pub multiplier: Rate,
}

/// Say whether an account pays commissions in the discount asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAccountDiscount {
    /// Whose.
    pub account: AccountId,
    /// Whether it does.
    pub is_enabled: bool,
}

/// Limit what an account may have open on the whole exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetExchangeLimits {
    /// From now on.
    pub limits: ExchangeLimits,
}

/// Limit what one order may move of an asset: MAX_ASSET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAssetLimit {
    /// Which.
    pub asset: AssetId,
    /// From now on; no limit when absent.
    pub limit: Option<Amount>,
}

/// Let orders be filled from all books of one base whose quotes are worth the same. A symbol is in one pool at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolSymbols {
    /// What all of them trade.
    pub base: AssetId,
    /// The books, in the order in which they are asked at equal prices; none to end the pool.
    pub symbols: Vec<SymbolId>,
}

/// State a trade that was agreed elsewhere. It moves no money and touches no book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBlockTrade {
    /// On which symbol.
    pub symbol: SymbolId,
    /// At which price.
    pub price: Price,
    /// How much base.
    pub quantity: Quantity,
    /// Which side took.
    pub taker_side: Side,
}

/// Stand where an ordered log holds what is no command: its number is used up, the same on every replica. Always rejected
/// with `UnreadableCommand`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {}

/// Bytes as bytes in every encoding, instead of a list of numbers.
mod payload_bytes {
    use serde::{Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
