//! Coming to the state of a journal: from the newest snapshot that is sound, else from the one before, else from the
//! first command.

use crate::error::ReplayError;
use crate::replay::{Progress, Replayed, replay_from};
use rialto_journal::{Disk, RealDisk};
use rialto_snapshot::{Loaded, SnapshotStore};
use std::path::Path;

/// How a state was come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The sequence of the snapshot that was begun with; `None` where everything was replayed.
    pub snapshot: Option<u64>,
    /// How many commands were replayed.
    pub replayed: u64,
    /// Of every newer snapshot, why it was passed over, for people.
    pub passed_over: Vec<String>,
}

/// What may be begun with.
pub(crate) struct Candidates<'a, D: Disk> {
    store: &'a SnapshotStore<D>,
    sequences: std::vec::IntoIter<u64>,
    /// Whether bad snapshots are renamed: by who holds the journal, and by who writes snapshots.
    sets_aside: bool,
    passed_over: Vec<String>,
}

impl<'a, D: Disk> Candidates<'a, D> {
    /// The snapshots of sequences below two bounds: what the journal holds, and what is asked of the replay.
    pub(crate) fn below(
        store: &'a SnapshotStore<D>,
        next_sequence: u64,
        outcomes_from: u64,
        sets_aside: bool,
    ) -> Candidates<'a, D> {
        let mut passed_over = Vec::new();
        let mut sequences = store.sequences().unwrap_or_else(|error| {
            passed_over.push(error.to_string());
            Vec::new()
        });
        sequences.retain(|&sequence| {
            let is_in_journal = sequence < next_sequence;
            let is_early = sequence < outcomes_from;
            if !is_in_journal {
                let path = store.path(sequence);
                let last = next_sequence.saturating_sub(1);
                passed_over.push(format!("{} is ahead of the journal, which ends at {last}", path.display()));
            } else if !is_early {
                let path = store.path(sequence);
                passed_over.push(format!(
                    "{} is ahead of the projections, which must see every outcome from {outcomes_from} on",
                    path.display()
                ));
            }
            is_in_journal && is_early
        });
        Candidates { store, sequences: sequences.into_iter(), sets_aside, passed_over }
    }

    /// The newest one left that is sound.
    fn next(&mut self) -> Option<Loaded> {
        for sequence in self.sequences.by_ref() {
            let error = match self.store.load(sequence) {
                Ok(loaded) => return Some(loaded),
                Err(error) => error,
            };
            let mut why = error.to_string();
            if self.sets_aside && error.is_of_file() {
                why += &match self.store.set_aside(sequence) {
                    Ok(aside) => format!("; it was set aside as {}", aside.display()),
                    Err(error) => format!("; it could not be set aside: {error}"),
                };
            }
            self.passed_over.push(why);
        }
        None
    }

    /// Begin with the newest sound one that a use can be made of; `None` begins with the first command.
    pub(crate) fn begin<T>(
        mut self,
        mut start: impl FnMut(Option<Loaded>) -> Result<T, ReplayError>,
    ) -> Result<(T, Start), ReplayError> {
        loop {
            let loaded = self.next();
            let snapshot = loaded.as_ref().map(|loaded| loaded.position.sequence);
            match start(loaded) {
                Err(ReplayError::ForeignSnapshot { sequence }) => {
                    let path = self.store.path(sequence);
                    self.passed_over.push(format!("{} is of another journal than this one", path.display()));
                }
                started => {
                    let passed_over = self.passed_over;
                    return started.map(|started| (started, Start { snapshot, replayed: 0, passed_over }));
                }
            }
        }
    }
}

/// Come to the state at the end of a journal.
///
/// `snapshots` is where they are, if any are to be begun with; `next_sequence` bounds them to what the journal holds.
/// Outcomes from `outcomes_from` on are handed to `progress`, so no snapshot at or beyond it is begun with.
pub(crate) fn come_to_state<D: Disk>(
    disk: D,
    directory: &Path,
    snapshots: Option<&Path>,
    next_sequence: u64,
    outcomes_from: u64,
    progress: &mut impl Progress,
) -> Result<(Replayed, Start), ReplayError> {
    let Some(snapshots) = snapshots else {
        let replayed = replay_from(None, disk, directory, outcomes_from, progress)?;
        let start = Start { replayed: replayed.commands, ..Start::default() };
        return Ok((replayed, start));
    };
    let store = SnapshotStore::on(disk.clone(), snapshots);
    let candidates = Candidates::below(&store, next_sequence, outcomes_from, true);
    let (replayed, start) =
        candidates.begin(|loaded| replay_from(loaded, disk.clone(), directory, outcomes_from, &mut *progress))?;
    let start = Start { replayed: replayed.commands, ..start };
    Ok((replayed, start))
}

/// The same for a reader beside whoever holds the journal: nothing is renamed, and nobody is told outcomes.
pub(crate) fn come_to_state_reading(
    directory: &Path,
    snapshots: &Path,
    progress: &mut impl Progress,
) -> Result<(Replayed, Start), ReplayError> {
    let store = SnapshotStore::new(snapshots);
    let candidates = Candidates::below(&store, u64::MAX, u64::MAX, false);
    candidates.begin(|loaded| replay_from(loaded, RealDisk, directory, u64::MAX, &mut *progress))
}
