//! The core thread: number, time, encode and apply submissions in batches.

use crate::input::{Clock, Input};
use crate::journal_thread::{Item, Work};
use crate::outputs::{Outputs, Watch};
use crossbeam_channel::{Receiver, Sender};
use rialto_engine::Engine;
use rialto_journal::Checkpoint;
use rialto_types::codec;

/// A batch ends at this many bytes, whatever its number of commands.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// The core and what it needs to run on its own.
pub(crate) struct CoreThread {
    pub(crate) engine: Engine,
    pub(crate) clock: Clock,
    pub(crate) batch_max: usize,
    pub(crate) checkpoint_commands: u64,
    pub(crate) inputs: Receiver<Input>,
    /// To the journal thread, and the emptied buffers back from it.
    pub(crate) work: Sender<Work>,
    pub(crate) recycled: Receiver<Work>,
}

impl CoreThread {
    /// Run until told to stop or the journal thread is gone. The state's hash is journalled on the way out, so that
    /// the next start can tell whether it came to the same state.
    pub(crate) fn run(mut self, outputs: &Outputs) {
        let _watch = Watch { outputs, what: "core thread" };
        let mut last_checkpoint = self.engine.sequence();
        while let Ok(first) = self.inputs.recv() {
            let mut work = self.recycled.try_recv().unwrap_or_default();
            let mut is_running = self.take(first, &mut work);
            while is_running
                && !self.is_due(last_checkpoint)
                && work.items.len() < self.batch_max
                && work.batch.bytes() < BATCH_BYTES_MAX
            {
                match self.inputs.try_recv() {
                    Ok(input) => is_running = self.take(input, &mut work),
                    Err(_) => break,
                }
            }
            if self.is_due(last_checkpoint) || (!is_running && self.engine.sequence() > last_checkpoint) {
                last_checkpoint = self.engine.sequence();
                work.checkpoint = Some(self.checkpoint());
            }
            if self.work.send(work).is_err() || !is_running {
                return;
            }
        }
    }

    /// Whether the state's hash is to be recorded now. That is at whole multiples, so that replicas, which batch
    /// differently, can compare theirs.
    fn is_due(&self, last_checkpoint: u64) -> bool {
        let sequence = self.engine.sequence();
        sequence > last_checkpoint && sequence.is_multiple_of(self.checkpoint_commands)
    }

    /// Take one submission into the batch; false when it says to stop.
    fn take(&mut self, input: Input, work: &mut Work) -> bool {
        match input {
            Input::Command { ticket, given_time_us, command } => {
                let sequence = self.engine.sequence() + 1;
                let time_us = self.clock.time_us(given_time_us, self.engine.time_us());
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

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { seq: self.engine.sequence(), time_us: self.engine.time_us(), state_hash: self.engine.state_hash() }
    }
}
