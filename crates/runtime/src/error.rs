//! What can go wrong around the core.

use rialto_engine::Violation;
use rialto_journal::JournalError;
use rialto_types::codec::CodecError;

/// Why a submission was not taken. Nothing of it was or will be journalled.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The queue is full; try again.
    #[error("the core's queue is full ({capacity} submissions are under way); try again")]
    Busy {
        /// How many submissions may be under way.
        capacity: usize,
    },
    /// The runtime has stopped.
    #[error("the core has stopped: {0}")]
    Stopped(String),
    /// The runtime runs on the wall clock and gives times itself, or on given times and got none.
    #[error("{0}")]
    Time(&'static str),
    /// The log's number does not follow the last one.
    #[error("command {given} was given where {expected} follows: the log has a gap; replace this replica's journal")]
    Sequence {
        /// The next number.
        expected: u64,
        /// The number given.
        given: u64,
    },
}

/// Why a journal cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal itself is unreadable.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A record is not a command this release knows.
    #[error("command {sequence}: {source}")]
    Command {
        /// Which one.
        sequence: u64,
        /// What is wrong with it.
        source: CodecError,
    },
    /// The replayed state is not the state that was recorded.
    #[error("after command {sequence} the journal recorded state {recorded}, but replaying gives {replayed}")]
    StateDiverged {
        /// After which command.
        sequence: u64,
        /// The recorded state hash.
        recorded: String,
        /// The replayed one.
        replayed: String,
    },
    /// The replayed state breaks an invariant.
    #[error("after command {sequence}: {violation}")]
    Violation {
        /// After which command.
        sequence: u64,
        /// Which invariant.
        violation: Violation,
    },
    /// The receiver of replayed outcomes gave up.
    #[error("the receiver of replayed outcomes failed: {0}")]
    Receiver(String),
}

/// Why a runtime cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal cannot be opened for writing.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// Threads or the wake-up pipe could not be made.
    #[error("cannot start the runtime: {0}")]
    Start(#[from] std::io::Error),
}
