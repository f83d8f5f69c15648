//! Commission rates.

use crate::decimal::{ONE, Price};
use crate::{Amount, DecimalError};
use serde::{Deserialize, Serialize};

/// A share of an amount in units of 1e-8: `0.00100000` is ten basis points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(Price);

impl Rate {
    /// No charge.
    pub const ZERO: Rate = Rate(Price::ZERO);

    /// From basis points (hundredths of a percent); at most 10,000.
    pub fn from_bps(bps: u16) -> Option<Rate> {
        Rate::from_units(u64::from(bps) * (ONE / 10_000))
    }

    /// From units of 1e-8; `None` above the whole.
    pub fn from_units(units: u64) -> Option<Rate> {
        if units > ONE { None } else { Price::from_units(units).map(Rate) }
    }

    /// In units of 1e-8.
    pub fn units(self) -> u64 {
        self.0.units()
    }

    /// Both together; `None` above the whole.
    pub fn plus(self, other: Rate) -> Option<Rate> {
        Rate::from_units(self.units().checked_add(other.units())?)
    }

    /// This part of another rate, rounded down.
    pub fn times(self, part: Rate) -> Rate {
        Rate::from_units((u128::from(self.units()) * u128::from(part.units()) / u128::from(ONE)) as u64)
            .unwrap_or(Rate::ZERO)
    }

    /// Whether the rate is at most the whole.
    pub fn is_valid(self) -> bool {
        self.units() <= ONE
    }

    /// This share of a non-negative amount, rounded down, so that nobody pays more than the stated rate.
    ///
    /// Amounts above 2^100 units are out of every command's reach; the product of one with a rate still fits.
    pub fn of(self, amount: Amount) -> Amount {
        debug_assert!(!amount.is_negative());
        let rate = self.units();
        if let Some(product) = u64::try_from(amount.units()).ok().and_then(|units| units.checked_mul(rate)) {
            return Amount::from_units(i128::from(product / ONE));
        }
        Amount::from_units(amount.units() * i128::from(rate) / i128::from(ONE))
    }
}

impl std::str::FromStr for Rate {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Rate, DecimalError> {
        Rate::from_units(text.parse::<Price>()?.units()).ok_or(DecimalError::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        let ten_bps = Rate::from_bps(10).unwrap();
        for (amount, fee) in [(0, 0), (999, 0), (1_000, 1), (1_999, 1), (100_000_000_000, 100_000_000)] {
            assert_eq!(ten_bps.of(Amount::from_units(amount)).units(), fee);
        }
        let beyond_words = Amount::COMMAND_MAX;
        assert_eq!(ten_bps.of(beyond_words).units(), beyond_words.units() / 1_000);
        assert_eq!(Rate::from_bps(10_001), None);
    }
}
