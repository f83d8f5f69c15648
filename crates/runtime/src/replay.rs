//! Replaying a journal: the same commands, the same state, the same outcomes.

use crate::error::ReplayError;
use crate::released::{Chunk, Outcome, Released, StatedEvents};
use rialto_engine::Engine;
use rialto_journal::{Checkpoint, Disk, Entry, Reader, RealDisk};
use rialto_market::MarketViews;
use rialto_types::{Event, codec};
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
    /// How many commands were refused when they were made.
    pub refused: u64,
    /// How many recorded state hashes were met and found equal.
    pub checkpoints: u64,
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
    let mut reader = Reader::open_on(disk, directory, 1)?;
    let mut replayed = Replayed { engine: Engine::new(), views: MarketViews::default(), refused: 0, checkpoints: 0 };
    let (mut events, mut market) = (Vec::new(), Vec::new());
    let mut chunk = Chunk::default();
    while let Some(entry) = reader.next_entry()? {
        let (sequence, time_us, payload) = match entry {
            Entry::Command { seq, time_us, payload } => (seq, time_us, payload),
            Entry::Checkpoint(checkpoint) => {
                check_state(&replayed.engine, &checkpoint)?;
                replayed.checkpoints += 1;
                continue;
            }
        };
        let command = codec::decode(payload).map_err(|source| ReplayError::Command { sequence, source })?;
        events.clear();
        market.clear();
        replayed.engine.apply(sequence, time_us, &command, &mut events);
        replayed.views.apply(time_us, &events, &mut market);
        replayed.refused += u64::from(matches!(events.first(), Some(Event::CommandRejected(_))));
        if sequence >= outcomes_from {
            let (ticket, position, stated) = (progress.ticket(sequence), chunk.bytes(), StatedEvents(&events));
            chunk.push(&Released::Outcome(Outcome { ticket, sequence, time_us, events: stated, market: &market }));
            progress.stated(sequence, time_us, &events, chunk.encoded_from(position));
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
    progress.reached(replayed.engine.sequence()).map_err(ReplayError::Receiver)?;
    Ok(replayed)
}

fn check_state(engine: &Engine, checkpoint: &Checkpoint) -> Result<(), ReplayError> {
    let replayed = engine.state_hash();
    if replayed == checkpoint.state_hash {
        return Ok(());
    }
    let text = |hash: [u8; 32]| hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Err(ReplayError::StateDiverged {
        sequence: checkpoint.seq,
        recorded: text(checkpoint.state_hash),
        replayed: text(replayed),
    })
}
