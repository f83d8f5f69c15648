//! A gateway's end of a cluster as Python classes and functions.

use crate::errors::{RuntimeStopped, from_replay};
use crate::market::Views;
use crate::runtime::{Message, decode};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_market::MarketViews;
use rialto_types::{Command, codec};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

/// Market views and released outcomes from what the cores of a cluster tell.
#[pyclass(frozen, module = "rialto_core")]
pub(crate) struct Follower {
    inner: rialto_runtime::Follower,
}

#[pymethods]
impl Follower {
    /// Begin with a snapshot of market views that is true at a sequence number.
    #[new]
    fn new(sequence: u64, snapshot: &[u8]) -> PyResult<Follower> {
        let views = MarketViews::read_snapshot(&mut &snapshot[..]);
        let views = views.map_err(|error| PyValueError::new_err(format!("market views of a core: {error}")))?;
        let inner = rialto_runtime::Follower::new(views, sequence);
        Ok(Follower { inner: inner.map_err(|error| PyOSError::new_err(error.to_string()))? })
    }

    /// Take in a message of outcomes; return the sequence number that everything is true at now.
    fn follow(&self, py: Python<'_>, message: &[u8]) -> PyResult<u64> {
        py.detach(|| self.inner.follow(message)).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Release answers of a core: a list as it was drained there.
    fn answer(&self, released: Vec<u8>) {
        self.inner.answer(released);
    }

    /// Say why nothing more will come.
    fn fail(&self, reason: String) {
        self.inner.fail(reason);
    }

    /// The file descriptor that is readable when something waits to be drained.
    fn fileno(&self) -> i32 {
        self.inner.wake_pipe().as_raw_fd()
    }

    /// Take everything released since the last call, as MessagePack lists in order.
    fn drain<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.inner.drain().iter().map(|chunk| PyBytes::new(py, chunk)).collect()
    }

    /// Raise if nothing more will come.
    fn check(&self) -> PyResult<()> {
        match self.inner.failure() {
            Some(reason) => Err(RuntimeStopped::new_err(reason)),
            None => Ok(()),
        }
    }

    /// The market views.
    fn views(&self) -> Views {
        Views::new(self.inner.views())
    }
}

/// Messages of a journal's outcomes from a sequence number on, as its replica would tell them.
#[pyfunction]
pub(crate) fn tell_again<'py>(
    py: Python<'py>,
    directory: PathBuf,
    first: u64,
    tickets: Vec<u64>,
) -> PyResult<Vec<Message<'py>>> {
    let told = py.detach(|| rialto_runtime::tell_again(&directory, first, &tickets)).map_err(from_replay)?;
    Ok(told.iter().map(|told| (told.first, told.last, PyBytes::new(py, &told.message))).collect())
}

/// A command as the journal has it, from MessagePack.
#[pyfunction]
pub(crate) fn journal_command<'py>(py: Python<'py>, command: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let command: Command = decode("command", command)?;
    let mut encoded = Vec::new();
    codec::encode(&command, &mut encoded);
    Ok(PyBytes::new(py, &encoded))
}
