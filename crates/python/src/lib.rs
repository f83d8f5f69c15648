//! The core as the Python module `rialto_core`: conversion only.
//!
//! Commands and queries come in as MessagePack, outcomes and answers go out as MessagePack; `rialto.contracts` holds
//! the types of both. Only `rialto.core` imports this module.

// PyO3's macros expand to unsafe code; there is none of our own.
#![allow(unsafe_code)]

mod archive;
mod errors;
mod follower;
mod market;
mod options;
mod progress;
mod replay;
mod replica;
mod runtime;

use pyo3::prelude::*;

/// The deterministic core of Rialto.
#[pymodule]
fn rialto_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("RuntimeBusy", module.py().get_type::<errors::RuntimeBusy>())?;
    module.add("RuntimeStopped", module.py().get_type::<errors::RuntimeStopped>())?;
    module.add("JournalUnreadable", module.py().get_type::<errors::JournalUnreadable>())?;
    module.add_class::<runtime::Runtime>()?;
    module.add_class::<market::Views>()?;
    module.add_class::<follower::Follower>()?;
    module.add_function(wrap_pyfunction!(follower::journal_command, module)?)?;
    module.add_function(wrap_pyfunction!(follower::tell_again, module)?)?;
    module.add("ReplicaDiverged", module.py().get_type::<errors::ReplicaDiverged>())?;
    module.add("SnapshotFailed", module.py().get_type::<errors::SnapshotFailed>())?;
    module.add_class::<replay::Report>()?;
    module.add_class::<replica::Advanced>()?;
    module.add_class::<replica::Replica>()?;
    module.add_class::<replica::Snapshot>()?;
    module.add_function(wrap_pyfunction!(replay::newest_segment, module)?)?;
    module.add_function(wrap_pyfunction!(replay::replay, module)?)?;
    module.add_function(wrap_pyfunction!(replay::verify, module)?)?;
    module.add_function(wrap_pyfunction!(replica::snapshots_in, module)?)?;
    module.add_function(wrap_pyfunction!(replica::take_snapshot, module)?)?;
    module.add_class::<archive::Archived>()?;
    module.add_class::<archive::Copied>()?;
    module.add_function(wrap_pyfunction!(archive::check_archive, module)?)?;
    module.add_function(wrap_pyfunction!(archive::list_archive, module)?)?;
    module.add_function(wrap_pyfunction!(archive::copy_journal, module)?)?;
    module.add_function(wrap_pyfunction!(archive::restore_journal, module)?)?;
    module.add_function(wrap_pyfunction!(archive::file_hash, module)?)?;
    Ok(())
}
