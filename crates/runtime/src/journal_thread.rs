//! The journal's half of the pipeline: make a batch durable, then show it to the market views and release it.
//!
//! [`Writer`] is a plain state machine; [`JournalThread`] drives it on a thread of its own, [`crate::Stepped`] step by
//! step.

use crate::outputs::{Outputs, Watch};
use crate::released::{Answered, Chunk, Outcome, Released, StatedEvents};
use crossbeam_channel::{Receiver, Sender};
use rialto_journal::{Batch, Checkpoint, Disk, Journal, JournalError};
use rialto_market::{MarketUpdate, MarketViews};
use rialto_types::Event;
use rialto_types::query::Answer;
use std::io::ErrorKind;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// One batch on its way from the core to the outside.
pub(crate) struct Work {
    pub(crate) batch: Batch,
    pub(crate) events: Vec<Event>,
    pub(crate) items: Vec<Item>,
    pub(crate) checkpoint: Option<Checkpoint>,
}

impl Default for Work {
    fn default() -> Work {
        Work { batch: Batch::new(), events: Vec::new(), items: Vec::new(), checkpoint: None }
    }
}

/// What one submission led to.
pub(crate) enum Item {
    Outcome { ticket: u64, sequence: u64, time_us: u64, events: Range<usize> },
    Answer { ticket: u64, sequence: u64, answer: Answer },
}

impl Work {
    /// Empty it and keep its memory.
    pub(crate) fn clear(&mut self) {
        self.batch.clear();
        self.events.clear();
        self.items.clear();
        self.checkpoint = None;
    }
}

/// The journal and what follows it.
pub(crate) struct Writer<D: Disk> {
    journal: Journal<D>,
    views: Arc<Mutex<MarketViews>>,
    outputs: Arc<Outputs>,
    market: Vec<MarketUpdate>,
}

impl<D: Disk> Writer<D> {
    pub(crate) fn new(journal: Journal<D>, views: Arc<Mutex<MarketViews>>, outputs: Arc<Outputs>) -> Writer<D> {
        Writer { journal, views, outputs, market: Vec::new() }
    }

    pub(crate) fn journal(&self) -> &Journal<D> {
        &self.journal
    }

    /// Make a batch durable and release it; false, with the reason told to the outputs, when that failed for good.
    pub(crate) fn settle(&mut self, work: &Work) -> bool {
        if let Err(error) = self.make_durable(work) {
            self.outputs.fail(format!("the journal failed: {error}{}", advice(&error)));
            return false;
        }
        self.release(work);
        true
    }

    /// Give the journal up, and tell the outputs that nothing more will come.
    pub(crate) fn close(self) {
        let closed = self.journal.close();
        self.outputs.fail(closed.map_or_else(|error| format!("the journal failed: {error}"), |()| "closed".to_owned()));
    }

    fn make_durable(&mut self, work: &Work) -> Result<(), JournalError> {
        if !work.batch.is_empty() {
            self.journal.append(&work.batch)?;
        }
        work.checkpoint.map_or(Ok(()), |checkpoint| self.journal.checkpoint(checkpoint))
    }

    fn release(&mut self, work: &Work) {
        let mut chunk = Chunk::default();
        let mut gathering = self.outputs.telling().gather();
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        for item in &work.items {
            match item {
                Item::Outcome { ticket, sequence, time_us, events } => {
                    let events = &work.events[events.clone()];
                    self.market.clear();
                    views.apply(*time_us, events, &mut self.market);
                    let (ticket, sequence, time_us) = (*ticket, *sequence, *time_us);
                    let (stated, market) = (StatedEvents(events), &self.market[..]);
                    let position = chunk.bytes();
                    chunk.push(&Released::Outcome(Outcome { ticket, sequence, time_us, events: stated, market }));
                    if let Some(gathering) = &mut gathering {
                        gathering.push(sequence, time_us, events, chunk.encoded_from(position));
                    }
                }
                Item::Answer { ticket, sequence, answer } => {
                    chunk.push(&Released::Answered(Answered { ticket: *ticket, sequence: *sequence, answer }));
                }
            }
        }
        if let Some(gathering) = &mut gathering {
            gathering.finish();
        }
        drop(views);
        if let Some(checkpoint) = work.checkpoint {
            self.outputs.telling().checkpoint(checkpoint);
        }
        if chunk.len() > 0 {
            let things = chunk.len();
            self.outputs.release(chunk.take(), things);
        }
    }
}

/// What an operator is to do about a failure.
fn advice(error: &JournalError) -> &'static str {
    match error {
        JournalError::IoFailure { source, .. } if source.kind() == ErrorKind::StorageFull => {
            "; nothing acknowledged is lost: make room on that disk and start again"
        }
        _ => "; nothing acknowledged is lost: look after that disk before you start again",
    }
}

/// The writer and the channels it works between.
pub(crate) struct JournalThread<D: Disk> {
    pub(crate) writer: Writer<D>,
    pub(crate) work: Receiver<Work>,
    pub(crate) recycled: Sender<Work>,
}

impl<D: Disk> JournalThread<D> {
    /// Run until the core thread is gone or a write fails.
    pub(crate) fn run(mut self, outputs: &Outputs) {
        let _watch = Watch { outputs, what: "journal thread" };
        while let Ok(mut work) = self.work.recv() {
            if !self.writer.settle(&work) {
                return;
            }
            work.clear();
            // When the core thread has enough spare buffers, this one is dropped.
            let _ = self.recycled.try_send(work);
        }
        self.writer.close();
    }
}
