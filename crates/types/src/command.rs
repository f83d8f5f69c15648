//! Commands: what is asked of the core, in the imperative.
//!
//! A command is journalled as it stands, so a definition here is a promise about files on disk: a change that the
//! journal's readers could misread needs a new variant at the end, never an edit of an old one (see [`crate::codec`]).

use crate::{
    AccountId, AccountKind, Amount, AssetId, ClientOrderId, Leg, OrderId, OrderType, OwnerId, PostingReason, Price,
    Quantity, SelfTradePrevention, Side, StreamKey, SymbolId, SymbolSpec, Text, TimeInForce, TradeGroupId,
};
use serde::{Deserialize, Serialize};

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

/// Place an order. Which fields must be present depends on the type, as on the API page "New order".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceOrder {
    /// Whose order.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// The owner's name for it; unique among the account's open orders on the symbol.
    pub client_order_id: ClientOrderId,
    /// Which way it trades.
    pub side: Side,
    /// How it finds its price.
    pub order_type: OrderType,
    /// How long it stays; `LimitMaker` and `Market` orders take `GoodTillCanceled`.
    pub time_in_force: TimeInForce,
    /// The limit, for limit orders.
    pub price: Option<Price>,
    /// How much base.
    pub quantity: Option<Quantity>,
    /// How much quote, for market orders without a quantity.
    pub quote_quantity: Option<Quantity>,
    /// What happens instead of a trade with oneself; the symbol's default when absent.
    pub self_trade_prevention: Option<SelfTradePrevention>,
}

/// How a client names one of its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReference {
    /// By the exchange's id.
    pub order_id: Option<OrderId>,
    /// By the client's id. When both are given, both must fit.
    pub client_order_id: Option<ClientOrderId>,
}

/// Take an open order back. Rejected with `UnknownOrder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOrder {
    /// Whose order.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
    /// Which one.
    pub order: OrderReference,
}

/// Take back every open order of an account on a symbol. Rejected with `UnknownOrder` when there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAllOrders {
    /// Whose orders.
    pub account: AccountId,
    /// On which book.
    pub symbol: SymbolId,
}

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
