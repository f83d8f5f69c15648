//! The hash of a whole state, fed field by field in one canonical order.

use crate::Amount;

/// Collects state into one BLAKE3 hash. Every value has a fixed width or carries its length, so that no two states
/// feed the same bytes.
pub struct Fingerprint {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

/// Small updates cost a hash function dearly; they are gathered up to this many bytes.
const BUFFER_BYTES: usize = 64 * 1024;

impl Default for Fingerprint {
    fn default() -> Fingerprint {
        Fingerprint { hasher: blake3::Hasher::new(), buffer: Vec::with_capacity(BUFFER_BYTES + 64) }
    }
}

impl Fingerprint {
    /// Feed a number.
    pub fn number(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    /// Feed an amount.
    pub fn amount(&mut self, value: Amount) {
        self.raw(&value.units().to_le_bytes());
    }

    /// Feed bytes, preceded by their length.
    pub fn bytes(&mut self, value: &[u8]) {
        self.number(value.len() as u64);
        self.raw(value);
    }

    fn raw(&mut self, value: &[u8]) {
        self.buffer.extend_from_slice(value);
        if self.buffer.len() >= BUFFER_BYTES {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// The hash of everything fed.
    pub fn finish(mut self) -> [u8; 32] {
        self.hasher.update(&self.buffer);
        *self.hasher.finalize().as_bytes()
    }
}
