//! Price times quantity. Both are below 2^63, so that the product fits 128 bits.

use crate::reference::ONE;
use rialto_types::{Price, Quantity};

/// What a trade pays: the part below 1e-8 is dropped.
pub(in crate::reference) fn worth_down(price: Price, quantity: i128) -> i128 {
    i128::from(price.units()) * quantity / ONE
}

/// What is set aside for a trade: a part below 1e-8 counts as a whole one.
pub(in crate::reference) fn worth_up(price: Price, quantity: i128) -> i128 {
    (i128::from(price.units()) * quantity + ONE - 1) / ONE
}

/// The most whole lots that are worth no more than an amount.
pub(super) fn affordable(amount: i128, price: Price, lot: i128) -> i128 {
    amount * ONE / (i128::from(price.units()) * lot) * lot
}

pub(in crate::reference) fn quantity_of(units: i128) -> Quantity {
    Quantity::from_units(u64::try_from(units).unwrap()).unwrap()
}

pub(in crate::reference) fn units_of(quantity: Quantity) -> i128 {
    i128::from(quantity.units())
}
