//! From ticks and lots to money and back.

use rialto_types::decimal::ONE;
use rialto_types::{Amount, Lots, Price, Quantity, SymbolSpec, Ticks};

/// Which way a product of price and quantity is rounded to 1e-8 of the quote asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards zero: what a trade pays.
    Down,
    /// Away from zero: what an order sets aside, so that it always covers what its trades pay.
    Up,
}

/// The tick and the lot of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    tick: u64,
    lot: u64,
    /// The worth of one lot at one tick in units of 1e-16.
    grain: u128,
    /// The same in units of 1e-8, where it is whole: then nothing is ever rounded and no division is needed.
    whole_grain: Option<u64>,
}

impl Scale {
    /// Of a symbol whose tick and lot are not zero.
    pub fn new(spec: &SymbolSpec) -> Scale {
        let (tick, lot) = (spec.tick.units(), spec.lot.units());
        let grain = u128::from(tick) * u128::from(lot);
        let one = u128::from(ONE);
        let whole_grain = grain.is_multiple_of(one).then(|| u64::try_from(grain / one).ok()).flatten();
        Scale { tick, lot, grain, whole_grain }
    }

    /// The price in ticks, if it is a whole number of them.
    pub fn ticks(&self, price: Price) -> Option<Ticks> {
        price.units().is_multiple_of(self.tick).then(|| Ticks(price.units() / self.tick))
    }

    /// The quantity in lots, if it is a whole number of them.
    pub fn lots(&self, quantity: Quantity) -> Option<Lots> {
        quantity.units().is_multiple_of(self.lot).then(|| Lots(quantity.units() / self.lot))
    }

    /// The price of a number of ticks that came from a price.
    pub fn price(&self, ticks: Ticks) -> Price {
        ticks.0.checked_mul(self.tick).and_then(Price::from_units).expect("ticks came from a price")
    }

    /// The quantity of a number of lots no larger than came from a quantity.
    pub fn quantity(&self, lots: Lots) -> Quantity {
        lots.0.checked_mul(self.lot).and_then(Quantity::from_units).expect("lots came from a quantity")
    }

    /// The most lots a quantity can hold.
    pub fn lots_max(&self) -> u64 {
        Quantity::MAX.units() / self.lot
    }

    /// The base asset in a number of lots.
    pub fn base(&self, lots: Lots) -> Amount {
        Amount::from_units(i128::from(lots.0) * i128::from(self.lot))
    }

    /// The worth of a number of lots at a price, in quote.
    ///
    /// Price and quantity are each below 2^63 units, so the product is below 2^126 and fits.
    pub fn quote(&self, ticks: Ticks, lots: Lots, rounding: Rounding) -> Amount {
        if let Some(grain) = self.whole_grain {
            let small = ticks.0.checked_mul(lots.0).and_then(|product| product.checked_mul(grain));
            if let Some(units) = small {
                return Amount::from_units(i128::from(units));
            }
        }
        let product = u128::from(ticks.0) * u128::from(lots.0) * self.grain;
        let one = u128::from(ONE);
        let units = match rounding {
            Rounding::Down => quotient(product, one),
            Rounding::Up => product.div_ceil(one),
        };
        Amount::from_units(units as i128)
    }

    /// The worth of a number of lots at any price, in quote, rounded down.
    pub fn worth(&self, price: Price, lots: Lots) -> Amount {
        let product = u128::from(price.units()) * (u128::from(lots.0) * u128::from(self.lot));
        Amount::from_units(quotient(product, u128::from(ONE)) as i128)
    }

    /// A mean of prices by quantity: the sum of ticks times lots over the sum of lots, rounded down to 1e-8.
    pub fn mean(&self, worth: u128, lots: u128) -> Option<Price> {
        let tick = u128::from(self.tick);
        let whole = quotient(worth, lots);
        let rest = quotient((worth - whole * lots).saturating_mul(tick), lots);
        let units = whole.saturating_mul(tick).saturating_add(rest);
        Price::from_units(u64::try_from(units).ok()?)
    }

    /// The most lots that cost at most a budget at a price. The budget is not negative.
    pub fn lots_for(&self, budget: Amount, ticks: Ticks) -> Lots {
        let worth_of_lot = u128::from(ticks.0) * self.grain;
        let budget = budget.units().unsigned_abs().saturating_mul(u128::from(ONE));
        Lots(u64::try_from(budget / worth_of_lot).unwrap_or(u64::MAX))
    }
}

/// Divide in machine words where both numbers fit, which is several times faster.
fn quotient(dividend: u128, divisor: u128) -> u128 {
    match (u64::try_from(dividend), u64::try_from(divisor)) {
        (Ok(dividend), Ok(divisor)) => u128::from(dividend / divisor),
        _ => dividend / divisor,
    }
}
