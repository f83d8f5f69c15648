//! What can go wrong in the journal, in words a person can act on.
//!
//! Three families: a refusal of what the caller asked (nothing was written, the journal goes on), a failure of the
//! disk (final for the journal that met it), and damage found while reading (nothing on disk is changed).

use std::io;
use std::path::{Path, PathBuf};

/// State why the journal refused, failed or would not open.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another journal holds the directory.
    #[error("journal directory {} is in use by another process (its journal.lock is held): stop that process, or choose another directory", dir.display())]
    LockHeld {
        /// The directory that is in use.
        dir: PathBuf,
    },
    /// The operating system refused an operation.
    #[error("cannot {action} {}: {source}", path.display())]
    IoFailure {
        /// What was attempted, as a verb.
        action: &'static str,
        /// The file or directory it was attempted on.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// A disk operation failed earlier; nothing more is written or read.
    #[error(
        "the journal stopped at an earlier failure and must be reopened once its cause is removed; the failure was: {reason}"
    )]
    Poisoned {
        /// The first failure.
        reason: String,
    },
    /// Stored bytes are not what was written, other than at the very end.
    #[error("{} is damaged at offset {offset}: expected {expected}, found {found}; nothing was changed: restore the file from a backup or a replica", file.display())]
    Damage {
        /// The damaged segment.
        file: PathBuf,
        /// Where in the (uncompressed) segment the damaged header, frame or record begins.
        offset: u64,
        /// What should stand there.
        expected: String,
        /// What does.
        found: String,
    },
    /// A segment is not there.
    #[error("journal directory {} lacks the segment that holds sequence {expected_seq}: {detail}", dir.display())]
    MissingSegment {
        /// The journal's directory.
        dir: PathBuf,
        /// The first sequence that is missing.
        expected_seq: u64,
        /// How that was seen and what to do.
        detail: String,
    },
    /// Archived segments are not where they were put.
    #[error("sequences {from_seq} to {to_seq} are needed, and were archived in files that are not there: {files}; bring them back ({} holds their hashes)", manifest.display())]
    AbsentArchive {
        /// The first sequence in them.
        from_seq: u64,
        /// The last sequence in them.
        to_seq: u64,
        /// Where they were put.
        files: String,
        /// The list of all archived segments.
        manifest: PathBuf,
    },
    /// A file has the name of a segment and is not that segment.
    #[error("{} has the name of the segment with sequence {seq} and is another file: move it away, or choose another directory", file.display())]
    ForeignFile {
        /// The file.
        file: PathBuf,
        /// The first sequence of the segment.
        seq: u64,
    },
    /// A copy of the journal holds another history.
    #[error("{} holds another history than {}: after sequence {seq} they differ; choose another directory", copy.display(), dir.display())]
    ForeignHistory {
        /// The copy's directory.
        copy: PathBuf,
        /// The journal's directory.
        dir: PathBuf,
        /// The last sequence in the copy.
        seq: u64,
    },
    /// The sequence asked for is beyond the end.
    #[error("sequence {asked} was asked for, and {} reaches only {reached}", dir.display())]
    BeyondEnd {
        /// The journal's directory.
        dir: PathBuf,
        /// The sequence that was asked for.
        asked: u64,
        /// The last sequence there.
        reached: u64,
    },
    /// Whoever started it has stopped it.
    #[error("stopped before it was done")]
    Interruption,
    /// A segment was written by a later release.
    #[error("{} has journal format {version}, this release reads format {supported}: use the release that wrote it", file.display())]
    UnsupportedVersion {
        /// The segment.
        file: PathBuf,
        /// The version it states.
        version: u32,
        /// The version this release reads.
        supported: u32,
    },
    /// An intact frame is of a kind, or carries flags, that this release does not know.
    #[error("{} holds at offset {offset} a frame of unknown kind {kind} (flags {flags}): use the release that wrote it", file.display())]
    UnsupportedFrame {
        /// The segment.
        file: PathBuf,
        /// Where the frame begins.
        offset: u64,
        /// The kind it states.
        kind: u16,
        /// The flags it carries.
        flags: u16,
    },
    /// A record's sequence is not the one after its predecessor's.
    #[error("sequence {found} offered where {expected} is next: sequence numbers have no gap and are never reused")]
    SequenceGap {
        /// The next sequence.
        expected: u64,
        /// The sequence offered.
        found: u64,
    },
    /// A record's time is before its predecessor's.
    #[error("time {found_us} µs offered after {last_us} µs: times in the journal never decrease")]
    TimeRegression {
        /// The time of the entry before.
        last_us: u64,
        /// The time offered.
        found_us: u64,
    },
    /// A record is larger than the format allows.
    #[error("record {seq} has {bytes} bytes, at most {max} are allowed")]
    OversizedRecord {
        /// Its sequence.
        seq: u64,
        /// Its payload's size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// One more record would make the batch larger than the format allows.
    #[error("record {seq} would make the batch {bytes} bytes, at most {max} are allowed: append the batch first")]
    OversizedBatch {
        /// The sequence of the record that did not fit.
        seq: u64,
        /// The size the batch would have had.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A checkpoint is not for the last sequence in the journal.
    #[error(
        "checkpoint for sequence {found} offered while the journal ends at {expected}: a checkpoint states the last one"
    )]
    MisplacedCheckpoint {
        /// The last sequence in the journal.
        expected: u64,
        /// The checkpoint's sequence.
        found: u64,
    },
    /// The sequence numbers are used up.
    #[error("sequence numbers are used up after {last}")]
    SequenceExhaustion {
        /// The last usable sequence.
        last: u64,
    },
    /// An option has a value out of its range.
    #[error("option {name} is {value}, it must be from {min} to {max}")]
    InvalidOption {
        /// The option.
        name: &'static str,
        /// Its value.
        value: u64,
        /// The least allowed.
        min: u64,
        /// The most allowed.
        max: u64,
    },
}

impl JournalError {
    /// Make the adapter that names the operation and the path of an `io::Error`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> JournalError {
        move |source| JournalError::IoFailure { action, path: path.to_path_buf(), source }
    }
}
