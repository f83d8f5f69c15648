//! What a trading pair is made of.

use crate::{Amount, AssetId, Commission, PreventionModes, Price, Quantity, SelfTradePrevention, SymbolRules, Text};
use serde::{Deserialize, Serialize};

/// The definition of a symbol: its assets, its scales, its filters and its commissions.
///
/// The filters follow the API page "Filters": PRICE_FILTER, LOT_SIZE, MARKET_LOT_SIZE, NOTIONAL and MAX_NUM_ORDERS here,
/// the others in [`SymbolRules`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SymbolSpec {
    /// Its name, such as `BTCUSDT`.
    pub name: Text<32>,
    /// What is traded.
    pub base: AssetId,
    /// What it is paid in.
    pub quote: AssetId,
    /// Prices are whole multiples of it; not zero.
    pub tick: Price,
    /// The lowest price; zero for none.
    pub price_min: Price,
    /// The highest price; zero for none.
    pub price_max: Price,
    /// Quantities are whole multiples of it; not zero.
    pub lot: Quantity,
    /// The smallest quantity of an order.
    pub quantity_min: Quantity,
    /// The largest quantity of an order; not zero.
    pub quantity_max: Quantity,
    /// Quantities of market orders are whole multiples of it; zero for no such rule. A multiple of `lot`.
    pub market_lot: Quantity,
    /// The smallest quantity of a market order.
    pub market_quantity_min: Quantity,
    /// The largest quantity of a market order; zero for none.
    pub market_quantity_max: Quantity,
    /// The least an order must be worth in quote.
    pub notional_min: Amount,
    /// Whether the least worth holds for market orders too.
    pub notional_min_applies_to_market: bool,
    /// The most an order may be worth in quote; zero for no such rule.
    pub notional_max: Amount,
    /// Whether the highest worth holds for market orders too.
    pub notional_max_applies_to_market: bool,
    /// How many open orders an account may have on the symbol.
    pub open_orders_max: u32,
    /// How orders that do not say so prevent trades with oneself; one of those allowed.
    pub prevention_default: SelfTradePrevention,
    /// How orders may prevent trades with oneself.
    pub prevention_allowed: PreventionModes,
    /// What accounts without rates of their own pay of what they receive.
    pub commission: Commission,
    /// Whether the standard commission is reduced for who pays in the discount asset.
    pub is_discounted: bool,
    /// Everything else.
    pub rules: SymbolRules,
}
