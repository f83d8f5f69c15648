//! Coming to the state of a journal, on whatever disk it stands.

use crate::error::OpenError;
use crate::replay::{Progress, Replayed};
use crate::runtime::Options;
use crate::start::{Start, come_to_state};
use rialto_journal::{Disk, Journal, Recovery};
use std::path::Path;

/// A journal open for writing, and the state it comes to.
pub(crate) struct Opened<D: Disk> {
    pub(crate) journal: Journal<D>,
    pub(crate) recovery: Recovery,
    pub(crate) replayed: Replayed,
    pub(crate) start: Start,
}

/// Open a journal and come to its state, from a snapshot where there is a sound one; outcomes from `outcomes_from` on are
/// handed to `progress`.
pub(crate) fn open_journal<D: Disk>(
    disk: D,
    directory: &Path,
    options: &Options,
    outcomes_from: u64,
    progress: &mut impl Progress,
) -> Result<Opened<D>, OpenError> {
    // The replay below checks every frame; the writer needs only the end.
    let journal_options = rialto_journal::Options { verify_from_seq: u64::MAX, ..options.journal.clone() };
    let (journal, recovery) = Journal::open_on(disk.clone(), directory, journal_options)?;
    let snapshots = options.snapshots.as_deref();
    let (replayed, start) = come_to_state(disk, directory, snapshots, recovery.next_seq, outcomes_from, progress)?;
    Ok(Opened { journal, recovery, replayed, start })
}
