//! Archives, copies and restored journals.

use crate::errors::from_journal;
use pyo3::prelude::*;
use rialto_journal::{ArchivedSegment, Backup, JournalError, Limit, RealDisk};
use std::path::{Path, PathBuf};

/// What a copy of a journal, or a restored journal, holds.
#[pyclass(frozen, get_all, module = "rialto_core")]
pub(crate) struct Copied {
    sequence: u64,
    time_us: u64,
    chain: String,
    segments: Vec<PathBuf>,
    segments_stored: usize,
}

/// A closed segment in an archive.
#[pyclass(frozen, get_all, module = "rialto_core")]
pub(crate) struct Archived {
    first_sequence: u64,
    last_sequence: u64,
    first_time_us: u64,
    last_time_us: u64,
    size: u64,
    blake3: String,
    file: PathBuf,
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Asks a Python callable, and the signals, whether to go on; keeps what they raised.
struct Listener {
    on_progress: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Listener {
    fn goes_on(&mut self, sequence: u64) -> bool {
        let told = Python::attach(|py| {
            py.check_signals()?;
            self.on_progress.as_ref().map_or(Ok(()), |listener| listener.call1(py, (sequence,)).map(drop))
        });
        self.raised = told.err();
        self.raised.is_none()
    }
}

/// Do something long without the interpreter's lock, telling how far it is.
fn listening<T: Send>(
    py: Python<'_>,
    on_progress: Option<Py<PyAny>>,
    act: impl FnOnce(&mut dyn FnMut(u64) -> bool) -> Result<T, JournalError> + Send,
) -> PyResult<T> {
    let (done, raised) = py.detach(|| {
        let mut listener = Listener { on_progress, raised: None };
        let done = act(&mut |sequence| listener.goes_on(sequence));
        (done, listener.raised)
    });
    match raised {
        Some(error) => Err(error),
        None => done.map_err(from_journal),
    }
}

/// Check every archived segment that is where it was put, and return all.
#[pyfunction]
#[pyo3(signature = (journal, *, on_progress=None))]
pub(crate) fn check_archive(
    py: Python<'_>,
    journal: PathBuf,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<Vec<Archived>> {
    let segments = listening(py, on_progress, |go_on| rialto_journal::check_archive(&RealDisk, &journal, go_on))?;
    Ok(segments.into_iter().map(|segment| archived(&journal, segment)).collect())
}

/// List the archived segments of a journal without looking at their files.
#[pyfunction]
pub(crate) fn list_archive(journal: PathBuf) -> PyResult<Vec<Archived>> {
    let segments = rialto_journal::list_archive(&RealDisk, &journal).map_err(from_journal)?;
    Ok(segments.into_iter().map(|segment| archived(&journal, segment)).collect())
}

fn archived(journal: &Path, segment: ArchivedSegment) -> Archived {
    Archived {
        first_sequence: segment.first_seq,
        last_sequence: segment.last_seq,
        first_time_us: segment.first_time_us,
        last_time_us: segment.last_time_us,
        size: segment.bytes,
        blake3: hexadecimal(&segment.blake3),
        file: segment.path(journal),
    }
}

/// Copy what is durable of a journal, beside whoever writes it.
#[pyfunction]
#[pyo3(signature = (journal, copy, *, segments, earlier, acknowledged, on_progress=None))]
pub(crate) fn copy_journal(
    py: Python<'_>,
    journal: PathBuf,
    copy: PathBuf,
    segments: PathBuf,
    earlier: Option<PathBuf>,
    acknowledged: u64,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<Copied> {
    let done = listening(py, on_progress, |go_on| {
        let backup = Backup {
            journal: &journal,
            copy: &copy,
            segments: &segments,
            earlier: earlier.as_deref(),
            acknowledged_seq: acknowledged,
        };
        backup.run(&RealDisk, go_on)
    })?;
    Ok(Copied {
        sequence: done.last_seq,
        time_us: done.last_time_us,
        chain: hexadecimal(&done.chain),
        segments: done.segments,
        segments_stored: done.segments_stored,
    })
}

/// Write the journal that a copy holds to empty directories, up to a sequence number or a time, or to its end.
#[pyfunction]
#[pyo3(signature = (copy, journal, *, archive, to_sequence=None, to_time_us=None, on_progress=None))]
pub(crate) fn restore_journal(
    py: Python<'_>,
    copy: PathBuf,
    journal: PathBuf,
    archive: PathBuf,
    to_sequence: Option<u64>,
    to_time_us: Option<u64>,
    on_progress: Option<Py<PyAny>>,
) -> PyResult<Copied> {
    let limit = match (to_sequence, to_time_us) {
        (Some(sequence), _) => Limit::Sequence(sequence),
        (None, Some(time_us)) => Limit::TimeUs(time_us),
        (None, None) => Limit::End,
    };
    let done = listening(py, on_progress, |go_on| {
        rialto_journal::restore(&RealDisk, &copy, &journal, &archive, limit, go_on)
    })?;
    Ok(Copied {
        sequence: done.last_seq,
        time_us: done.last_time_us,
        chain: hexadecimal(&done.chain),
        segments: Vec::new(),
        segments_stored: 0,
    })
}

/// The size of a file and its blake3 hash, in hexadecimal.
#[pyfunction]
pub(crate) fn file_hash(py: Python<'_>, file: PathBuf) -> PyResult<(u64, String)> {
    let (bytes, hash) = py.detach(|| rialto_journal::file_hash(&RealDisk, &file)).map_err(from_journal)?;
    Ok((bytes, hexadecimal(&hash)))
}
