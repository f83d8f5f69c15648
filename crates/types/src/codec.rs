//! The binary form of commands in the journal.
//!
//! One byte of format version, then the command in postcard's stable wire format. A journal is for ever: readers keep
//! every version a release ever wrote, and golden journals hold them to it. Version 3 is the definitions in
//! [`crate::command`] as they stand; enum variants are numbered by position, so new ones go to the end. Versions 1 and 2
//! were never released; what they wrote is refused by name.
//!
//! A definition in version 3 cannot change, not even by a field at its end: postcard writes no names and no counts.
//! Whoever needs another shape copies the definitions as they are into a module of their own, `codec::v3`, with a
//! conversion into the new ones, and gives version 4 the new ones; a new variant alone needs no new version.

use crate::Command;
use serde::Deserialize;

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
    match version {
        1 | 2 => Err(CodecError::RetiredVersion(version)),
        3 => decode_whole(body),
        // Version 4 is decoded here, beside version 3, which stays.
        _ => Err(CodecError::UnknownVersion(version)),
    }
}

fn decode_whole<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, CodecError> {
    let (command, rest) = postcard::take_from_bytes(body).map_err(CodecError::Damaged)?;
    if rest.is_empty() { Ok(command) } else { Err(CodecError::Trailing(rest.len())) }
}

const _: () = assert!(VERSION == 3, "what is written is decoded above");

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
