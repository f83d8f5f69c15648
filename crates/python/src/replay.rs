//! Replaying and verifying journals that nobody writes to, or that another process does.

use crate::errors::from_replay;
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

/// Replay a journal and recount everything at its end.
#[pyfunction]
#[pyo3(signature = (directory, *, on_progress=None))]
pub(crate) fn verify(py: Python<'_>, directory: PathBuf, on_progress: Option<Py<PyAny>>) -> PyResult<Report> {
    let mut listeners = Listeners { on_outcomes: None, on_progress };
    let report = py.detach(|| rialto_runtime::verify(&directory, &mut listeners)).map_err(from_replay)?;
    Ok(Report {
        sequence: report.sequence,
        time_us: report.time_us,
        state_hash: report.state_hash,
        refused: report.refused,
        checkpoints: report.checkpoints,
        counts: report.counts,
    })
}
