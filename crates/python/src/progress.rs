//! Handing what a replay tells to Python callables.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Two callables: one for lists of outcomes, one for how far the replay is.
pub(crate) struct Listeners {
    pub(crate) on_outcomes: Option<Py<PyAny>>,
    pub(crate) on_progress: Option<Py<PyAny>>,
}

impl rialto_runtime::Progress for Listeners {
    fn outcomes(&mut self, chunk: Vec<u8>) -> Result<(), String> {
        let Some(listener) = &self.on_outcomes else { return Ok(()) };
        Python::attach(|py| {
            listener.call1(py, (PyBytes::new(py, &chunk),)).map(drop).map_err(|error| error.to_string())
        })
    }

    fn reached(&mut self, sequence: u64) -> Result<(), String> {
        Python::attach(|py| {
            py.check_signals().map_err(|error| error.to_string())?;
            let Some(listener) = &self.on_progress else { return Ok(()) };
            listener.call1(py, (sequence,)).map(drop).map_err(|error| error.to_string())
        })
    }
}
