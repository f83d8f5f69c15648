//! The exceptions of the module.

use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use rialto_journal::JournalError;
use rialto_runtime::{OpenError, ReplayError, ReplicaError, SubmitError};

create_exception!(rialto_core, RuntimeBusy, PyException, "The core's queue is full; try again.");
create_exception!(rialto_core, RuntimeStopped, PyException, "The core has stopped.");
create_exception!(
    rialto_core,
    JournalUnreadable,
    PyException,
    "A journal is damaged, in use, or does not replay to what it recorded."
);
create_exception!(
    rialto_core,
    ReplicaDiverged,
    PyException,
    "A replica came to another state than the one the live core recorded: one of the two is wrong."
);
create_exception!(rialto_core, SnapshotFailed, PyException, "A snapshot could not be written or found.");

pub(crate) fn from_submit(error: SubmitError) -> PyErr {
    let message = error.to_string();
    match error {
        SubmitError::Busy { .. } => RuntimeBusy::new_err(message),
        SubmitError::Stopped(_) => RuntimeStopped::new_err(message),
        SubmitError::Time(_) | SubmitError::Sequence { .. } => PyValueError::new_err(message),
    }
}

pub(crate) fn from_replay(error: ReplayError) -> PyErr {
    JournalUnreadable::new_err(error.to_string())
}

pub(crate) fn from_journal(error: JournalError) -> PyErr {
    JournalUnreadable::new_err(error.to_string())
}

pub(crate) fn from_open(error: OpenError) -> PyErr {
    JournalUnreadable::new_err(error.to_string())
}

pub(crate) fn from_replica(error: ReplicaError) -> PyErr {
    let message = error.to_string();
    match error {
        ReplicaError::Snapshot(_) => SnapshotFailed::new_err(message),
        _ if error.is_divergence() => ReplicaDiverged::new_err(message),
        ReplicaError::Journal(_) | ReplicaError::Replay(_) => JournalUnreadable::new_err(message),
    }
}
