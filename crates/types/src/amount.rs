//! Amounts of money: signed 128-bit integers in units of 1e-8 of an asset.

use crate::decimal::{DecimalBuffer, DecimalError, format_units, parse_units};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount of one asset in units of 1e-8. Which asset, the context says; amounts of different assets never meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

/// A sum or difference left the range of 128-bit units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("amount out of range")]
pub struct AmountOverflow;

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// The largest amount a single command may move: 2^100 units, so that no sum of balances can overflow.
    pub const COMMAND_MAX: Amount = Amount(1 << 100);

    /// From units of 1e-8.
    pub const fn from_units(units: i128) -> Amount {
        Amount(units)
    }

    /// In units of 1e-8.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// Whether this is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Add, or report the overflow.
    pub fn plus(self, other: Amount) -> Result<Amount, AmountOverflow> {
        self.0.checked_add(other.0).map(Amount).ok_or(AmountOverflow)
    }

    /// Subtract, or report the overflow.
    pub fn minus(self, other: Amount) -> Result<Amount, AmountOverflow> {
        self.0.checked_sub(other.0).map(Amount).ok_or(AmountOverflow)
    }
}

impl std::ops::Neg for Amount {
    type Output = Amount;

    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl std::str::FromStr for Amount {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Amount, DecimalError> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let units = i128::try_from(parse_units(digits)?).map_err(|_| DecimalError::TooLarge)?;
        Ok(Amount(if negative { -units } else { units }))
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(format_units(self.0 < 0, self.0.unsigned_abs(), &mut DecimalBuffer::new()))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(format_units(self.0 < 0, self.0.unsigned_abs(), &mut DecimalBuffer::new()))
        } else {
            serializer.serialize_i128(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        if deserializer.is_human_readable() {
            let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
            text.parse().map_err(|error| de::Error::custom(format_args!("{error}: {text:?}")))
        } else {
            i128::deserialize(deserializer).map(Amount)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_survive_text() {
        for (text, units) in [("-0.00000001", -1), ("-12.50000000", -1_250_000_000), ("0.00000000", 0)] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.units(), units);
            assert_eq!(amount.to_string(), text);
        }
        assert_eq!("--1".parse::<Amount>(), Err(DecimalError::Malformed));
        assert_eq!(Amount::from_units(i128::MIN).to_string(), "-1701411834604692317316873037158.84105728");
    }

    #[test]
    fn sums_beyond_the_range_are_reported() {
        assert_eq!(Amount::from_units(i128::MAX).plus(Amount::from_units(1)), Err(AmountOverflow));
        assert_eq!(Amount::from_units(i128::MIN).minus(Amount::from_units(1)), Err(AmountOverflow));
    }
}
