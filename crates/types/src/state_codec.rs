//! The binary form of state in snapshots: values in postcard's stable wire format, one after the other.
//!
//! Stands under the crates that hold state; each lays out its own in a fixed order, so that the same state has the same
//! bytes. State is written to and read from a stream value by value, so that neither side ever holds all of it twice.
//!
//! Unlike a command, a snapshot need not be readable for ever: whoever does not know its version replays the journal
//! instead. So a layout carries one version number and changes freely with it. Whatever bytes are read, reading ends in
//! values or in an error: no value is larger than [`VALUE_BYTES_MAX`], and nothing is made room for before it is there.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{Read, Write};

/// The most bytes that one value may have.
pub const VALUE_BYTES_MAX: usize = 1 << 16;

/// How much is gathered before it is written, and read at a time.
const BUFFER_BYTES: usize = 4 * VALUE_BYTES_MAX;

/// For how many values room is made before they have been read.
const RESERVED_MAX: usize = 4_096;

/// Why bytes are not a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The stream could not be read or written.
    #[error("the state's bytes could not be read or written: {0}")]
    Stream(#[from] std::io::Error),
    /// Written by another release.
    #[error("state version {found} of the {of} is not known to this release (it knows {known})")]
    UnknownVersion {
        /// Of which part of the state.
        of: &'static str,
        /// What is written.
        found: u8,
        /// What this release reads.
        known: u8,
    },
    /// No value of its kind.
    #[error("a damaged value: {0}")]
    Damaged(postcard::Error),
    /// Longer than any state may be.
    #[error("{count} {what}, where at most {max} can be")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are written.
        count: u64,
        /// How many there may be.
        max: u64,
    },
    /// Values that contradict each other.
    #[error("a state that contradicts itself: {0}")]
    Contradiction(&'static str),
}

/// Fail unless something holds between the values read.
pub fn require(holds: bool, what: &'static str) -> Result<(), StateError> {
    if holds { Ok(()) } else { Err(StateError::Contradiction(what)) }
}

/// Writes values.
pub struct StateWriter<'a> {
    output: &'a mut dyn Write,
    buffer: Vec<u8>,
}

impl<'a> StateWriter<'a> {
    /// To a stream, in large pieces.
    pub fn new(output: &'a mut dyn Write) -> StateWriter<'a> {
        StateWriter { output, buffer: Vec::with_capacity(BUFFER_BYTES + VALUE_BYTES_MAX) }
    }

    /// Write one value.
    pub fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), StateError> {
        let start = self.buffer.len();
        postcard::to_io(value, &mut self.buffer).map_err(StateError::Damaged)?;
        assert!(self.buffer.len() - start <= VALUE_BYTES_MAX, "a value of a state is small");
        if self.buffer.len() >= BUFFER_BYTES {
            self.output.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Write how many values follow.
    pub fn put_count(&mut self, count: usize) -> Result<(), StateError> {
        self.put(&(count as u64))
    }

    /// Hand the rest to the stream.
    pub fn finish(self) -> Result<(), StateError> {
        self.output.write_all(&self.buffer)?;
        Ok(())
    }
}

/// Reads values.
pub struct StateReader<'a> {
    input: &'a mut dyn Read,
    buffer: Vec<u8>,
    at: usize,
    is_at_end: bool,
}

impl<'a> StateReader<'a> {
    /// From a stream, in large pieces.
    pub fn new(input: &'a mut dyn Read) -> StateReader<'a> {
        StateReader { input, buffer: Vec::new(), at: 0, is_at_end: false }
    }

    /// Read one value.
    pub fn take<T: DeserializeOwned>(&mut self) -> Result<T, StateError> {
        self.fill()?;
        let ahead = &self.buffer[self.at..];
        let ahead = &ahead[..ahead.len().min(VALUE_BYTES_MAX)];
        let (value, rest) = postcard::take_from_bytes(ahead).map_err(StateError::Damaged)?;
        self.at += ahead.len() - rest.len();
        Ok(value)
    }

    /// Read how many values follow.
    pub fn take_count(&mut self, what: &'static str, max: usize) -> Result<usize, StateError> {
        let (count, max) = (self.take::<u64>()?, max as u64);
        if count > max { Err(StateError::TooMany { what, count, max }) } else { Ok(count as usize) }
    }

    /// Read values that follow their count.
    pub fn take_all<T: DeserializeOwned>(&mut self, what: &'static str, max: usize) -> Result<Vec<T>, StateError> {
        let count = self.take_count(what, max)?;
        let mut values = Vec::with_capacity(count.min(RESERVED_MAX));
        for _ in 0..count {
            values.push(self.take()?);
        }
        Ok(values)
    }

    /// Read the version of a part of the state, which must be the one known.
    pub fn take_version(&mut self, of: &'static str, known: u8) -> Result<(), StateError> {
        let found = self.take()?;
        if found == known { Ok(()) } else { Err(StateError::UnknownVersion { of, found, known }) }
    }

    /// Make sure that nothing follows.
    pub fn finish(mut self) -> Result<(), StateError> {
        self.fill()?;
        require(self.at == self.buffer.len(), "something stands behind it")
    }

    /// Have a whole value's bytes ahead, unless the stream ends before.
    fn fill(&mut self) -> Result<(), StateError> {
        if self.is_at_end || self.buffer.len() - self.at >= VALUE_BYTES_MAX {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let wanted = (BUFFER_BYTES - self.buffer.len()) as u64;
        let read = self.input.take(wanted).read_to_end(&mut self.buffer)?;
        self.is_at_end = (read as u64) < wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_whatever_pieces_they_were_carried_in() {
        let values: Vec<(u64, String)> = (0..40_000).map(|at| (at * at, "x".repeat(at as usize % 50))).collect();
        let mut bytes = Vec::new();
        let mut writer = StateWriter::new(&mut bytes);
        writer.put_count(values.len()).unwrap();
        values.iter().for_each(|value| writer.put(value).unwrap());
        writer.finish().unwrap();
        let mut input = bytes.as_slice();
        let mut reader = StateReader::new(&mut input);
        assert_eq!(reader.take_all::<(u64, String)>("values", 50_000).unwrap(), values);
        reader.finish().unwrap();
    }

    #[test]
    fn a_count_beyond_its_bound_is_refused_before_anything_is_made_room_for() {
        let bytes = postcard::to_allocvec(&u64::MAX).unwrap();
        let mut input = bytes.as_slice();
        let error = StateReader::new(&mut input).take_all::<u64>("values", 7).unwrap_err();
        assert_eq!(error.to_string(), format!("{} values, where at most 7 can be", u64::MAX));
    }
}
