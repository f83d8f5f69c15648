//! What an order may ask for beyond price and quantity: a condition to wait for, a part to show, a price to follow, a
//! label to carry.
//!
//! The parameters follow the API page "New order" and the FAQ pages on trailing stops and pegged orders.

use crate::{Price, Quantity};
use serde::{Deserialize, Serialize};

/// The deepest level a pegged order may ask for.
pub const PEG_LEVELS_MAX: u8 = 100;
/// The least number that may name a kind of strategy; those below are reserved.
pub const STRATEGY_TYPE_MIN: i32 = 1_000_000;

/// What plain orders do not have; an order without any of it carries no terms at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerms {
    /// Where the order starts to work, or where a trailing one starts to follow the market.
    pub stop_price: Option<Price>,
    /// How far the market must turn from its best price since, in hundredths of a percent.
    pub trailing_delta: Option<u32>,
    /// How much of the order is shown at a time.
    pub iceberg_quantity: Option<Quantity>,
    /// Where the limit is taken from.
    pub peg: Option<Peg>,
    /// The owner's number for the strategy the order belongs to.
    pub strategy_id: Option<i64>,
    /// The owner's number for the kind of that strategy.
    pub strategy_type: Option<i32>,
}

impl OrderTerms {
    /// Nothing asked for.
    pub const NONE: OrderTerms = OrderTerms {
        stop_price: None,
        trailing_delta: None,
        iceberg_quantity: None,
        peg: None,
        strategy_id: None,
        strategy_type: None,
    };

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == OrderTerms::NONE
    }
}

/// A limit taken from the book when the order enters it; it does not move afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peg {
    /// Which side of the book.
    pub price: PegPrice,
    /// How many levels behind the best one, at most [`PEG_LEVELS_MAX`]; the best one itself when absent.
    pub offset: Option<u8>,
}

/// Which side of the book a pegged order looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PegPrice {
    /// Its own.
    Primary,
    /// The other.
    Market,
}
