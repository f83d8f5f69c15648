//! The replica and snapshots as Python classes and functions.

use crate::errors::{SnapshotFailed, from_replica};
use crate::progress::Listeners;
use pyo3::prelude::*;
use rialto_runtime::SnapshotTaken;
use rialto_snapshot::SnapshotStore;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A state behind a live one.
#[pyclass(frozen, module = "rialto_core")]
pub(crate) struct Replica {
    inner: Mutex<rialto_runtime::Replica>,
}

/// How far a replica is after some work.
#[pyclass(frozen, get_all, module = "rialto_core")]
pub(crate) struct Advanced {
    sequence: u64,
    time_us: u64,
    checkpoints: u64,
    checked_sequence: u64,
    checked_hash: String,
    snapshot: Option<Py<Snapshot>>,
    is_idle: bool,
}

/// A snapshot that was written.
#[pyclass(frozen, get_all, module = "rialto_core")]
pub(crate) struct Snapshot {
    sequence: u64,
    bytes: u64,
    path: PathBuf,
    is_beside_live: bool,
}

impl Snapshot {
    fn of(taken: SnapshotTaken) -> Snapshot {
        let SnapshotTaken { written, is_beside_live } = taken;
        Snapshot { sequence: written.sequence, bytes: written.bytes, path: written.file, is_beside_live }
    }
}

fn in_hexadecimal(hash: [u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[pymethods]
impl Replica {
    /// Follow the closed segments of a journal, and write a snapshot after every so many commands.
    #[new]
    #[pyo3(signature = (directory, snapshots, *, snapshot_commands))]
    fn new(directory: PathBuf, snapshots: PathBuf, snapshot_commands: u64) -> Replica {
        Replica { inner: Mutex::new(rialto_runtime::Replica::new(&directory, &snapshots, snapshot_commands)) }
    }

    /// Apply at most so many commands, or write a snapshot.
    fn advance(&self, py: Python<'_>, commands_max: u64) -> PyResult<Advanced> {
        let advanced = py.detach(|| self.inner.lock().unwrap_or_else(PoisonError::into_inner).advance(commands_max));
        let advanced = advanced.map_err(from_replica)?;
        let snapshot = advanced.snapshot.map(|taken| Py::new(py, Snapshot::of(taken))).transpose()?;
        let rialto_runtime::Advanced { sequence, time_us, checkpoints, last_checked, is_idle, .. } = advanced;
        let (checked_sequence, hash) = last_checked.unwrap_or_default();
        let checked_hash = if checked_sequence == 0 { String::new() } else { in_hexadecimal(hash) };
        Ok(Advanced { sequence, time_us, checkpoints, checked_sequence, checked_hash, snapshot, is_idle })
    }

    /// The sequence of the snapshot that it began with; none where it began with the first command.
    #[getter]
    fn begun_with(&self) -> Option<u64> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).started().snapshot
    }

    /// Of every newer snapshot, why it was passed over, for people.
    #[getter]
    fn passed_over(&self) -> Vec<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).started().passed_over.clone()
    }
}

/// Write a snapshot now, or return nothing where the newest is of the same point.
#[pyfunction]
#[pyo3(signature = (directory, snapshots, *, on_progress=None))]
pub(crate) fn take_snapshot(
    py: Python<'_>,
    directory: PathBuf,
    snapshots: PathBuf,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<Option<Snapshot>> {
    let mut listeners = Listeners { on_outcomes: None, on_progress };
    let taken = py.detach(|| rialto_runtime::take_snapshot(&directory, &snapshots, &mut listeners));
    Ok(taken.map_err(from_replica)?.map(Snapshot::of))
}

/// The sequences of the snapshots in a directory, newest first, and from where on the journal is needed beside them.
#[pyfunction]
pub(crate) fn snapshots_in(directory: PathBuf) -> PyResult<(Vec<u64>, Option<u64>)> {
    let store = SnapshotStore::new(&directory);
    let found = store.sequences().and_then(|sequences| Ok((sequences, store.retain_from()?)));
    found.map_err(|error| SnapshotFailed::new_err(error.to_string()))
}
