//! The embedded runtime as a Python class.

use crate::errors::{RuntimeStopped, from_journal, from_open, from_submit};
use crate::options::options;
use crate::progress::Listeners;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_runtime::SYNC_BOUNDS_US;
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
}

/// Read a value of the interface.
fn decode<'de, T: Deserialize<'de>>(what: &str, bytes: &'de [u8]) -> PyResult<T> {
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
        Ok(Runtime { inner: RwLock::new(opened.map_err(from_open)?) })
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

    /// The best `limit` levels of both sides.
    fn depth<'py>(&self, py: Python<'py>, symbol: u32, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.depth_view(py, symbol, limit)
    }

    /// The best bid and ask.
    fn book_ticker<'py>(&self, py: Python<'py>, symbol: u32) -> PyResult<Bound<'py, PyBytes>> {
        self.book_ticker_view(py, symbol)
    }

    /// The newest trades, or those from an id on, oldest first.
    #[pyo3(signature = (symbol, limit, from_id=None))]
    fn trades<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        limit: usize,
        from_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.trades_view(py, symbol, limit, from_id)
    }

    /// The newest aggregated trades, oldest first.
    fn aggregated_trades<'py>(&self, py: Python<'py>, symbol: u32, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.aggregated_trades_view(py, symbol, limit)
    }

    /// Candles by opening time.
    #[pyo3(signature = (symbol, interval, *, start_us, end_us, limit, now_us))]
    #[expect(clippy::too_many_arguments, reason = "the parameters of the question")]
    fn candles<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        interval: &str,
        start_us: Option<u64>,
        end_us: Option<u64>,
        limit: usize,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.candles_view(py, symbol, interval, (start_us, end_us, limit, now_us))
    }

    /// From which opening time on memory has every candle.
    fn candles_kept_from_us(&self, symbol: u32, interval: &str) -> PyResult<u64> {
        self.candles_kept_from_view(symbol, interval)
    }

    /// Everything from a time on, as one candle.
    fn candle_from<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        from_us: u64,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.candle_from_view(py, symbol, from_us, now_us)
    }

    /// The last 24 hours.
    fn statistics<'py>(&self, py: Python<'py>, symbol: u32, now_us: u64) -> PyResult<Bound<'py, PyBytes>> {
        self.statistics_view(py, symbol, now_us)
    }

    /// What changed in the books since the last call of the same cadence.
    fn take_depth_updates<'py>(&self, py: Python<'py>, slow: bool) -> Bound<'py, PyBytes> {
        self.take_depth_updates_view(py, slow)
    }

    /// Candles that changed since the last call.
    fn take_changed_candles<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.take_changed_candles_view(py)
    }

    /// Statistics that changed since the last call.
    fn take_changed_statistics<'py>(&self, py: Python<'py>, now_us: u64) -> Bound<'py, PyBytes> {
        self.take_changed_statistics_view(py, now_us)
    }
}
