//! What can go wrong around the core.

use rialto_engine::Violation;
use rialto_journal::JournalError;
use rialto_snapshot::{SnapshotError, Written};
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
    #[error(
        "after command {sequence} the journal recorded state {recorded}, but replaying gives {whole} (of a part: {part})"
    )]
    StateDiverged {
        /// After which command.
        sequence: u64,
        /// The recorded state hash.
        recorded: String,
        /// That of a part of the replayed state.
        part: String,
        /// That of the whole replayed state.
        whole: String,
    },
    /// The journal is not the one that a snapshot was taken of.
    #[error("the snapshot of command {sequence} is of another journal than this one")]
    ForeignSnapshot {
        /// The last command in it.
        sequence: u64,
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

/// Why a replica cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// The journal cannot be read or held.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be replayed, or leads to another state than the live one.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A snapshot cannot be written.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

impl ReplicaError {
    /// Whether the states differ, or the state breaks an invariant: then something is wrong that trying again does not
    /// mend.
    pub fn is_divergence(&self) -> bool {
        matches!(self, ReplicaError::Replay(ReplayError::StateDiverged { .. } | ReplayError::Violation { .. }))
    }
}

/// A snapshot that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotTaken {
    /// What was written.
    pub written: Written,
    /// Whether an exchange was writing the journal, so that the snapshot is of its last closed segment.
    pub is_beside_live: bool,
}
