//! Replaying and verifying journals that nobody writes to, or that another process does.

use crate::errors::{from_journal, from_replay};
use crate::progress::Listeners;
use pyo3::prelude::*;
use std::path::PathBuf;

/// What a sound journal holds.
#[pyclass(frozen, get_all, module = "rialto_core")]
pub(crate) struct Report {
    sequence: u64,
    time_us: u64,
    state_hash: String,
    refused: u64,
    checkpoints: u64,
    counts: Vec<(&'static str, usize)>,
    snapshot: Option<u64>,
}

/// Replay a journal, handing outcomes from a sequence number on to a callable, and return the last sequence number.
#[pyfunction]
#[pyo3(signature = (directory, *, outcomes_from, on_outcomes, on_progress=None))]
pub(crate) fn replay(
    py: Python<'_>,
    directory: PathBuf,
    outcomes_from: u64,
    on_outcomes: Py<PyAny>,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<u64> {
    let mut listeners = Listeners { on_outcomes: Some(on_outcomes), on_progress };
    let replayed = py.detach(|| rialto_runtime::replay(&directory, outcomes_from, &mut listeners));
    replayed.map(|replayed| replayed.engine.sequence()).map_err(from_replay)
}

/// Replay a journal and recount everything at its end; with snapshots, only what follows the newest sound one.
#[pyfunction]
#[pyo3(signature = (directory, *, snapshots=None, on_progress=None))]
pub(crate) fn verify(
    py: Python<'_>,
    directory: PathBuf,
    snapshots: Option<PathBuf>,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<Report> {
    let mut listeners = Listeners { on_outcomes: None, on_progress };
    let verified = py.detach(|| rialto_runtime::verify(&directory, snapshots.as_deref(), &mut listeners));
    let report = verified.map_err(from_replay)?;
    Ok(Report {
        sequence: report.sequence,
        time_us: report.time_us,
        state_hash: report.state_hash,
        refused: report.refused,
        checkpoints: report.checkpoints,
        counts: report.counts,
        snapshot: report.snapshot,
    })
}

/// The first sequence number of the segment that is being written; nothing in a directory without segments.
#[pyfunction]
pub(crate) fn newest_segment(directory: PathBuf) -> PyResult<Option<u64>> {
    rialto_journal::newest_segment(&directory).map_err(from_journal)
}
