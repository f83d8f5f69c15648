//! Short texts held inline, so that commands and events are plain data.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A printable ASCII text of at most `N` bytes (`N` < 256), held without allocation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

/// A client order id: 1 to 36 characters of letters, digits, `-`, `_`, `.`, `:` and `/`.
pub type ClientOrderId = Text<36>;

/// Why a text cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than the type allows.
    #[error("text of {0} bytes is longer than {1}")]
    TooLong(usize, usize),
    /// A byte outside printable ASCII.
    #[error("text may hold only printable ASCII")]
    NotPrintable,
}

impl<const N: usize> Text<N> {
    /// Copy a text; it must be printable ASCII (0x20 to 0x7E) of at most `N` bytes.
    pub fn new(text: &str) -> Result<Text<N>, TextError> {
        if text.len() > N {
            return Err(TextError::TooLong(text.len(), N));
        }
        if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(TextError::NotPrintable);
        }
        let mut bytes = [0; N];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Text { len: text.len() as u8, bytes })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The bytes of the text, and zeros behind it; a text itself holds none.
    pub fn padded(&self) -> &[u8; N] {
        &self.bytes
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Text<N> {
        Text { len: 0, bytes: [0; N] }
    }
}

impl<const N: usize> std::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<const N: usize> std::fmt::Display for Text<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> Serialize for Text<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<N>, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Text::new(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_printable_ascii_is_held() {
        assert_eq!(Text::<4>::new("abcd").unwrap().as_str(), "abcd");
        assert_eq!(Text::<4>::new("abcde"), Err(TextError::TooLong(5, 4)));
        assert_eq!(Text::<4>::new("é"), Err(TextError::NotPrintable));
        assert_eq!(Text::<4>::new("a\n"), Err(TextError::NotPrintable));
    }
}
