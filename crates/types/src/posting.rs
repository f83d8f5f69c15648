//! Postings: why money moved, and the legs a product may ask for.

use crate::{AccountId, Amount, AssetId, Text};
use serde::{Deserialize, Serialize};

/// Why an amount moved. Statements, tax reports and audits are read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostingReason {
    /// Came in from outside.
    Deposit,
    /// Went out.
    Withdrawal,
    /// Set aside for an open order. Moves from free to locked; the total stays.
    OrderHold,
    /// Given back from an order. Moves from locked to free; the total stays.
    OrderRelease,
    /// Exchanged in a trade.
    Trade,
    /// Commission of a trade.
    Fee,
    /// Between accounts of one owner or one trade group.
    Transfer,
    /// Paid for the use of money.
    Interest,
    /// Given by the house.
    Reward,
    /// Into or out of a product.
    Product,
    /// Set aside for a product. Moves from free to locked; the total stays.
    ProductHold,
    /// Given back by a product. Moves from locked to free; the total stays.
    ProductRelease,
    /// Put right by an operator.
    Adjustment,
}

impl PostingReason {
    /// Whether money moves for this reason only as an order is placed, traded or ended.
    pub const fn is_of_orders(self) -> bool {
        matches!(self, PostingReason::OrderHold | PostingReason::OrderRelease | PostingReason::Trade)
    }
}

/// One leg of a balanced record: signed changes of what is free and what is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Whose balance.
    pub account: AccountId,
    /// Of which asset.
    pub asset: AssetId,
    /// Change of the free part.
    pub free: Amount,
    /// Change of the locked part; the lock belongs to the stream that made it.
    pub locked: Amount,
    /// Why.
    pub reason: PostingReason,
}

/// An aggregate of a product: its kind and its id within the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamKey {
    /// The product's word for the kind of thing.
    pub kind: Text<32>,
    /// Which one.
    pub id: Text<64>,
}
