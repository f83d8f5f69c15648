//! Commands from a log that numbers and times them itself: a replica of a cluster applies what the log holds.
//!
//! Stands before [`crate::Runtime`] on given times. Whatever the log holds uses up its number: a message that is no
//! command of this release is applied as [`Command::Unreadable`], which every replica refuses alike and journals as
//! such. So a replica's journal is an ordinary one.
//!
//! Invariant: numbers follow one another without a gap, or nothing is taken.

use crate::error::SubmitError;
use crate::runtime::Runtime;
use rialto_types::Command;
use rialto_types::codec::{self, CodecError};
use rialto_types::command::Unreadable;
use std::sync::{Mutex, PoisonError};

/// The largest message that is read as a command. The journal holds records up to 1 MiB.
const COMMAND_BYTES_MAX: usize = 512 << 10;

/// How far the log was taken.
pub struct OrderedInput {
    last: Mutex<u64>,
}

impl OrderedInput {
    /// Go on after what a runtime has in its journal.
    pub fn of(runtime: &Runtime) -> OrderedInput {
        OrderedInput { last: Mutex::new(runtime.sequence_at_open()) }
    }

    /// Submit the message that the log holds at a number. Returns why it is no command, if it is none: it was submitted
    /// as [`Command::Unreadable`] then.
    ///
    /// # Errors
    /// `Sequence` if it is not the next one; those of [`Runtime::submit`]. The message was not taken then.
    pub fn submit(
        &self,
        runtime: &Runtime,
        ticket: u64,
        (sequence, time_us): (u64, u64),
        message: &[u8],
    ) -> Result<Option<CodecError>, SubmitError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if sequence != *last + 1 {
            return Err(SubmitError::Sequence { expected: *last + 1, given: sequence });
        }
        let (command, why) = match read(message) {
            Ok(command) => (command, None),
            Err(error) => (Command::Unreadable(Unreadable {}), Some(error)),
        };
        runtime.submit(ticket, command, Some(time_us))?;
        *last = sequence;
        Ok(why)
    }
}

fn read(message: &[u8]) -> Result<Command, CodecError> {
    match message.get(COMMAND_BYTES_MAX..) {
        None | Some([]) => codec::decode(message),
        Some(beyond) => Err(CodecError::Trailing(beyond.len())),
    }
}
