//! Opening, feeding, draining and closing the embedded runtime.

use crate::core_thread::{Core, CoreThread};
use crate::error::{OpenError, SubmitError};
use crate::input::{Clock, Intake, WallTime};
use crate::journal_thread::{JournalThread, Writer};
use crate::measured_disk::{MeasuredDisk, SyncFigures};
use crate::opening::{Opened, open_journal};
use crate::outputs::Outputs;
use crate::replay::Progress;
use crate::start::Start;
use crate::telling::Told;
use crossbeam_channel::bounded;
use rialto_journal::{Archiver, Checkpoint, RealDisk, Recovery};
use rialto_market::MarketViews;
use rialto_types::Command;
use rialto_types::query::Query;
use rialto_types::state_codec::StateError;
use std::io::PipeReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Batches that may wait between core and journal; more would only add delay.
pub(crate) const BATCHES_AHEAD: usize = 4;

/// How a runtime is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many submissions may be under way, from submission to draining.
    pub queue_capacity: usize,
    /// The most submissions in one batch.
    pub batch_max: usize,
    /// After how many commands the hash of a part of the state is journalled; that of the whole is at the end.
    pub checkpoint_commands: u64,
    /// Where commands get their time.
    pub clock: Clock,
    /// How the journal is kept.
    pub journal: rialto_journal::Options,
    /// Where snapshots are, if one may be begun with.
    pub snapshots: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue_capacity: 65_536,
            batch_max: 4_096,
            checkpoint_commands: 20_000,
            clock: Clock::Wall,
            journal: rialto_journal::Options::default(),
            snapshots: None,
        }
    }
}

/// A running core with its journal.
pub struct Runtime {
    intake: Intake,
    outputs: Arc<Outputs>,
    views: Arc<Mutex<MarketViews>>,
    threads: Vec<JoinHandle<()>>,
    sequence_at_open: u64,
    recovery: Recovery,
    archiver: Archiver<RealDisk>,
    sync_figures: Arc<SyncFigures>,
    start: Start,
}

impl Runtime {
    /// Open a journal, come to its state, and start.
    ///
    /// The state comes from the newest sound snapshot whose sequence is below `outcomes_from`, and from the commands
    /// behind it; without one, from all commands.
    /// Outcomes from `outcomes_from` on, which projections have not seen, are handed to `progress` before this
    /// returns.
    pub fn open(
        directory: &Path,
        options: Options,
        outcomes_from: u64,
        progress: &mut impl Progress,
    ) -> Result<Runtime, OpenError> {
        let (disk, sync_figures) = MeasuredDisk::new(RealDisk);
        let Opened { journal, recovery, replayed, start } =
            open_journal(disk, directory, &options, outcomes_from, progress)?;
        let archiver = journal.archiver_on(RealDisk);
        let outputs = Arc::new(Outputs::new()?);
        let (intake, inputs) = Intake::new(Arc::clone(&outputs), options.queue_capacity, options.clock);
        let (work, work_receiver) = bounded(BATCHES_AHEAD);
        let (recycled, recycled_receiver) = bounded(BATCHES_AHEAD + 2);
        let views = Arc::new(Mutex::new(replayed.views));
        let sequence_at_open = replayed.engine.sequence();
        let core = Core::new(replayed.engine, &options, WallTime);
        let core = CoreThread { core, inputs, work, recycled: recycled_receiver };
        let core_outputs = Arc::clone(&outputs);
        let core_thread = std::thread::Builder::new().name("core".to_owned()).spawn(move || core.run(&core_outputs))?;
        let writer = Writer::new(journal, Arc::clone(&views), Arc::clone(&outputs));
        let journal = JournalThread { writer, work: work_receiver, recycled };
        let journal_outputs = Arc::clone(&outputs);
        let journal_thread =
            std::thread::Builder::new().name("journal".to_owned()).spawn(move || journal.run(&journal_outputs))?;
        let threads = vec![core_thread, journal_thread];
        Ok(Runtime { intake, outputs, views, threads, sequence_at_open, recovery, archiver, sync_figures, start })
    }

    /// Submit a command. `given_time_us` is for runtimes on given times, and only for them.
    pub fn submit(&self, ticket: u64, command: Command, given_time_us: Option<u64>) -> Result<(), SubmitError> {
        self.intake.submit(ticket, command, given_time_us)
    }

    /// Submit a query.
    pub fn query(&self, ticket: u64, query: Query) -> Result<(), SubmitError> {
        self.intake.query(ticket, query)
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

    /// The market views as bytes, for a follower to begin with, and the sequence number they are true at.
    ///
    /// # Errors
    /// Those of encoding.
    pub fn snapshot_views(&self) -> Result<(u64, Vec<u8>), StateError> {
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let (sequence, copy) = (self.outputs.telling().last(), views.clone());
        drop(views);
        let mut bytes = Vec::new();
        copy.write_snapshot(&mut bytes)?;
        Ok((sequence, bytes))
    }

    /// Take what is to be told since the last call: outcomes in order, and state hashes.
    pub fn take_told(&self) -> (Vec<Told>, Vec<Checkpoint>) {
        self.outputs.telling().take()
    }

    /// A handle that moves closed segments of the journal to an archive, for a thread of its own.
    pub fn archiver(&self) -> Archiver<RealDisk> {
        self.archiver.clone()
    }

    /// How the journal's writes go.
    pub fn sync_figures(&self) -> &SyncFigures {
        &self.sync_figures
    }

    /// How the state was come to.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// Finish what was submitted, make it durable, record the state's hash, and stop. What was released can still be
    /// drained.
    pub fn close(&mut self) {
        self.intake.stop();
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
