//! Decimal text with at most eight places, and the two unsigned quantities an order speaks in.
//!
//! One unit is 1e-8. Parsing never rounds: a ninth decimal is an error, not a loss.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Decimal places of every amount, price and quantity.
pub const DECIMALS: usize = 8;

/// Units in one whole: 10^8.
pub const ONE: u64 = 100_000_000;

/// Why a text is not a decimal number this exchange can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text has no digits, or a character that is not part of a plain decimal number.
    #[error("not a decimal number")]
    Malformed,
    /// More than eight decimal places.
    #[error("more than 8 decimal places")]
    TooPrecise,
    /// Larger than the type can hold.
    #[error("too large")]
    TooLarge,
}

/// Parse an unsigned decimal (`12`, `0.5`, `.5`, `12.`) into units of 1e-8.
///
/// Trailing zeros beyond the eighth place are accepted, because they lose nothing. Signs, exponents, separators and
/// blanks are refused.
pub fn parse_units(text: &str) -> Result<u128, DecimalError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(DecimalError::Malformed);
    }
    let mut units: u128 = 0;
    for digit in whole.bytes() {
        units = push_digit(units, digit)?;
    }
    let mut places = 0;
    for digit in fraction.bytes() {
        if places == DECIMALS {
            match digit {
                b'0' => continue,
                b'1'..=b'9' => return Err(DecimalError::TooPrecise),
                _ => return Err(DecimalError::Malformed),
            }
        }
        units = push_digit(units, digit)?;
        places += 1;
    }
    for _ in places..DECIMALS {
        units = units.checked_mul(10).ok_or(DecimalError::TooLarge)?;
    }
    Ok(units)
}

fn push_digit(units: u128, digit: u8) -> Result<u128, DecimalError> {
    if !digit.is_ascii_digit() {
        return Err(DecimalError::Malformed);
    }
    units.checked_mul(10).and_then(|n| n.checked_add(u128::from(digit - b'0'))).ok_or(DecimalError::TooLarge)
}

/// The longest text [`format_units`] writes: sign, 39 digits and a point.
const TEXT_MAX: usize = 42;

/// Where a decimal text is written, so that none is allocated.
pub(crate) struct DecimalBuffer([u8; TEXT_MAX]);

impl DecimalBuffer {
    pub(crate) fn new() -> DecimalBuffer {
        DecimalBuffer([0; TEXT_MAX])
    }
}

/// Eight times the character `0`.
const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// Split a number below 10^8 into its eight digits, the first one in the lowest byte.
///
/// Each step halves what is left of a lane, in all lanes at once; the factors are reciprocals of 100 and of 10, exact
/// for numbers below 10,000 and below 100.
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let upper_pairs = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = upper_pairs | ((fours - upper_pairs * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((pairs - tens * 10) << 8)
}

/// Write units of 1e-8 with exactly eight decimal places, as the API does.
///
/// Most of what leaves the core is decimals, so this is written for speed.
pub(crate) fn format_units(negative: bool, units: u128, buffer: &mut DecimalBuffer) -> &str {
    if units == 0 {
        // Two in five of what the core states.
        return "0.00000000";
    }
    let buffer = &mut buffer.0;
    // Machine words divide several times faster than 128-bit numbers, and almost every amount fits one.
    let (mut whole, fraction) = match u64::try_from(units) {
        Ok(small) => (u128::from(small / ONE), small % ONE),
        Err(_) => (units / u128::from(ONE), (units % u128::from(ONE)) as u64),
    };
    let mut start = TEXT_MAX - DECIMALS - 1;
    buffer[start] = b'.';
    buffer[start + 1..].copy_from_slice(&(eight_digits(fraction) | ZEROS).to_le_bytes());
    let mut put_eight = |digits: u64| {
        start -= 8;
        buffer[start..start + 8].copy_from_slice(&(digits | ZEROS).to_le_bytes());
        start
    };
    while whole > u128::from(u64::MAX) {
        put_eight(eight_digits((whole % u128::from(ONE)) as u64));
        whole /= u128::from(ONE);
    }
    let mut whole = whole as u64;
    while whole >= ONE {
        put_eight(eight_digits(whole % ONE));
        whole /= ONE;
    }
    let digits = eight_digits(whole);
    // Leading zeros go, up to the last digit before the point.
    let mut start = put_eight(digits) + (digits.trailing_zeros() / 8).min(7) as usize;
    if negative {
        start -= 1;
        buffer[start] = b'-';
    }
    std::str::from_utf8(&buffer[start..]).unwrap_or_default()
}

macro_rules! unsigned_decimal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Zero.
            pub const ZERO: Self = Self(0);
            /// The largest value accepted anywhere: 92,233,720,368.54775807, which every signed 64-bit client can hold.
            pub const MAX: Self = Self(i64::MAX as u64);

            /// From units of 1e-8; `None` beyond [`Self::MAX`].
            pub const fn from_units(units: u64) -> Option<Self> {
                if units > i64::MAX as u64 { None } else { Some(Self(units)) }
            }

            /// In units of 1e-8.
            pub const fn units(self) -> u64 {
                self.0
            }

            /// Whether this is zero.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }

        impl std::str::FromStr for $name {
            type Err = DecimalError;

            fn from_str(text: &str) -> Result<Self, DecimalError> {
                let units = u64::try_from(parse_units(text)?).map_err(|_| DecimalError::TooLarge)?;
                Self::from_units(units).ok_or(DecimalError::TooLarge)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(format_units(false, u128::from(self.0), &mut DecimalBuffer::new()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(format_units(false, u128::from(self.0), &mut DecimalBuffer::new()))
                } else {
                    serializer.serialize_u64(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(|error| de::Error::custom(format_args!("{error}: {text:?}")))
                } else {
                    let units = u64::deserialize(deserializer)?;
                    Self::from_units(units).ok_or_else(|| de::Error::custom(DecimalError::TooLarge))
                }
            }
        }
    };
}

unsigned_decimal!(
    /// A price in units of 1e-8 of the quote asset for one whole unit of the base asset.
    Price
);
unsigned_decimal!(
    /// A quantity of the base asset in units of 1e-8.
    Quantity
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_refused() {
        let check = |text: &str, expected: Result<u64, DecimalError>| {
            assert_eq!(text.parse::<Price>().map(Price::units), expected, "{text:?}");
        };
        check("1", Ok(ONE));
        check("0.00000001", Ok(1));
        check(".5", Ok(ONE / 2));
        check("5.", Ok(5 * ONE));
        check("61685.99000000", Ok(6_168_599_000_000));
        check("1.000000000", Ok(ONE));
        check("0.000000001", Err(DecimalError::TooPrecise));
        check("0.000000010x", Err(DecimalError::Malformed));
        check("92233720368.54775807", Ok(i64::MAX as u64));
        check("92233720368.54775808", Err(DecimalError::TooLarge));
        check("1000000000000000000000000000000000000000000", Err(DecimalError::TooLarge));
        for malformed in ["", ".", "-1", "+1", "1e3", " 1", "1 ", "1,0", "1.2.3", "０", "NaN"] {
            check(malformed, Err(DecimalError::Malformed));
        }
    }

    #[test]
    fn text_has_eight_places_and_reads_back() {
        for units in [0, 1, 99_999_999, ONE, ONE + 1, i64::MAX as u64] {
            let price = Price::from_units(units).unwrap();
            let text = price.to_string();
            assert_eq!(text.split_once('.').unwrap().1.len(), DECIMALS);
            assert_eq!(text.parse::<Price>().unwrap(), price);
        }
        for (units, text) in [
            (6_168_599_000_000, "61685.99000000"),
            (1_000_000_070_605_040, "10000000.70605040"),
            (9_900_000_000, "99.00000000"),
            (10_000_000_001, "100.00000001"),
        ] {
            assert_eq!(Price::from_units(units).unwrap().to_string(), text);
        }
    }

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..ONE).step_by(9_973).chain([9, 10, 99, 100, 9_999, 10_000, ONE - 1]) {
            let text = String::from_utf8((eight_digits(number) | ZEROS).to_le_bytes().to_vec()).unwrap();
            assert_eq!(text, format!("{number:08}"));
        }
    }

    #[test]
    fn every_width_reads_back() {
        let mut units: u128 = 1;
        while let Some(larger) = units.checked_mul(7) {
            let mut buffer = DecimalBuffer::new();
            let text = format_units(false, units, &mut buffer);
            assert_eq!(parse_units(text), Ok(units), "{text}");
            assert!(!text.starts_with("00"), "{text}");
            units = larger;
        }
        assert_eq!(
            format_units(true, u128::MAX, &mut DecimalBuffer::new()),
            "-3402823669209384634633746074317.68211455"
        );
    }
}
