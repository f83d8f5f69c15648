//! What goes into the core thread, how it is let in, and where commands get their time.

use crate::error::SubmitError;
use crate::outputs::Outputs;
use crossbeam_channel::{Receiver, Sender, bounded};
use rialto_types::Command;
use rialto_types::query::Query;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// One submission. The ticket comes back with what it led to.
pub(crate) enum Input {
    Command { ticket: u64, given_time_us: u64, command: Command },
    Query { ticket: u64, query: Query },
    Stop,
}

/// Where commands get their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// From the runtime's [`TimeSource`]: this machine's clock, outside a simulation.
    Wall,
    /// With each submission: a recording is replayed in its own time.
    Given,
}

/// A clock that may jump.
pub trait TimeSource: Send + 'static {
    /// Read it, in microseconds since the Unix epoch.
    fn now_us(&mut self) -> u64;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallTime;

impl TimeSource for WallTime {
    fn now_us(&mut self) -> u64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since_epoch.as_micros()).unwrap_or(u64::MAX)
    }
}

impl Clock {
    /// The time of a command; never before the last one's, whatever the clock does.
    pub(crate) fn time_us(self, given_us: u64, source: &mut impl TimeSource, last_us: u64) -> u64 {
        let now_us = match self {
            Clock::Wall => source.now_us(),
            Clock::Given => given_us,
        };
        now_us.max(last_us)
    }
}

/// The way in: what is let in is counted until it is drained.
pub(crate) struct Intake {
    queue: Sender<Input>,
    outputs: Arc<Outputs>,
    capacity: usize,
    clock: Clock,
}

impl Intake {
    /// A way in for so many submissions under way, and the queue's other end.
    pub(crate) fn new(outputs: Arc<Outputs>, capacity: usize, clock: Clock) -> (Intake, Receiver<Input>) {
        // One more than may be counted: for the word to stop.
        let (queue, inputs) = bounded(capacity + 1);
        (Intake { queue, outputs, capacity, clock }, inputs)
    }

    pub(crate) fn submit(&self, ticket: u64, command: Command, given_time_us: Option<u64>) -> Result<(), SubmitError> {
        let given_time_us = match (self.clock, given_time_us) {
            (Clock::Wall, None) => 0,
            (Clock::Given, Some(time_us)) => time_us,
            (Clock::Wall, Some(_)) => return Err(SubmitError::Time("this runtime gives commands their time itself")),
            (Clock::Given, None) => return Err(SubmitError::Time("this runtime needs a time with every command")),
        };
        self.send(Input::Command { ticket, given_time_us, command })
    }

    pub(crate) fn query(&self, ticket: u64, query: Query) -> Result<(), SubmitError> {
        self.send(Input::Query { ticket, query })
    }

    /// Ask for the end, behind everything that was let in.
    pub(crate) fn stop(&self) {
        // A full queue is waited for; a core that is gone needs no word.
        let _ = self.queue.send(Input::Stop);
    }

    fn send(&self, input: Input) -> Result<(), SubmitError> {
        if let Some(failure) = self.outputs.failure() {
            return Err(SubmitError::Stopped(failure));
        }
        if !self.outputs.enter(self.capacity) {
            return Err(SubmitError::Busy { capacity: self.capacity });
        }
        self.queue.try_send(input).map_err(|_| {
            self.outputs.leave();
            SubmitError::Stopped(self.outputs.failure().unwrap_or_else(|| "closing".to_owned()))
        })
    }
}
