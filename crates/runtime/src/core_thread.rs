//! The core's half of the pipeline: number, time, encode and apply submissions in batches.
//!
//! [`Core`] is a plain state machine; [`CoreThread`] drives it on a thread of its own, [`crate::Stepped`] step by step.

use crate::input::{Clock, Input, TimeSource};
use crate::journal_thread::{Item, Work};
use crate::outputs::{Outputs, Watch};
use crate::runtime::Options;
use crossbeam_channel::{Receiver, Sender};
use rialto_engine::Engine;
use rialto_journal::Checkpoint;
use rialto_types::codec;

/// A batch ends at this many bytes, whatever its number of commands.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// The state, and how submissions become batches.
pub(crate) struct Core<T> {
    engine: Engine,
    clock: Clock,
    time: T,
    batch_max: usize,
    checkpoint_commands: u64,
    last_checkpoint: u64,
    /// Up to where a hash of the whole state stands, or nothing new to hash.
    last_whole: u64,
}

impl<T: TimeSource> Core<T> {
    pub(crate) fn new(engine: Engine, options: &Options, time: T) -> Core<T> {
        let last_checkpoint = engine.sequence();
        let Options { clock, batch_max, checkpoint_commands, .. } = *options;
        Core { engine, clock, time, batch_max, checkpoint_commands, last_checkpoint, last_whole: last_checkpoint }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Fill an empty batch with `first` and whatever `next` has at hand; false when one of them says to stop.
    ///
    /// The hash of a part of the state goes with the batch when it is due, and that of the whole on the way out, so that
    /// a replica and the next start can tell whether they came to the same state.
    pub(crate) fn fill(&mut self, first: Input, mut next: impl FnMut() -> Option<Input>, work: &mut Work) -> bool {
        let mut is_running = self.take(first, work);
        while is_running && !self.is_due() && work.items.len() < self.batch_max && work.batch.bytes() < BATCH_BYTES_MAX
        {
            let Some(input) = next() else { break };
            is_running = self.take(input, work);
        }
        let sequence = self.engine.sequence();
        if self.is_due() || (!is_running && sequence > self.last_whole) {
            self.last_checkpoint = sequence;
            work.checkpoint = Some(self.checkpoint(is_running));
        }
        is_running
    }

    /// Whether the state's hash is to be recorded now. That is at whole multiples, so that replicas, which batch
    /// differently, can compare theirs.
    fn is_due(&self) -> bool {
        let sequence = self.engine.sequence();
        sequence > self.last_checkpoint && sequence.is_multiple_of(self.checkpoint_commands)
    }

    /// Take one submission into the batch; false when it says to stop.
    fn take(&mut self, input: Input, work: &mut Work) -> bool {
        match input {
            Input::Command { ticket, given_time_us, command } => {
                let sequence = self.engine.sequence() + 1;
                let time_us = self.clock.time_us(given_time_us, &mut self.time, self.engine.time_us());
                let pushed = work.batch.push_with(sequence, time_us, |buffer| codec::encode(&command, buffer));
                pushed.expect("sequence and time follow the last, and a command fits a record");
                let start = work.events.len();
                self.engine.apply(sequence, time_us, &command, &mut work.events);
                let events = start..work.events.len();
                work.items.push(Item::Outcome { ticket, sequence, time_us, events });
            }
            Input::Query { ticket, query } => {
                let (sequence, answer) = (self.engine.sequence(), self.engine.answer(&query));
                work.items.push(Item::Answer { ticket, sequence, answer });
            }
            Input::Stop => return false,
        }
        true
    }

    /// Of a part of the state while orders wait, of the whole when none do.
    fn checkpoint(&self, do_orders_wait: bool) -> Checkpoint {
        let state_hash = if do_orders_wait { self.engine.part_hash() } else { self.engine.state_hash() };
        Checkpoint { seq: self.engine.sequence(), time_us: self.engine.time_us(), state_hash }
    }
}

/// The core and the channels it works between.
pub(crate) struct CoreThread<T> {
    pub(crate) core: Core<T>,
    pub(crate) inputs: Receiver<Input>,
    /// To the journal thread, and the emptied buffers back from it.
    pub(crate) work: Sender<Work>,
    pub(crate) recycled: Receiver<Work>,
}

impl<T: TimeSource> CoreThread<T> {
    /// Run until told to stop or the journal thread is gone.
    pub(crate) fn run(mut self, outputs: &Outputs) {
        let _watch = Watch { outputs, what: "core thread" };
        while let Ok(first) = self.inputs.recv() {
            let mut work = self.recycled.try_recv().unwrap_or_default();
            let is_running = self.core.fill(first, || self.inputs.try_recv().ok(), &mut work);
            if self.work.send(work).is_err() || !is_running {
                return;
            }
        }
    }
}
