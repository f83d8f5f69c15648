//! Where released outcomes wait to be drained, and the pipe that says so.

use crate::telling::Telling;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lists of released things, and whether the runtime still lives.
pub(crate) struct Outputs {
    waiting: Mutex<Waiting>,
    /// Whether a byte is in the pipe.
    signalled: AtomicBool,
    under_way: AtomicUsize,
    reader: PipeReader,
    writer: PipeWriter,
    telling: Telling,
}

#[derive(Default)]
struct Waiting {
    chunks: Vec<Vec<u8>>,
    things: usize,
    failure: Option<String>,
}

impl Outputs {
    pub(crate) fn new() -> std::io::Result<Outputs> {
        let (reader, writer) = std::io::pipe()?;
        Ok(Outputs {
            waiting: Mutex::default(),
            signalled: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            reader,
            writer,
            telling: Telling::default(),
        })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the rest of a cluster is told.
    pub(crate) fn telling(&self) -> &Telling {
        &self.telling
    }

    /// The readable end, for an event loop.
    pub(crate) fn reader(&self) -> &PipeReader {
        &self.reader
    }

    /// Count a submission, unless too many are under way.
    pub(crate) fn enter(&self, capacity: usize) -> bool {
        let entered = self
            .under_way
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < capacity).then_some(count + 1));
        entered.is_ok()
    }

    /// Take back a submission that was counted and then not taken.
    pub(crate) fn leave(&self) {
        self.under_way.fetch_sub(1, Ordering::AcqRel);
    }

    /// How many submissions were taken and not yet drained.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    /// Release a list of so many things.
    pub(crate) fn release(&self, chunk: Vec<u8>, things: usize) {
        let mut waiting = self.waiting();
        waiting.chunks.push(chunk);
        waiting.things += things;
        drop(waiting);
        self.signal();
    }

    /// Say why nothing more will come. The first reason stays.
    pub(crate) fn fail(&self, reason: String) {
        self.waiting().failure.get_or_insert(reason);
        self.signal();
    }

    /// Why nothing more will come, if so.
    pub(crate) fn failure(&self) -> Option<String> {
        self.waiting().failure.clone()
    }

    fn signal(&self) {
        if !self.signalled.swap(true, Ordering::AcqRel) {
            // At most one byte is ever in the pipe, so this cannot block; and a closed pipe means nobody listens.
            let _ = (&self.writer).write(&[1]);
        }
    }

    /// Take everything that waits.
    pub(crate) fn drain(&self) -> Vec<Vec<u8>> {
        if self.signalled.load(Ordering::Acquire) {
            // The byte is there or about to be written by the thread that set the mark.
            let _ = (&self.reader).read(&mut [0]);
            self.signalled.store(false, Ordering::Release);
        }
        let mut waiting = self.waiting();
        let things = std::mem::take(&mut waiting.things);
        self.under_way.fetch_sub(things, Ordering::AcqRel);
        std::mem::take(&mut waiting.chunks)
    }
}

/// Tells the outputs when a thread ends by a defect, so that nobody waits for ever.
pub(crate) struct Watch<'a> {
    pub(crate) outputs: &'a Outputs,
    pub(crate) what: &'static str,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.outputs.fail(format!("the {} ended by a defect; see the message on standard error", self.what));
        }
    }
}
