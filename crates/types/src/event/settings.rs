//! What an operator set or stated.

use crate::{
    AccountId, Amount, AssetId, BlockTradeId, Commission, ExchangeLimits, Price, Quantity, Rate, Side, SymbolId,
    SymbolStatus,
};
use serde::Serialize;

/// A trade agreed elsewhere was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BlockTradeReported {
    /// On which symbol.
    pub symbol: SymbolId,
    /// The trade, within its symbol.
    pub block_trade_id: BlockTradeId,
    /// At which price.
    pub price: Price,
    /// How much base.
    pub quantity: Quantity,
    /// How much quote, rounded down to 1e-8.
    pub quote_quantity: Amount,
    /// Which side took.
    pub taker_side: Side,
}

/// What may be done on a symbol changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SymbolStatusChanged {
    /// Which.
    pub symbol: SymbolId,
    /// From now on.
    pub status: SymbolStatus,
}

/// A reference price was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReferencePriceSet {
    /// Whose.
    pub symbol: SymbolId,
    /// The price; absent when there is none any more.
    pub price: Option<Price>,
}

/// An account's own rates changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CommissionSet {
    /// Whose.
    pub account: AccountId,
    /// Where; everywhere when absent.
    pub symbol: Option<SymbolId>,
    /// What it pays from now on; what anyone pays when absent.
    pub commission: Option<Commission>,
}

/// The discount asset changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DiscountSet {
    /// Which asset; none when absent.
    pub asset: Option<AssetId>,
    /// What part of the standard commission is paid then.
    pub multiplier: Rate,
}

/// Whether an account pays in the discount asset changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AccountDiscountSet {
    /// Whose.
    pub account: AccountId,
    /// Whether it does.
    pub is_enabled: bool,
}

/// The exchange filters changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangeLimitsSet {
    /// From now on.
    pub limits: ExchangeLimits,
}

/// What one order may move of an asset changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AssetLimitSet {
    /// Which.
    pub asset: AssetId,
    /// From now on; no limit when absent.
    pub limit: Option<Amount>,
}

/// A pool of symbols was made or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SymbolsPooled {
    /// What all of them trade.
    pub base: AssetId,
    /// The books; none when the pool is ended.
    pub symbols: Vec<SymbolId>,
}
