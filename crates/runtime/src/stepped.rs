//! The runtime without threads: the same two halves and the same ways in and out, driven step by step.
//!
//! For simulations. Whoever drives it decides which half goes on and when, so that one seed gives one course of
//! events; disk and clock are given. Nothing here waits: a step that cannot be made says so.

use crate::core_thread::Core;
use crate::error::{OpenError, SubmitError};
use crate::input::{Input, Intake, TimeSource};
use crate::journal_thread::{Work, Writer};
use crate::opening::{Opened, open_journal};
use crate::outputs::Outputs;
use crate::replay::Progress;
use crate::runtime::{BATCHES_AHEAD, Options};
use crate::start::Start;
use crossbeam_channel::Receiver;
use rialto_engine::Engine;
use rialto_journal::{Disk, Journal, Recovery};
use rialto_market::MarketViews;
use rialto_types::Command;
use rialto_types::query::Query;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A core with its journal that goes on only when it is told to.
pub struct Stepped<D: Disk, T: TimeSource> {
    intake: Intake,
    inputs: Receiver<Input>,
    core: Core<T>,
    /// Filled by the core and not yet durable.
    ahead: VecDeque<Work>,
    spare: Vec<Work>,
    /// Gone once a write has failed or everything is closed.
    writer: Option<Writer<D>>,
    views: Arc<Mutex<MarketViews>>,
    outputs: Arc<Outputs>,
    is_stopping: bool,
    recovery: Recovery,
    start: Start,
}

impl<D: Disk, T: TimeSource> Stepped<D, T> {
    /// Open a journal and come to its state; outcomes from `outcomes_from` on are handed to `progress`.
    pub fn open(
        disk: D,
        directory: &Path,
        options: &Options,
        time: T,
        outcomes_from: u64,
        progress: &mut impl Progress,
    ) -> Result<Stepped<D, T>, OpenError> {
        let Opened { journal, recovery, replayed, start } =
            open_journal(disk, directory, options, outcomes_from, progress)?;
        let outputs = Arc::new(Outputs::new()?);
        let (intake, inputs) = Intake::new(Arc::clone(&outputs), options.queue_capacity, options.clock);
        let views = Arc::new(Mutex::new(replayed.views));
        Ok(Stepped {
            intake,
            inputs,
            core: Core::new(replayed.engine, options, time),
            ahead: VecDeque::new(),
            spare: Vec::new(),
            writer: Some(Writer::new(journal, Arc::clone(&views), Arc::clone(&outputs))),
            views,
            outputs,
            is_stopping: false,
            recovery,
            start,
        })
    }

    /// Submit a command, as [`crate::Runtime::submit`].
    pub fn submit(&self, ticket: u64, command: Command, given_time_us: Option<u64>) -> Result<(), SubmitError> {
        self.intake.submit(ticket, command, given_time_us)
    }

    /// Submit a query, as [`crate::Runtime::query`].
    pub fn query(&self, ticket: u64, query: Query) -> Result<(), SubmitError> {
        self.intake.query(ticket, query)
    }

    /// Let the core fill one batch; false when it has nothing to do, or the journal is too far behind or gone.
    pub fn step_core(&mut self) -> bool {
        if self.is_stopping || self.writer.is_none() || self.ahead.len() >= BATCHES_AHEAD {
            return false;
        }
        let Ok(first) = self.inputs.try_recv() else { return false };
        let mut work = self.spare.pop().unwrap_or_default();
        self.is_stopping = !self.core.fill(first, || self.inputs.try_recv().ok(), &mut work);
        self.ahead.push_back(work);
        true
    }

    /// Let the journal make one batch durable and release it; false when there is none, or it has failed.
    pub fn step_journal(&mut self) -> bool {
        let Some(writer) = self.writer.as_mut() else { return false };
        let Some(mut work) = self.ahead.pop_front() else { return false };
        if writer.settle(&work) {
            work.clear();
            self.spare.push(work);
        } else {
            self.writer = None;
        }
        true
    }

    /// Take everything released since the last call, as [`crate::Runtime::drain`].
    pub fn drain(&self) -> Vec<Vec<u8>> {
        self.outputs.drain()
    }

    /// Why it has stopped, as [`crate::Runtime::failure`].
    pub fn failure(&self) -> Option<String> {
        self.outputs.failure()
    }

    /// What opening the journal found.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// How the state was come to.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// The state after everything the core has taken, durable or not.
    pub fn engine(&self) -> &Engine {
        self.core.engine()
    }

    /// Look at the market views, as [`crate::Runtime::with_views`].
    pub fn with_views<V>(&self, look: impl FnOnce(&mut MarketViews) -> V) -> V {
        look(&mut self.views.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The journal, unless it has failed or is closed.
    pub fn journal(&self) -> Option<&Journal<D>> {
        self.writer.as_ref().map(Writer::journal)
    }

    /// Finish what was submitted, record the state's hash, and stop, as [`crate::Runtime::close`].
    pub fn close(&mut self) {
        if self.writer.is_none() {
            return;
        }
        self.intake.stop();
        while self.step_core() | self.step_journal() {}
        if let Some(writer) = self.writer.take() {
            writer.close();
        }
    }
}
