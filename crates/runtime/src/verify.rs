//! Verifying a journal: readable to its end, replayable, conserving, and what it holds.

use crate::error::ReplayError;
use crate::replay::{Progress, replay};
use crate::start::come_to_state_reading;
use std::path::Path;

/// What a sound journal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The last sequence number; the number of commands.
    pub sequence: u64,
    /// The time of the last command, in microseconds since the Unix epoch.
    pub time_us: u64,
    /// The state hash after it, in hexadecimal.
    pub state_hash: String,
    /// How many commands were refused.
    pub refused: u64,
    /// How many recorded state hashes were checked.
    pub checkpoints: u64,
    /// How many of what the state holds.
    pub counts: Vec<(&'static str, usize)>,
    /// The snapshot that was begun with, if one was; the numbers of commands and checkpoints are those behind it.
    pub snapshot: Option<u64>,
}

/// Replay a journal and recount everything at its end. Reads only.
///
/// Fails on damage, on a state that differs from a recorded hash, and on money made, lost or locked without cause.
///
/// With `snapshots`, it begins with the newest sound one there and takes it for granted what led to it.
pub fn verify(directory: &Path, snapshots: Option<&Path>, progress: &mut impl Progress) -> Result<Report, ReplayError> {
    let (replayed, snapshot) = match snapshots {
        None => (replay(directory, u64::MAX, progress)?, None),
        Some(snapshots) => {
            let (replayed, start) = come_to_state_reading(directory, snapshots, progress)?;
            (replayed, start.snapshot)
        }
    };
    let engine = &replayed.engine;
    engine.audit().map_err(|violation| ReplayError::Violation { sequence: engine.sequence(), violation })?;
    Ok(Report {
        sequence: engine.sequence(),
        time_us: engine.time_us(),
        state_hash: engine.state_hash_text(),
        refused: replayed.refused,
        checkpoints: replayed.checkpoints,
        counts: engine.counts().to_vec(),
        snapshot,
    })
}
