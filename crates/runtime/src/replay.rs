//! Replaying a journal: the same commands, the same state, the same outcomes.
//!
//! From the first command, or from a snapshot and what follows it; either way every state hash that the journal recorded
//! must be that of the replayed state.

use crate::error::ReplayError;
use crate::released::{Chunk, Outcome, Released, StatedEvents};
use rialto_engine::Engine;
use rialto_journal::{Checkpoint, Disk, Entry, Reader, RealDisk};
use rialto_market::{MarketUpdate, MarketViews};
use rialto_snapshot::Loaded;
use rialto_types::{Command, Event, codec};
use std::path::Path;

/// Outcomes are handed on in lists of at most this many, or this many bytes.
const CHUNK_OUTCOMES: usize = 10_000;
const CHUNK_BYTES: usize = 4 << 20;
/// Progress is told every so many commands.
const PROGRESS_COMMANDS: u64 = 100_000;

/// Receives what a replay has to tell. Either may stop the replay by an error.
pub trait Progress {
    /// A list of encoded outcomes, in order.
    fn outcomes(&mut self, chunk: Vec<u8>) -> Result<(), String>;

    /// How far it is: the sequence number reached.
    fn reached(&mut self, sequence: u64) -> Result<(), String>;

    /// The ticket that an outcome is to carry; none, unless somebody remembers it.
    fn ticket(&mut self, _sequence: u64) -> u64 {
        0
    }

    /// Everything that one command stated, and its encoded outcome.
    fn stated(&mut self, _sequence: u64, _time_us: u64, _events: &[Event], _outcome: &[u8]) {}
}

/// What a replay came to.
pub struct Replayed {
    /// The state after the last command.
    pub engine: Engine,
    /// The market views after the last command.
    pub views: MarketViews,
    /// How many commands were replayed, and how many of them were refused when they were made.
    pub commands: u64,
    /// Refused ones among them.
    pub refused: u64,
    /// How many recorded state hashes were met and found equal.
    pub checkpoints: u64,
    /// The chain hash of the journal behind the last of them.
    pub chain: [u8; 32],
}

/// Apply every command of a journal.
///
/// Outcomes from `outcomes_from` on are handed to `progress`. Wherever the journal recorded a state hash, the replayed
/// state must have the same.
pub fn replay(directory: &Path, outcomes_from: u64, progress: &mut impl Progress) -> Result<Replayed, ReplayError> {
    replay_on(RealDisk, directory, outcomes_from, progress)
}

/// Replay as [`replay`] does, on a given disk.
pub fn replay_on<D: Disk>(
    disk: D,
    directory: &Path,
    outcomes_from: u64,
    progress: &mut impl Progress,
) -> Result<Replayed, ReplayError> {
    replay_from(None, disk, directory, outcomes_from, progress)
}

/// Apply the commands of a journal that follow a snapshot, or all of them.
///
/// The snapshot's sequence is below `outcomes_from` and in the journal. Fails with `ForeignSnapshot`, before anything was
/// handed on, where it is of another journal.
pub(crate) fn replay_from<D: Disk>(
    start: Option<Loaded>,
    disk: D,
    directory: &Path,
    outcomes_from: u64,
    progress: &mut impl Progress,
) -> Result<Replayed, ReplayError> {
    let mut replay = Replay::open(start, disk, directory)?;
    let mut chunk = Chunk::default();
    while let Some(met) = replay.step()? {
        let Met::Command { sequence, time_us } = met else { continue };
        if sequence >= outcomes_from {
            let (events, market) = (StatedEvents(&replay.events), replay.market.as_slice());
            let (ticket, position) = (progress.ticket(sequence), chunk.bytes());
            chunk.push(&Released::Outcome(Outcome { ticket, sequence, time_us, events, market }));
            progress.stated(sequence, time_us, &replay.events, chunk.encoded_from(position));
            if chunk.len() >= CHUNK_OUTCOMES || chunk.bytes() >= CHUNK_BYTES {
                progress.outcomes(chunk.take()).map_err(ReplayError::Receiver)?;
            }
        }
        if sequence.is_multiple_of(PROGRESS_COMMANDS) {
            progress.reached(sequence).map_err(ReplayError::Receiver)?;
        }
    }
    if chunk.len() > 0 {
        progress.outcomes(chunk.take()).map_err(ReplayError::Receiver)?;
    }
    progress.reached(replay.engine.sequence()).map_err(ReplayError::Receiver)?;
    Ok(replay.end())
}

/// What one step of a replay met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// A command, which was applied.
    Command { sequence: u64, time_us: u64 },
    /// A recorded state hash, which was that of the state.
    Checkpoint,
}

/// A state on its way through a journal.
pub(crate) struct Replay<D: Disk = RealDisk> {
    pub(crate) engine: Engine,
    pub(crate) views: MarketViews,
    pub(crate) reader: Reader<D>,
    /// What the last command led to.
    events: Vec<Event>,
    market: Vec<MarketUpdate>,
    /// The chain hash that the journal must have where the snapshot was taken, until it was seen there.
    unproven: Option<[u8; 32]>,
    commands: u64,
    refused: u64,
    pub(crate) checkpoints: u64,
    /// The last recorded hash that was found equal.
    pub(crate) last_checked: Option<Checkpoint>,
}

impl<D: Disk> Replay<D> {
    pub(crate) fn open(start: Option<Loaded>, disk: D, directory: &Path) -> Result<Replay<D>, ReplayError> {
        let (engine, views, unproven) = match start {
            Some(Loaded { position, engine, views }) => (engine, views, Some(position.chain)),
            None => (Engine::new(), MarketViews::default(), None),
        };
        let reader = Reader::open_on(disk, directory, engine.sequence() + 1)?;
        Ok(Replay {
            engine,
            views,
            reader,
            events: Vec::new(),
            market: Vec::new(),
            unproven,
            commands: 0,
            refused: 0,
            checkpoints: 0,
            last_checked: None,
        })
    }

    /// Go on by one entry; `None` at the end of the journal as it stands.
    pub(crate) fn step(&mut self) -> Result<Option<Met>, ReplayError> {
        let entry = match self.reader.next_entry()? {
            None => None,
            Some(Entry::Checkpoint(checkpoint)) => Some(Read::Checkpoint(checkpoint)),
            Some(Entry::Command { seq: sequence, time_us, payload }) => {
                let command = codec::decode(payload).map_err(|source| ReplayError::Command { sequence, source })?;
                Some(Read::Command { sequence, time_us, command })
            }
        };
        self.prove(matches!(entry, Some(Read::Checkpoint(_))))?;
        Ok(match entry {
            None => None,
            Some(Read::Checkpoint(checkpoint)) => {
                self.check(&checkpoint)?;
                Some(Met::Checkpoint)
            }
            Some(Read::Command { sequence, time_us, command }) => {
                self.apply(sequence, time_us, &command);
                Some(Met::Command { sequence, time_us })
            }
        })
    }

    /// Find the chain hash of the snapshot before the first command behind it. Checkpoints may stand on either side.
    fn prove(&mut self, may_follow: bool) -> Result<(), ReplayError> {
        let Some(chain) = self.unproven else { return Ok(()) };
        let sequence = self.engine.sequence();
        if self.reader.next_seq() == sequence + 1 && self.reader.chain_hash() == chain {
            self.unproven = None;
            return Ok(());
        }
        if may_follow { Ok(()) } else { Err(ReplayError::ForeignSnapshot { sequence }) }
    }

    fn apply(&mut self, sequence: u64, time_us: u64, command: &Command) {
        self.events.clear();
        self.market.clear();
        self.engine.apply(sequence, time_us, command, &mut self.events);
        self.views.apply(time_us, &self.events, &mut self.market);
        self.commands += 1;
        self.refused += u64::from(matches!(self.events.first(), Some(Event::CommandRejected(_))));
    }

    fn check(&mut self, checkpoint: &Checkpoint) -> Result<(), ReplayError> {
        if self.engine.agrees_with(&checkpoint.state_hash) {
            self.checkpoints += 1;
            self.last_checked = Some(*checkpoint);
            return Ok(());
        }
        if self.unproven.is_some() {
            return Err(ReplayError::ForeignSnapshot { sequence: checkpoint.seq });
        }
        let text = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Err(ReplayError::StateDiverged {
            sequence: checkpoint.seq,
            recorded: text(checkpoint.state_hash),
            part: text(self.engine.part_hash()),
            whole: text(self.engine.state_hash()),
        })
    }

    fn end(self) -> Replayed {
        let Replay { engine, mut views, reader, commands, refused, checkpoints, .. } = self;
        // Nobody was there to take what has changed.
        views.forget_changes();
        Replayed { engine, views, commands, refused, checkpoints, chain: reader.chain_hash() }
    }
}

/// An entry, no longer in the reader's hands.
#[expect(clippy::large_enum_variant, reason = "one of them at a time, for one step")]
enum Read {
    Command { sequence: u64, time_us: u64, command: Command },
    Checkpoint(Checkpoint),
}
