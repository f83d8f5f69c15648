//! How far an incoming order may trade from the reference price: the execution rule PRICE_RANGE.

use crate::symbols::Symbol;
use rialto_types::decimal::ONE;
use rialto_types::{Price, Side};

/// The prices at which one phase of an order may trade, set when the phase starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PriceLimits {
    lowest: Price,
    highest: Price,
}

impl PriceLimits {
    /// Any price.
    pub(crate) const NONE: PriceLimits = PriceLimits { lowest: Price::ZERO, highest: Price::MAX };

    /// Those of an order of a side that starts now.
    pub(crate) fn of(symbol: &Symbol, side: Side, now_us: u64) -> PriceLimits {
        let Some(range) = symbol.spec.rules.price_range else { return PriceLimits::NONE };
        let Some(reference) = symbol.reference(now_us) else { return PriceLimits::NONE };
        let (down, up) = match side {
            Side::Buy => (range.bid_down, range.bid_up),
            Side::Sell => (range.ask_down, range.ask_up),
        };
        let product = |factor: Price| u128::from(reference.units()) * u128::from(factor.units());
        let price = |units: u128| u64::try_from(units).ok().and_then(Price::from_units);
        let one = u128::from(ONE);
        PriceLimits {
            // Beyond every price there is none to trade at.
            lowest: down.map_or(Price::ZERO, |factor| price(product(factor).div_ceil(one)).unwrap_or(Price::MAX)),
            highest: up.map_or(Price::MAX, |factor| price(product(factor) / one).unwrap_or(Price::MAX)),
        }
    }

    /// Whether a price is among them.
    pub(crate) fn contain(&self, price: Price) -> bool {
        self.lowest <= price && price <= self.highest
    }
}
