//! The replica: a second state that follows the closed segments of a journal, beside the exchange that writes it.
//!
//! It comes to every state that the live core had and compares it with every hash that the live core recorded; one that
//! differs is an error to stop at, for one of the two is wrong. Where a segment ends and enough commands have been
//! applied since the last snapshot, it recounts everything and writes one. So no snapshot pauses the live core, and each is proof that replaying
//! gives the live state. It changes nothing of the journal and never reads what may not be durable yet.

use crate::error::{ReplayError, ReplicaError, SnapshotTaken};
use crate::replay::{Met, Progress, Replay};
use crate::start::{Candidates, Start};
use rialto_journal::{Journal, JournalError, RealDisk, newest_segment};
use rialto_snapshot::{SnapshotError, SnapshotStore};
use std::path::{Path, PathBuf};

/// A state behind a live one.
pub struct Replica {
    directory: PathBuf,
    store: SnapshotStore,
    replay: Option<Replay>,
    /// The last command of the newest snapshot begun with or written.
    last_snapshot: u64,
    snapshot_commands: u64,
    started: Start,
}

/// How far a replica is after some work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advanced {
    /// The last command applied; 0 before the first.
    pub sequence: u64,
    /// The time of that command, in microseconds since the Unix epoch.
    pub time_us: u64,
    /// How many recorded hashes were found equal since the replica began.
    pub checkpoints: u64,
    /// The last of them: after which command, and the hash.
    pub last_checked: Option<(u64, [u8; 32])>,
    /// The snapshot written, if one was.
    pub snapshot: Option<SnapshotTaken>,
    /// Whether there was nothing more to do: the segment that follows is still being written.
    pub is_idle: bool,
}

impl Replica {
    /// Follow the journal in a directory, and write a snapshot after every so many commands.
    pub fn new(directory: &Path, snapshots: &Path, snapshot_commands: u64) -> Replica {
        Replica {
            directory: directory.to_path_buf(),
            store: SnapshotStore::new(snapshots),
            replay: None,
            last_snapshot: 0,
            snapshot_commands,
            started: Start::default(),
        }
    }

    /// How the replica came to the state it began with; told once it has begun.
    pub fn started(&self) -> &Start {
        &self.started
    }

    /// Apply at most so many commands, or write a snapshot.
    pub fn advance(&mut self, commands_max: u64) -> Result<Advanced, ReplicaError> {
        let closed_until = newest_segment(&self.directory)?.unwrap_or(1);
        if self.replay.is_none() && closed_until > 1 {
            self.begin(closed_until)?;
        }
        let Some(replay) = &mut self.replay else {
            let (sequence, time_us, checkpoints) = (0, 0, 0);
            return Ok(Advanced { sequence, time_us, checkpoints, last_checked: None, snapshot: None, is_idle: true });
        };
        let mut snapshot = None;
        let mut is_idle = closed_until <= replay.engine.sequence() + 1;
        // One that is due is written at the end of what is closed, also when the last turn ended just there.
        if !is_idle || replay.engine.sequence() >= self.last_snapshot + self.snapshot_commands {
            replay.reader.stop_before(closed_until);
            let mut applied = 0;
            let is_at_end = loop {
                match replay.step()? {
                    None => break true,
                    Some(Met::Command { .. }) => applied += 1,
                    Some(Met::Checkpoint) => {}
                }
                if applied >= commands_max {
                    break false;
                }
            };
            if is_at_end && replay.engine.sequence() >= self.last_snapshot + self.snapshot_commands {
                let sequence = replay.engine.sequence();
                replay.engine.audit().map_err(|violation| ReplayError::Violation { sequence, violation })?;
                // Nobody takes what changes here, and it is not written.
                replay.views.forget_changes();
                match self.store.write(&replay.engine, &replay.views, replay.reader.chain_hash()) {
                    Ok(written) => {
                        self.last_snapshot = written.sequence;
                        snapshot = Some(SnapshotTaken { written, is_beside_live: true });
                    }
                    // Someone asked for one by hand; the next segment will do.
                    Err(SnapshotError::BeingWritten { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            is_idle = is_at_end;
        }
        let last_checked = replay.last_checked.map(|checkpoint| (checkpoint.seq, checkpoint.state_hash));
        let (sequence, time_us, checkpoints) = (replay.engine.sequence(), replay.engine.time_us(), replay.checkpoints);
        Ok(Advanced { sequence, time_us, checkpoints, last_checked, snapshot, is_idle })
    }

    fn begin(&mut self, closed_until: u64) -> Result<(), ReplicaError> {
        let candidates = Candidates::below(&self.store, closed_until, u64::MAX, true);
        let (replay, started) = candidates.begin(|loaded| {
            let mut replay = Replay::open(loaded, RealDisk, &self.directory)?;
            // The first step tells whether the snapshot is of this journal.
            replay.reader.stop_before(closed_until);
            replay.step()?;
            Ok(replay)
        })?;
        self.last_snapshot = started.snapshot.unwrap_or(0);
        self.replay = Some(replay);
        self.started = started;
        Ok(())
    }
}

/// Write a snapshot now: of the end of a journal that nobody writes, which is held meanwhile, or of the last closed
/// segment of one that an exchange is writing. `None` where the newest snapshot is of that point already.
pub fn take_snapshot(
    directory: &Path,
    snapshots: &Path,
    progress: &mut impl Progress,
) -> Result<Option<SnapshotTaken>, ReplicaError> {
    let options = rialto_journal::Options { verify_from_seq: u64::MAX, ..rialto_journal::Options::default() };
    let (held, stop_before) = match Journal::open(directory, options) {
        Ok((journal, recovery)) => (Some(journal), recovery.next_seq),
        Err(JournalError::LockHeld { .. }) => (None, newest_segment(directory)?.unwrap_or(1)),
        Err(error) => return Err(error.into()),
    };
    let store = SnapshotStore::new(snapshots);
    if store.sequences()?.first().is_some_and(|&newest| newest + 1 >= stop_before) || stop_before == 1 {
        return Ok(None);
    }
    let candidates = Candidates::below(&store, stop_before, u64::MAX, held.is_some());
    let is_beside_live = held.is_none();
    let (mut replay, _) = candidates.begin(|loaded| {
        let mut replay = Replay::open(loaded, RealDisk, directory)?;
        if is_beside_live {
            replay.reader.stop_before(stop_before);
        }
        while let Some(met) = replay.step()? {
            if let Met::Command { sequence, .. } = met
                && sequence.is_multiple_of(100_000)
            {
                progress.reached(sequence).map_err(ReplayError::Receiver)?;
            }
        }
        Ok(replay)
    })?;
    replay.views.forget_changes();
    let written = store.write(&replay.engine, &replay.views, replay.reader.chain_hash())?;
    drop(held);
    Ok(Some(SnapshotTaken { written, is_beside_live }))
}
