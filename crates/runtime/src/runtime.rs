//! Opening, feeding, draining and closing the embedded runtime.

use crate::core_thread::CoreThread;
use crate::error::{OpenError, SubmitError};
use crate::input::{Clock, Input};
use crate::journal_thread::JournalThread;
use crate::outputs::Outputs;
use crate::replay::{Progress, replay};
use crate::telling::Told;
use crossbeam_channel::{Sender, bounded};
use rialto_journal::{Checkpoint, Journal, Recovery};
use rialto_market::MarketViews;
use rialto_types::Command;
use rialto_types::query::Query;
use std::io::PipeReader;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// Batches that may wait between core and journal; more would only add delay.
const BATCHES_AHEAD: usize = 4;

/// How a runtime is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many submissions may be under way, from submission to draining.
    pub queue_capacity: usize,
    /// The most submissions in one batch.
    pub batch_max: usize,
    /// After how many commands the state's hash is journalled.
    pub checkpoint_commands: u64,
    /// Where commands get their time.
    pub clock: Clock,
    /// How the journal is kept.
    pub journal: rialto_journal::Options,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue_capacity: 65_536,
            batch_max: 4_096,
            checkpoint_commands: 1_000_000,
            clock: Clock::Wall,
            journal: rialto_journal::Options::default(),
        }
    }
}

/// A running core with its journal.
pub struct Runtime {
    inputs: Sender<Input>,
    outputs: Arc<Outputs>,
    views: Arc<Mutex<MarketViews>>,
    threads: Vec<JoinHandle<()>>,
    options: Options,
    sequence_at_open: u64,
    recovery: Recovery,
}

impl Runtime {
    /// Open a journal, come to its state, and start.
    ///
    /// Outcomes from `outcomes_from` on, which projections have not seen, are handed to `progress` before this
    /// returns.
    pub fn open(
        directory: &Path,
        options: Options,
        outcomes_from: u64,
        progress: &mut impl Progress,
    ) -> Result<Runtime, OpenError> {
        // The replay below checks every frame; the writer needs only the end.
        let journal_options = rialto_journal::Options { verify_from_seq: u64::MAX, ..options.journal.clone() };
        let (journal, recovery) = Journal::open(directory, journal_options)?;
        let replayed = replay(directory, outcomes_from, progress)?;
        let (inputs, input_receiver) = bounded(options.queue_capacity + 1);
        let (work, work_receiver) = bounded(BATCHES_AHEAD);
        let (recycled, recycled_receiver) = bounded(BATCHES_AHEAD + 2);
        let outputs = Arc::new(Outputs::new()?);
        let views = Arc::new(Mutex::new(replayed.views));
        let sequence_at_open = replayed.engine.sequence();
        let core = CoreThread {
            engine: replayed.engine,
            clock: options.clock,
            batch_max: options.batch_max,
            checkpoint_commands: options.checkpoint_commands,
            inputs: input_receiver,
            work,
            recycled: recycled_receiver,
        };
        let core_outputs = Arc::clone(&outputs);
        let core_thread = std::thread::Builder::new().name("core".to_owned()).spawn(move || core.run(&core_outputs))?;
        let (journal_views, journal_outputs) = (Arc::clone(&views), Arc::clone(&outputs));
        let journal_thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let (views, outputs) = (journal_views.as_ref(), journal_outputs.as_ref());
            JournalThread { journal, work: work_receiver, recycled, views, outputs }.run();
        })?;
        let threads = vec![core_thread, journal_thread];
        Ok(Runtime { inputs, outputs, views, threads, options, sequence_at_open, recovery })
    }

    /// Submit a command. `given_time_us` is for runtimes on given times, and only for them.
    pub fn submit(&self, ticket: u64, command: Command, given_time_us: Option<u64>) -> Result<(), SubmitError> {
        let given_time_us = match (self.options.clock, given_time_us) {
            (Clock::Wall, None) => 0,
            (Clock::Given, Some(time_us)) => time_us,
            (Clock::Wall, Some(_)) => return Err(SubmitError::Time("this runtime gives commands their time itself")),
            (Clock::Given, None) => return Err(SubmitError::Time("this runtime needs a time with every command")),
        };
        self.send(Input::Command { ticket, given_time_us, command })
    }

    /// Submit a query.
    pub fn query(&self, ticket: u64, query: Query) -> Result<(), SubmitError> {
        self.send(Input::Query { ticket, query })
    }

    fn send(&self, input: Input) -> Result<(), SubmitError> {
        if let Some(failure) = self.outputs.failure() {
            return Err(SubmitError::Stopped(failure));
        }
        let capacity = self.options.queue_capacity;
        if !self.outputs.enter(capacity) {
            return Err(SubmitError::Busy { capacity });
        }
        self.inputs.try_send(input).map_err(|_| {
            self.outputs.leave();
            SubmitError::Stopped(self.outputs.failure().unwrap_or_else(|| "closing".to_owned()))
        })
    }

    /// The end of a pipe that is readable when something waits to be drained.
    pub fn wake_pipe(&self) -> &PipeReader {
        self.outputs.reader()
    }

    /// Take everything released since the last call: lists of outcomes and answers, in order, each encoded as one
    /// MessagePack array.
    pub fn drain(&self) -> Vec<Vec<u8>> {
        self.outputs.drain()
    }

    /// Why the runtime has stopped, if it has. `closed` when it was asked to.
    pub fn failure(&self) -> Option<String> {
        self.outputs.failure()
    }

    /// How many submissions were taken and not yet drained.
    pub fn under_way(&self) -> usize {
        self.outputs.under_way()
    }

    /// The last sequence number when this runtime was opened.
    pub fn sequence_at_open(&self) -> u64 {
        self.sequence_at_open
    }

    /// What opening the journal found.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The market views, shared with whoever reads them.
    pub fn views(&self) -> Arc<Mutex<MarketViews>> {
        Arc::clone(&self.views)
    }

    /// Keep durable outcomes as messages for the rest of a cluster, and state hashes; the caller takes them. Call it before
    /// anything is submitted.
    pub fn start_telling(&self) {
        self.outputs.telling().turn_on(self.sequence_at_open);
    }

    /// Take what is to be told since the last call: outcomes in order, and state hashes.
    pub fn take_told(&self) -> (Vec<Told>, Vec<Checkpoint>) {
        self.outputs.telling().take()
    }

    /// Finish what was submitted, make it durable, record the state's hash, and stop. What was released can still be
    /// drained.
    pub fn close(&mut self) {
        // A full queue is waited for; a core thread that is gone needs no word.
        let _ = self.inputs.send(Input::Stop);
        for thread in self.threads.drain(..) {
            // A thread that ended by a defect has said so to the outputs.
            let _ = thread.join();
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.close();
    }
}
