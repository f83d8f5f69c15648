//! The rules of a symbol beyond its scales: what it allows, how much of it, and how far prices may go.
//!
//! They follow the API pages "Filters" and "Price Range Execution Rule". Zero and absence mean no such rule.

use crate::{Price, Quantity};
use serde::{Deserialize, Serialize};

/// What a symbol may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Market orders.
    Market,
    /// Market orders by quote amount.
    QuoteOrderQuantity,
    /// Stop-loss orders.
    StopLoss,
    /// Stop-loss orders with a limit.
    StopLossLimit,
    /// Take-profit orders.
    TakeProfit,
    /// Take-profit orders with a limit.
    TakeProfitLimit,
    /// Orders that show a part of themselves.
    Iceberg,
    /// Stop orders that follow the market.
    Trailing,
    /// Orders that take their limit from the book.
    Peg,
    /// Lists of which one order cancels the other.
    Oco,
    /// Lists of which one order triggers the other.
    Oto,
    /// Lists of which one order pays the other.
    Opo,
    /// Canceling and placing in one.
    CancelReplace,
    /// Amending in place.
    Amend,
}

impl Feature {
    /// Every feature, in order of the bits of [`Features`].
    pub const ALL: [Feature; 14] = [
        Feature::Market,
        Feature::QuoteOrderQuantity,
        Feature::StopLoss,
        Feature::StopLossLimit,
        Feature::TakeProfit,
        Feature::TakeProfitLimit,
        Feature::Iceberg,
        Feature::Trailing,
        Feature::Peg,
        Feature::Oco,
        Feature::Oto,
        Feature::Opo,
        Feature::CancelReplace,
        Feature::Amend,
    ];
}

/// A set of features: one bit each, in order of their definition, the first the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Features(pub u16);

impl Features {
    /// Every feature.
    pub const ALL: Features = Features((1 << Feature::ALL.len()) - 1);

    /// Whether a feature is in the set.
    pub const fn has(self, feature: Feature) -> bool {
        self.0 & 1 << feature as u16 != 0
    }

    /// The set without a feature.
    pub const fn without(self, feature: Feature) -> Features {
        Features(self.0 & !(1 << feature as u16))
    }

    /// Whether every bit is a feature.
    pub const fn is_valid(self) -> bool {
        self.0 & !Features::ALL.0 == 0
    }
}

/// PERCENT_PRICE and PERCENT_PRICE_BY_SIDE: how far a limit may be from what the market is worth, as factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PercentPrice {
    /// The highest a bid may be.
    pub bid_up: Price,
    /// The lowest a bid may be.
    pub bid_down: Price,
    /// The highest an ask may be.
    pub ask_up: Price,
    /// The lowest an ask may be.
    pub ask_down: Price,
    /// Whether the filter is the one by side; otherwise bids and asks have the same factors.
    pub by_side: bool,
}

/// TRAILING_DELTA: the least and the most, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailingRange {
    /// Of orders whose stop price is above the market.
    pub above_min: u32,
    /// The same.
    pub above_max: u32,
    /// Of orders whose stop price is below the market.
    pub below_min: u32,
    /// The same.
    pub below_max: u32,
}

/// PRICE_RANGE: how far from the reference price an incoming order may trade, as factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRange {
    /// The highest a buyer may pay.
    pub bid_up: Option<Price>,
    /// The lowest a buyer may pay.
    pub bid_down: Option<Price>,
    /// The highest a seller may take.
    pub ask_up: Option<Price>,
    /// The lowest a seller may take.
    pub ask_down: Option<Price>,
}

/// Where a symbol's reference price comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceMethod {
    /// There is none.
    #[default]
    None,
    /// The mean of the prices of the trades of so many buckets of so many milliseconds.
    ArithmeticMean,
    /// It is told by command.
    External,
}

/// How a symbol's reference price is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Where it comes from.
    pub method: ReferenceMethod,
    /// How wide a bucket is, in milliseconds, for a mean.
    pub bucket_width_ms: u32,
    /// How many buckets there are, for a mean.
    pub bucket_count: u32,
    /// Which calculation it is, for one that is told.
    pub calculation_id: u32,
}

/// The rules of a symbol beyond its scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolRules {
    /// What is allowed.
    pub features: Features,
    /// Over how many minutes trades are averaged where a filter needs what the market is worth; with 0 the last trade
    /// counts.
    pub average_minutes: u32,
    /// How far limits may be from that.
    pub percent_price: Option<PercentPrice>,
    /// ICEBERG_PARTS: into how many parts an order may be cut.
    pub iceberg_parts_max: u32,
    /// MAX_NUM_ALGO_ORDERS: how many stop-loss and take-profit orders an account may have open.
    pub algo_orders_max: u32,
    /// MAX_NUM_ICEBERG_ORDERS: how many orders that show a part an account may have open.
    pub iceberg_orders_max: u32,
    /// MAX_NUM_ORDER_LISTS: how many lists an account may have open.
    pub order_lists_max: u32,
    /// MAX_NUM_ORDER_AMENDS: how often an order may be amended.
    pub amendments_max: u32,
    /// MAX_POSITION: how much base an account may hold and be buying.
    pub position_max: Quantity,
    /// TRAILING_DELTA.
    pub trailing: Option<TrailingRange>,
    /// PRICE_RANGE.
    pub price_range: Option<PriceRange>,
    /// Where the reference price comes from.
    pub reference: Reference,
}

impl SymbolRules {
    /// Everything is allowed and nothing limited.
    pub const OPEN: SymbolRules = SymbolRules {
        features: Features::ALL,
        average_minutes: 0,
        percent_price: None,
        iceberg_parts_max: 0,
        algo_orders_max: 0,
        iceberg_orders_max: 0,
        order_lists_max: 0,
        amendments_max: 0,
        position_max: Quantity::ZERO,
        trailing: None,
        price_range: None,
        reference: Reference { method: ReferenceMethod::None, bucket_width_ms: 0, bucket_count: 0, calculation_id: 0 },
    };
}

/// What may be done on a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SymbolStatus {
    /// Everything.
    #[default]
    Trading,
    /// Nothing: trading was stopped.
    Halt,
    /// Nothing: between two sessions.
    Break,
    /// Nothing: the last session of a symbol is over.
    EndOfDay,
    /// Orders may only be taken back.
    CancelOnly,
}

/// What an account may have open on the whole exchange: the exchange filters. Zero means no such rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeLimits {
    /// EXCHANGE_MAX_NUM_ORDERS.
    pub orders_max: u32,
    /// EXCHANGE_MAX_NUM_ALGO_ORDERS.
    pub algo_orders_max: u32,
    /// EXCHANGE_MAX_NUM_ICEBERG_ORDERS.
    pub iceberg_orders_max: u32,
    /// EXCHANGE_MAX_NUM_ORDER_LISTS.
    pub order_lists_max: u32,
}
