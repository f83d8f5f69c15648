//! The auditor: a plain record of what clients asked and were told, held against what survives.
//!
//! It shares no code with engine, journal or runtime. Commands and outcomes are bytes to it; of an outcome it reads its
//! ticket, its sequence number and its time, and keeps the rest as it was told. What was told once, live or after a
//! recovery, must be told the same for ever.

use rmpv::ValueRef;
use rmpv::decode::read_value_ref;
use std::collections::BTreeMap;

/// What should never happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// An outcome that clients were told is not in the journal any more.
    #[error("sequence {first} to {last} were acknowledged and are lost: the journal ends at {survived}")]
    Lost {
        /// The first that is gone.
        first: u64,
        /// The last that was acknowledged.
        last: u64,
        /// Where the journal ends.
        survived: u64,
    },
    /// What clients were told is not what stands there.
    #[error("sequence {sequence} was acknowledged and its {what} is another one now")]
    Altered {
        /// Which.
        sequence: u64,
        /// What of it.
        what: &'static str,
    },
    /// An outcome out of turn.
    #[error("sequence {found} was acknowledged where {expected} is next")]
    OutOfTurn {
        /// The next.
        expected: u64,
        /// The one told.
        found: u64,
    },
    /// A time before the one before.
    #[error("sequence {sequence} has the time {time_us}, before {last_us}")]
    TimeBackwards {
        /// Which.
        sequence: u64,
        /// Its time.
        time_us: u64,
        /// The time of the one before.
        last_us: u64,
    },
    /// A ticket that nobody waits for: never given, refused, or answered before.
    #[error("ticket {ticket} was answered, and nobody waits for it")]
    Unasked {
        /// The ticket.
        ticket: u64,
    },
    /// A command that nobody can have submitted, or more often than it was.
    #[error("sequence {sequence} holds a command that nobody submitted, or once too often")]
    Invented {
        /// Which.
        sequence: u64,
    },
    /// An answer about a state that is not durable.
    #[error("an answer as of sequence {sequence} was given, and only {durable} were acknowledged")]
    TooEarly {
        /// As of which sequence.
        sequence: u64,
        /// How many were told.
        durable: u64,
    },
    /// A runtime that was closed has left clients without an answer.
    #[error("{count} submissions were let in and never answered, and the runtime was closed")]
    Unanswered {
        /// How many.
        count: usize,
    },
    /// Something was acknowledged after a failure of the disk.
    #[error("something was acknowledged after the runtime had stopped for a failure")]
    AfterFailure,
    /// The state differs from the one that was there live.
    #[error("the state after sequence {sequence} is not the one that it was live")]
    OtherState {
        /// After which.
        sequence: u64,
    },
    /// A failure of the disk did not stop the runtime.
    #[error("a {fault} did not stop the runtime")]
    WentOn {
        /// What was injected.
        fault: &'static str,
    },
    /// A sound journal was refused.
    #[error("a journal that nothing is wrong with was refused: {reason}")]
    Refused {
        /// What the refusal said.
        reason: String,
    },
    /// A refusal changed files, or did not say which file is wrong.
    #[error("a refusal {what}: {reason}")]
    BadRefusal {
        /// What it did.
        what: &'static str,
        /// What it said.
        reason: String,
    },
    /// Money made or lost, or any invariant of the state broken.
    #[error("after sequence {sequence}: {violation}")]
    Unsound {
        /// After which.
        sequence: u64,
        /// Which invariant.
        violation: String,
    },
    /// What was released cannot be read.
    #[error("what was released cannot be read: {0}")]
    Unreadable(String),
}

/// A record as the journal holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its sequence number.
    pub sequence: u64,
    /// Its time, in microseconds since the Unix epoch.
    pub time_us: u64,
    /// The command's bytes.
    pub command: Vec<u8>,
}

/// What was told of one sequence number.
struct Fact {
    time_us: u64,
    command: Vec<u8>,
    /// Events and market updates, as they were sent.
    outcome: Vec<u8>,
}

/// The record of one exchange, over all its crashes.
#[derive(Default)]
pub struct Auditor {
    /// By sequence number less one.
    facts: Vec<Fact>,
    /// Commands by ticket; nothing for a query.
    waiting: BTreeMap<u64, Option<Vec<u8>>>,
    /// Commands whose clients were cut off before an answer: each may be found once, at the next recovery.
    in_limbo: BTreeMap<Vec<u8>, u32>,
    /// The hash of the live state after a sequence.
    states: BTreeMap<u64, [u8; 32]>,
    has_stopped: bool,
}

impl Auditor {
    /// How many outcomes were told.
    pub fn acknowledged(&self) -> u64 {
        self.facts.len() as u64
    }

    /// A client submits a command, or a query without one.
    pub fn asks(&mut self, ticket: u64, command: Option<Vec<u8>>) {
        self.waiting.insert(ticket, command);
    }

    /// The submission was refused at the door: it may never be found anywhere.
    pub fn is_refused(&mut self, ticket: u64) {
        self.waiting.remove(&ticket);
    }

    /// The live state's hash after a sequence.
    pub fn sees_state(&mut self, sequence: u64, hash: [u8; 32]) {
        self.states.insert(sequence, hash);
    }

    /// The runtime says that a failure has stopped it, and everything released before was heard.
    pub fn stopped(&mut self) {
        self.has_stopped = true;
    }

    /// Clients hear a list of outcomes and answers.
    pub fn hears(&mut self, chunk: &[u8]) -> Result<(), Finding> {
        for told in read_chunk(chunk)? {
            if self.has_stopped {
                return Err(Finding::AfterFailure);
            }
            let Some(asked) = self.waiting.remove(&told.ticket) else {
                return Err(Finding::Unasked { ticket: told.ticket });
            };
            let Some(command) = asked else {
                let (sequence, durable) = (told.sequence, self.acknowledged());
                if sequence > durable {
                    return Err(Finding::TooEarly { sequence, durable });
                }
                continue;
            };
            let expected = self.acknowledged() + 1;
            if told.sequence != expected {
                return Err(Finding::OutOfTurn { expected, found: told.sequence });
            }
            self.learn(Fact { time_us: told.time_us, command, outcome: told.rest.to_vec() })?;
        }
        Ok(())
    }

    fn learn(&mut self, fact: Fact) -> Result<(), Finding> {
        let last_us = self.facts.last().map_or(0, |last| last.time_us);
        if fact.time_us < last_us {
            return Err(Finding::TimeBackwards { sequence: self.acknowledged() + 1, time_us: fact.time_us, last_us });
        }
        self.facts.push(fact);
        Ok(())
    }

    /// A process has come to the same end in another way: the state must be the same.
    pub fn resumes(&self, sequence: u64, state: [u8; 32]) -> Result<(), Finding> {
        match self.states.get(&sequence) {
            Some(known) if *known == state && sequence == self.acknowledged() => Ok(()),
            _ => Err(Finding::OtherState { sequence }),
        }
    }

    /// The runtime was closed as it should be, and everything that it released was heard.
    pub fn closed(&mut self) -> Result<(), Finding> {
        match self.waiting.len() {
            0 => Ok(()),
            count => Err(Finding::Unanswered { count }),
        }
    }

    /// The process is gone, and with it every connection.
    pub fn crashed(&mut self) {
        for command in std::mem::take(&mut self.waiting).into_values().flatten() {
            *self.in_limbo.entry(command).or_default() += 1;
        }
        self.has_stopped = false;
    }

    /// A process has recovered: hold what it found against the record, and from now on to it.
    ///
    /// `outcomes` are those of all records, in lists as they are released, with tickets of 0. `may_end_before` is the
    /// first sequence of the very last frame if that was damaged at rest: the one loss that the format allows.
    pub fn recovered(
        &mut self,
        records: &[Record],
        outcomes: &[Vec<u8>],
        state: [u8; 32],
        may_end_before: Option<u64>,
    ) -> Result<(), Finding> {
        let (survived, last) = (records.len() as u64, self.acknowledged());
        if survived < last {
            if may_end_before != Some(survived + 1) {
                return Err(Finding::Lost { first: survived + 1, last, survived });
            }
            self.facts.truncate(records.len());
        }
        let mut told = Vec::with_capacity(records.len());
        for chunk in outcomes {
            told.extend(read_chunk(chunk)?);
        }
        if told.len() != records.len() {
            return Err(Finding::Unreadable(format!("{} outcomes of {survived} commands", told.len())));
        }
        for (index, (record, told)) in (0..).zip(records.iter().zip(told)) {
            let sequence = index as u64 + 1;
            let differs = |what| Err(Finding::Altered { sequence, what });
            if (record.sequence, told.sequence) != (sequence, sequence) {
                return differs("sequence number");
            }
            if told.time_us != record.time_us {
                return differs("time in its outcome");
            }
            match self.facts.get::<usize>(index) {
                Some(fact) if fact.time_us != record.time_us => return differs("time"),
                Some(fact) if fact.command != record.command => return differs("command"),
                Some(fact) if fact.outcome != told.rest => return differs("outcome"),
                Some(_) => {}
                None => {
                    match self.in_limbo.get_mut(&record.command) {
                        Some(count) if *count > 0 => *count -= 1,
                        _ => return Err(Finding::Invented { sequence }),
                    }
                    let (time_us, command) = (record.time_us, record.command.clone());
                    self.learn(Fact { time_us, command, outcome: told.rest.to_vec() })?;
                }
            }
        }
        // What was not found now is gone, and may not come back later.
        self.in_limbo.clear();
        self.states.split_off(&(survived + 1));
        match self.states.insert(survived, state) {
            Some(live) if live != state => Err(Finding::OtherState { sequence: survived }),
            _ => Ok(()),
        }
    }
}

/// One thing that was told.
struct Told<'a> {
    ticket: u64,
    sequence: u64,
    /// 0 in an answer.
    time_us: u64,
    /// What comes after these.
    rest: &'a [u8],
}

/// Read a list of outcomes and answers: `["Outcome", ticket, sequence, time, …]` or `["Answered", ticket, sequence, …]`.
fn read_chunk(chunk: &[u8]) -> Result<Vec<Told<'_>>, Finding> {
    let unreadable = |what: &dyn std::fmt::Display| Finding::Unreadable(what.to_string());
    let mut rest = chunk;
    let count = rmp::decode::read_array_len(&mut rest).map_err(|error| unreadable(&error))?;
    let mut told = Vec::new();
    for _ in 0..count {
        let whole = rest;
        read_value_ref(&mut rest).map_err(|error| unreadable(&error))?;
        let mut inside = &whole[..whole.len() - rest.len()];
        rmp::decode::read_array_len(&mut inside).map_err(|error| unreadable(&error))?;
        let tag = read_value_ref(&mut inside).map_err(|error| unreadable(&error))?;
        let mut number = || -> Result<u64, Finding> {
            let value = read_value_ref(&mut inside).map_err(|error| unreadable(&error))?;
            value.as_u64().ok_or_else(|| unreadable(&"a number is missing"))
        };
        let (ticket, sequence) = (number()?, number()?);
        let time_us = if tag == ValueRef::from("Outcome") { number()? } else { 0 };
        told.push(Told { ticket, sequence, time_us, rest: inside });
    }
    if rest.is_empty() { Ok(told) } else { Err(unreadable(&"bytes behind a list")) }
}
