//! From keyword arguments to the runtime's options.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rialto_runtime::{Clock, Options};

pub(crate) fn options(
    queue_capacity: usize,
    batch_max: usize,
    checkpoint_commands: u64,
    segment_bytes_max: u64,
    given_time: bool,
) -> PyResult<Options> {
    let counts = [("queue_capacity", queue_capacity), ("batch_max", batch_max)];
    if let Some((name, value)) = counts.iter().find(|(_, value)| !(1..=1 << 20).contains(value)) {
        return Err(PyValueError::new_err(format!("{name} is {value}; it must be between 1 and {}", 1 << 20)));
    }
    if checkpoint_commands == 0 {
        return Err(PyValueError::new_err("checkpoint_commands is 0; it must be at least 1"));
    }
    let journal = rialto_journal::Options { segment_bytes_max, ..rialto_journal::Options::default() };
    let clock = if given_time { Clock::Given } else { Clock::Wall };
    Ok(Options { queue_capacity, batch_max, checkpoint_commands, clock, journal, snapshots: None })
}
