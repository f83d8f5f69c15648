//! The embedded runtime as a Python class.

use crate::errors::{RuntimeStopped, from_journal, from_open, from_submit};
use crate::market::Views;
use crate::options::options;
use crate::progress::Listeners;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_runtime::{OrderedInput, SYNC_BOUNDS_US};
use rialto_types::Command;
use rialto_types::query::Query;
use serde::Deserialize;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// A running core with its journal.
#[pyclass(frozen, module = "rialto_core")]
pub(crate) struct Runtime {
    /// Nothing after closing.
    inner: RwLock<rialto_runtime::Runtime>,
    ordered: OrderedInput,
}

/// A message of outcomes, with the sequence numbers of the first and the last.
pub(crate) type Message<'py> = (u64, u64, Bound<'py, PyBytes>);

/// Read a value of the interface.
pub(crate) fn decode<'de, T: Deserialize<'de>>(what: &str, bytes: &'de [u8]) -> PyResult<T> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes).with_human_readable();
    T::deserialize(&mut deserializer).map_err(|error| PyValueError::new_err(format!("not a {what}: {error}")))
}

impl Runtime {
    pub(crate) fn inner(&self) -> RwLockReadGuard<'_, rialto_runtime::Runtime> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Runtime {
    /// Open a journal, come to its state, and start.
    #[staticmethod]
    #[pyo3(signature = (
        directory,
        *,
        outcomes_from,
        on_outcomes,
        on_progress=None,
        queue_capacity=65_536,
        batch_max=4_096,
        checkpoint_commands=20_000,
        segment_bytes_max=67_108_864,
        snapshots=None,
        given_time=false,
    ))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments of a constructor")]
    fn open(
        py: Python<'_>,
        directory: PathBuf,
        outcomes_from: u64,
        on_outcomes: Py<PyAny>,
        on_progress: Option<Py<PyAny>>,
        queue_capacity: usize,
        batch_max: usize,
        checkpoint_commands: u64,
        segment_bytes_max: u64,
        snapshots: Option<PathBuf>,
        given_time: bool,
    ) -> PyResult<Runtime> {
        let options = options(queue_capacity, batch_max, checkpoint_commands, segment_bytes_max, given_time)?;
        let options = rialto_runtime::Options { snapshots, ..options };
        let mut listeners = Listeners { on_outcomes: Some(on_outcomes), on_progress };
        let opened = py.detach(|| rialto_runtime::Runtime::open(&directory, options, outcomes_from, &mut listeners));
        let runtime = opened.map_err(from_open)?;
        let ordered = OrderedInput::of(&runtime);
        Ok(Runtime { inner: RwLock::new(runtime), ordered })
    }

    /// Submit a command; its ticket comes back with its outcome.
    #[pyo3(signature = (ticket, command, time_us=None))]
    fn submit(&self, ticket: u64, command: &[u8], time_us: Option<u64>) -> PyResult<()> {
        let command: Command = decode("command", command)?;
        self.inner().submit(ticket, command, time_us).map_err(from_submit)
    }

    /// Submit a query; its ticket comes back with its answer.
    fn query(&self, ticket: u64, query: &[u8]) -> PyResult<()> {
        let query: Query = decode("query", query)?;
        self.inner().query(ticket, query).map_err(from_submit)
    }

    /// The file descriptor that is readable when something waits to be drained.
    fn fileno(&self) -> i32 {
        self.inner().wake_pipe().as_raw_fd()
    }

    /// Take everything released since the last call, as MessagePack lists in order.
    fn drain<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.inner().drain().iter().map(|chunk| PyBytes::new(py, chunk)).collect()
    }

    /// Raise if the core has stopped by itself.
    fn check(&self) -> PyResult<()> {
        match self.inner().failure() {
            Some(reason) => Err(RuntimeStopped::new_err(format!("the core has stopped: {reason}"))),
            None => Ok(()),
        }
    }

    /// How many submissions were taken and not yet drained.
    #[getter]
    fn under_way(&self) -> usize {
        self.inner().under_way()
    }

    /// The last sequence number when this runtime was opened.
    #[getter]
    fn sequence_at_open(&self) -> u64 {
        self.inner().sequence_at_open()
    }

    /// How the journal's syncs went: upper bounds in microseconds, how many fell under each and beyond, how long all
    /// took together in microseconds, and how many bytes were written.
    fn sync_figures(&self) -> (Vec<u64>, Vec<u64>, u64, u64) {
        let inner = self.inner();
        let figures = inner.sync_figures();
        (SYNC_BOUNDS_US.to_vec(), figures.counts(), figures.total_us(), figures.written_bytes())
    }

    /// How long the slowest sync since the last call took, in microseconds; 0 if there was none.
    fn take_slowest_sync_us(&self) -> u64 {
        self.inner().sync_figures().take_slowest_us()
    }

    /// What was cut from the end of the journal when it was opened, for people, or nothing.
    #[getter]
    fn cut_tail(&self) -> Option<String> {
        let inner = self.inner();
        let cut = inner.recovery().cut.as_ref()?;
        Some(format!(
            "{} bytes of an unfinished write were cut at offset {} of {} and kept as {}",
            cut.bytes,
            cut.offset,
            cut.file.display(),
            cut.kept_as.display()
        ))
    }

    /// The sequence of the snapshot that the start began with; none where everything was replayed.
    #[getter]
    fn begun_with(&self) -> Option<u64> {
        self.inner().start().snapshot
    }

    /// How many commands the start replayed.
    #[getter]
    fn replayed(&self) -> u64 {
        self.inner().start().replayed
    }

    /// Of every newer snapshot, why it was passed over, for people.
    #[getter]
    fn passed_over(&self) -> Vec<String> {
        self.inner().start().passed_over.clone()
    }

    /// Move closed segments whose commands all come before a sequence number to an archive directory; return how many.
    ///
    /// A relative directory begins at the journal's. Takes long: call it on a thread of its own.
    #[pyo3(signature = (archive, sequence, *, segments_max))]
    fn archive_before(&self, py: Python<'_>, archive: PathBuf, sequence: u64, segments_max: usize) -> PyResult<usize> {
        let archiver = self.inner().archiver();
        py.detach(|| archiver.archive_before(&archive, sequence, segments_max)).map_err(from_journal)
    }

    /// Finish what was submitted, make it durable, and stop. What was released can still be drained.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.inner.write().unwrap_or_else(PoisonError::into_inner).close());
    }

    /// The market views.
    fn views(&self) -> Views {
        Views::new(self.inner().views())
    }

    /// Submit what an ordered log holds at a sequence number; return why it is no command, if it is none.
    fn submit_ordered(&self, ticket: u64, sequence: u64, time_us: u64, message: &[u8]) -> PyResult<Option<String>> {
        let submitted = self.ordered.submit(&self.inner(), ticket, (sequence, time_us), message);
        submitted.map(|why| why.map(|error| error.to_string())).map_err(from_submit)
    }

    /// The sequence number of the last outcome told, and the market views as they are after it.
    fn snapshot_views<'py>(&self, py: Python<'py>) -> PyResult<(u64, Bound<'py, PyBytes>)> {
        let snapshot = py.detach(|| self.inner().snapshot_views());
        let (sequence, bytes) = snapshot.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok((sequence, PyBytes::new(py, &bytes)))
    }

    /// Keep durable outcomes as messages for the rest of a cluster, and state hashes.
    fn start_telling(&self) {
        self.inner().start_telling();
    }

    /// Take what is to be told: messages of outcomes with first and last sequence number, and sequence numbers with
    /// state hashes.
    fn take_told<'py>(&self, py: Python<'py>) -> (Vec<Message<'py>>, Vec<(u64, String)>) {
        let (told, checkpoints) = self.inner().take_told();
        let told = told.iter().map(|told| (told.first, told.last, PyBytes::new(py, &told.message))).collect();
        let hex = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
        (told, checkpoints.iter().map(|checkpoint| (checkpoint.seq, hex(checkpoint.state_hash))).collect())
    }
}
