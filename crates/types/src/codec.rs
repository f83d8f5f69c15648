//! The binary form of commands in the journal.
//!
//! One byte of format version, then the command in postcard's stable wire format. A journal is for ever: readers keep
//! every version a release ever wrote. Version 3 is the definitions in [`crate::command`] as they stand; enum variants are
//! numbered by position, so new ones go to the end. Versions 1 and 2 were never released; what they wrote is
//! refused by name.

use crate::Command;

/// The version this build writes.
pub const VERSION: u8 = 3;

/// Why bytes are not a command.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Written before the first release.
    #[error("command format version {0} was given up before the first release; start with an empty data directory")]
    RetiredVersion(u8),
    /// Written by a later release.
    #[error("command format version {0} is not known to this release (it knows up to {VERSION})")]
    UnknownVersion(u8),
    /// Nothing there.
    #[error("an empty command")]
    Empty,
    /// Not a command.
    #[error("a damaged command: {0}")]
    Damaged(postcard::Error),
    /// A command with something behind it.
    #[error("{0} bytes behind a command")]
    Trailing(usize),
}

/// Append the binary form of a command.
pub fn encode(command: &Command, buffer: &mut Vec<u8>) {
    buffer.push(VERSION);
    // Writing to a vector cannot fail, and no field refuses to be serialized.
    postcard::to_io(command, Appending(buffer)).expect("commands serialize");
}

/// Read a command back.
pub fn decode(bytes: &[u8]) -> Result<Command, CodecError> {
    let (&version, body) = bytes.split_first().ok_or(CodecError::Empty)?;
    if (1..VERSION).contains(&version) {
        return Err(CodecError::RetiredVersion(version));
    }
    if version != VERSION {
        return Err(CodecError::UnknownVersion(version));
    }
    let (command, rest) = postcard::take_from_bytes(body).map_err(CodecError::Damaged)?;
    if rest.is_empty() { Ok(command) } else { Err(CodecError::Trailing(rest.len())) }
}

struct Appending<'a>(&'a mut Vec<u8>);

impl std::io::Write for Appending<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
