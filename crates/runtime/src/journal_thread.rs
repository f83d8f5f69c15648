//! The journal thread: make a batch durable, then show it to the market views and release it.

use crate::outputs::{Outputs, Watch};
use crate::released::{Answered, Chunk, Outcome, Released, StatedEvents};
use crossbeam_channel::{Receiver, Sender};
use rialto_journal::{Batch, Checkpoint, Journal, JournalError};
use rialto_market::{MarketUpdate, MarketViews};
use rialto_types::Event;
use rialto_types::query::Answer;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

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

/// The journal and what follows it.
pub(crate) struct JournalThread<'a> {
    pub(crate) journal: Journal,
    pub(crate) work: Receiver<Work>,
    pub(crate) recycled: Sender<Work>,
    pub(crate) views: &'a Mutex<MarketViews>,
    pub(crate) outputs: &'a Outputs,
}

impl JournalThread<'_> {
    /// Run until the core thread is gone or a write fails.
    pub(crate) fn run(mut self) {
        let _watch = Watch { outputs: self.outputs, what: "journal thread" };
        let mut market = Vec::new();
        while let Ok(mut work) = self.work.recv() {
            if let Err(error) = self.make_durable(&work) {
                self.outputs.fail(format!("the journal failed: {error}"));
                return;
            }
            self.release(&work, &mut market);
            work.batch.clear();
            work.events.clear();
            work.items.clear();
            work.checkpoint = None;
            // When the core thread has enough spare buffers, this one is dropped.
            let _ = self.recycled.try_send(work);
        }
        let closed = self.journal.close();
        self.outputs.fail(closed.map_or_else(|error| format!("the journal failed: {error}"), |()| "closed".to_owned()));
    }

    fn make_durable(&mut self, work: &Work) -> Result<(), JournalError> {
        if !work.batch.is_empty() {
            self.journal.append(&work.batch)?;
        }
        work.checkpoint.map_or(Ok(()), |checkpoint| self.journal.checkpoint(checkpoint))
    }

    fn release(&self, work: &Work, market: &mut Vec<MarketUpdate>) {
        let mut chunk = Chunk::default();
        let mut gathering = self.outputs.telling().gather();
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        for item in &work.items {
            match item {
                Item::Outcome { ticket, sequence, time_us, events } => {
                    let events = &work.events[events.clone()];
                    market.clear();
                    views.apply(*time_us, events, market);
                    let (ticket, sequence, time_us) = (*ticket, *sequence, *time_us);
                    let (stated, position) = (StatedEvents(events), chunk.bytes());
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
