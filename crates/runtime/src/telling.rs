//! What a replica tells the rest of a cluster: its durable outcomes as messages, and its state hashes.
//!
//! ```text
//!  journal thread ─▶ outcomes, as released ─┬─▶ message ─▶ (a log that everybody reads) ─▶ Follower
//!                    what changed in books ─┘
//! ```
//!
//! A message holds outcomes as they leave any core, and beside them what the market views are built from. Its first 17
//! bytes are read without decoding the rest: format version (1), first and last sequence number (8 bytes each, little
//! endian). What follows is postcard. Messages are for those that run now, not for ever: every reader is restarted with
//! its writer's release.
//!
//! State: messages and hashes that were not taken yet. Whoever turned telling on takes them.

use crate::error::ReplayError;
use crate::replay::{Progress, replay};
use rialto_journal::Checkpoint;
use rialto_types::Event;
use rialto_types::event::{BookChanged, SymbolListed, TradeExecuted};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The format written and read.
const VERSION: u8 = 1;
/// Version, first and last sequence number.
const HEADER_BYTES: usize = 17;
/// A message ends with the outcome that takes it beyond so many bytes.
const MESSAGE_BYTES: usize = 256 << 10;

/// Consecutive outcomes as one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The sequence number of the first.
    pub first: u64,
    /// The sequence number of the last.
    pub last: u64,
    /// The message.
    pub message: Vec<u8>,
}

/// What one command meant to the market views, in events.
#[derive(Debug, Serialize, Deserialize)]
enum Change {
    SymbolListed(Box<SymbolListed>),
    BookChanged(BookChanged),
    TradeExecuted(TradeExecuted),
}

/// One outcome of a message, beside its released form.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) time_us: u64,
    /// How many bytes of the released form are this outcome's.
    pub(crate) released_bytes: usize,
    changes: Vec<Change>,
}

impl Step {
    /// The events that market views are built from.
    pub(crate) fn into_events(self) -> impl Iterator<Item = Event> {
        self.changes.into_iter().map(|change| match change {
            Change::SymbolListed(event) => Event::SymbolListed(event),
            Change::BookChanged(event) => Event::BookChanged(event),
            Change::TradeExecuted(event) => Event::TradeExecuted(event),
        })
    }
}

/// Outcomes on their way into a message, or read from one.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) steps: Vec<Step>,
    /// The outcomes as they leave a core, one behind the other.
    pub(crate) released: Vec<u8>,
}

/// Why bytes are no message of outcomes.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Not of a format known here.
    #[error(
        "a message of outcomes in format {0:?}, but this release reads format {VERSION}; run one release everywhere"
    )]
    Version(Option<u8>),
    /// Cut off or altered.
    #[error("a damaged message of outcomes: {0}")]
    Damaged(String),
}

/// Read a message: its first sequence number and what it holds.
pub(crate) fn read(message: &[u8]) -> Result<(u64, Content), MessageError> {
    let version = message.first().copied();
    if version != Some(VERSION) {
        return Err(MessageError::Version(version));
    }
    let short = || MessageError::Damaged(format!("{} bytes are too few", message.len()));
    let (header, body) = message.split_at_checked(HEADER_BYTES).ok_or_else(short)?;
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    let (first, last) = (number(&header[1..9]), number(&header[9..17]));
    let content: Content = postcard::from_bytes(body).map_err(|error| MessageError::Damaged(error.to_string()))?;
    let released_bytes: usize = content.steps.iter().map(|step| step.released_bytes).sum();
    if first + content.steps.len() as u64 != last + 1 || released_bytes != content.released.len() {
        return Err(MessageError::Damaged(format!("it does not hold outcomes {first} to {last}")));
    }
    Ok((first, content))
}

/// Outcomes gathered since the last message.
pub(crate) struct Gathering<'a> {
    telling: &'a Telling,
    first: u64,
    content: Content,
}

impl Gathering<'_> {
    /// Add the outcome that follows the last, with the bytes in which it is released.
    pub(crate) fn push(&mut self, sequence: u64, time_us: u64, events: &[Event], released: &[u8]) {
        if self.content.steps.is_empty() {
            self.first = sequence;
        }
        let changes = events.iter().filter_map(|event| match event {
            Event::SymbolListed(event) => Some(Change::SymbolListed(event.clone())),
            Event::BookChanged(event) => Some(Change::BookChanged(*event)),
            Event::TradeExecuted(event) => Some(Change::TradeExecuted(*event)),
            _ => None,
        });
        let step = Step { time_us, released_bytes: released.len(), changes: changes.collect() };
        self.content.steps.push(step);
        self.content.released.extend_from_slice(released);
        if self.content.released.len() >= MESSAGE_BYTES {
            self.finish();
        }
    }

    /// Make a message of what was gathered, if anything was.
    pub(crate) fn finish(&mut self) {
        let content = std::mem::take(&mut self.content);
        if content.steps.is_empty() {
            return;
        }
        let (first, last) = (self.first, self.first + content.steps.len() as u64 - 1);
        let mut message = vec![VERSION];
        message.extend_from_slice(&first.to_le_bytes());
        message.extend_from_slice(&last.to_le_bytes());
        let message = postcard::to_extend(&content, message).expect("outcomes serialize into memory");
        self.telling.last.store(last, Ordering::Release);
        self.telling.waiting().told.push(Told { first, last, message });
    }
}

/// Make the messages anew that a replica would have told: of its journal's outcomes from `first` on.
///
/// `tickets` are those of the commands from `first` on; commands beyond have none.
///
/// # Errors
/// Those of [`replay`].
pub fn tell_again(directory: &Path, first: u64, tickets: &[u64]) -> Result<Vec<Told>, ReplayError> {
    let telling = Telling::default();
    telling.turn_on(first.saturating_sub(1));
    let mut again = Again { first, tickets, gathering: telling.gather().expect("telling is on") };
    replay(directory, first, &mut again)?;
    again.gathering.finish();
    Ok(telling.take().0)
}

struct Again<'a> {
    first: u64,
    tickets: &'a [u64],
    gathering: Gathering<'a>,
}

impl Progress for Again<'_> {
    fn outcomes(&mut self, _chunk: Vec<u8>) -> Result<(), String> {
        Ok(())
    }

    fn reached(&mut self, _sequence: u64) -> Result<(), String> {
        Ok(())
    }

    fn ticket(&mut self, sequence: u64) -> u64 {
        let position = usize::try_from(sequence - self.first).unwrap_or(usize::MAX);
        self.tickets.get(position).copied().unwrap_or(0)
    }

    fn stated(&mut self, sequence: u64, time_us: u64, events: &[Event], outcome: &[u8]) {
        self.gathering.push(sequence, time_us, events, outcome);
    }
}

/// Where what is told waits to be taken. Off until it is turned on.
#[derive(Default)]
pub(crate) struct Telling {
    is_on: AtomicBool,
    /// The last outcome told; written while the market views are held, so that they are true at it.
    last: AtomicU64,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    told: Vec<Told>,
    checkpoints: Vec<Checkpoint>,
}

impl Telling {
    /// Tell from now on what comes after a sequence number.
    pub(crate) fn turn_on(&self, last: u64) {
        self.last.store(last, Ordering::Release);
        self.is_on.store(true, Ordering::Release);
    }

    /// The last outcome told. Read it while the market views are held.
    pub(crate) fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    /// Gather the outcomes of a batch, if anybody is to be told.
    pub(crate) fn gather(&self) -> Option<Gathering<'_>> {
        let is_on = self.is_on.load(Ordering::Acquire);
        is_on.then(|| Gathering { telling: self, first: 0, content: Content::default() })
    }

    /// Tell the state's hash after a command.
    pub(crate) fn checkpoint(&self, checkpoint: Checkpoint) {
        if self.is_on.load(Ordering::Acquire) {
            self.waiting().checkpoints.push(checkpoint);
        }
    }

    pub(crate) fn take(&self) -> (Vec<Told>, Vec<Checkpoint>) {
        let mut waiting = self.waiting();
        (std::mem::take(&mut waiting.told), std::mem::take(&mut waiting.checkpoints))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
