//! Coming back: how long a start takes with and without snapshots, and what a checkpoint and a snapshot cost.
//!
//! `recovery start` writes a journal of so many commands, lets a replica follow it, and times starts from nothing and
//! from the newest snapshot. `recovery state` makes a large state and times the hash of the whole (what checkpoints
//! recorded once), that of a part (what they record), and writing and reading a snapshot of it. `recovery latency` runs
//! the pipeline at a fixed rate with small segments, for whoever lets a replica run beside it.

use crate::load::Load;
use crate::market::{QUOTE, base, deposit, list_symbol, open_account, register_assets};
use crate::measures::{highest_us, percentiles_us, rate, write_percentiles, write_trials};
use crate::memory::resting_order;
use crate::pipeline::{Empty, Pipeline};
use rialto_engine::Engine;
use rialto_journal::{Batch, Checkpoint, Journal};
use rialto_market::MarketViews;
use rialto_runtime::{Options, Replica, Runtime, replay};
use rialto_snapshot::SnapshotStore;
use rialto_types::{Command, Event, codec};
use std::path::Path;
use std::time::{Duration, Instant};

const BATCH: usize = 1_024;
const CHECKPOINT_COMMANDS: u64 = 50_000;
const SNAPSHOT_COMMANDS: u64 = 500_000;
/// What the pipeline is offered while a replica may follow it, and how large segments are, so that it has work.
const OFFERED_PER_SECOND: usize = 50_000;
const SMALL_SEGMENT_BYTES: u64 = 4 << 20;

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

/// Time starts on a journal of a load.
pub(crate) fn start(load: &Load, trials: usize, directory: &Path) {
    let (journal, snapshots) = (directory.join("journal"), directory.join("snapshots"));
    let case = format!("{} million commands", load.commands.len() / 1_000_000);
    write_journal(load, &journal);
    let count = load.opening.len() + load.commands.len();
    let mut replica = Replica::new(&journal, &snapshots, SNAPSHOT_COMMANDS);
    let (mut written_s, mut bytes) = (Vec::new(), Vec::new());
    loop {
        let began = Instant::now();
        let advanced = replica.advance(50_000).expect("the journal replays");
        if let Some(taken) = advanced.snapshot {
            written_s.push(seconds(began.elapsed()));
            bytes.push(taken.written.bytes as f64 / 1e6);
        }
        if advanced.is_idle && advanced.sequence + 1 >= last_closed(&journal) {
            break;
        }
    }
    write_trials(&case, "snapshot written by the replica, with what it replayed before", "s", &written_s);
    write_trials(&case, "snapshot, size", "MB", &bytes);
    let (mut whole, mut quick, mut replayed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..trials {
        let began = Instant::now();
        drop(open(&journal, None));
        whole.push(seconds(began.elapsed()));
        let began = Instant::now();
        let runtime = open(&journal, Some(&snapshots));
        quick.push(seconds(began.elapsed()));
        replayed.push(runtime.start().replayed as f64);
    }
    write_trials(&case, "start without a snapshot", "s", &whole);
    write_trials(&case, "start from the newest snapshot", "s", &quick);
    write_trials(&case, "commands replayed behind it", "", &replayed);
    let speeds: Vec<f64> = (0..trials)
        .map(|_| {
            let began = Instant::now();
            replay(&journal, u64::MAX, &mut Empty).expect("the journal replays");
            rate(count, began.elapsed())
        })
        .collect();
    write_trials(&case, "replay", "commands/s", &speeds);
}

fn last_closed(journal: &Path) -> u64 {
    rialto_journal::newest_segment(journal).expect("the journal is there").unwrap_or(1)
}

fn open(journal: &Path, snapshots: Option<&Path>) -> Runtime {
    let options = Options { snapshots: snapshots.map(Path::to_path_buf), ..Options::default() };
    Runtime::open(journal, options, u64::MAX, &mut Empty).expect("the journal opens")
}

/// As the runtime would, without waiting for each sync.
fn write_journal(load: &Load, directory: &Path) {
    let options = rialto_journal::Options::default();
    let (mut journal, _) = Journal::open(directory, options).expect("an empty journal opens");
    let (mut engine, mut events, mut batch) = (Engine::new(), Vec::new(), Batch::new());
    let mut due = CHECKPOINT_COMMANDS;
    let commands: Vec<&Command> = load.opening.iter().chain(&load.commands).collect();
    for chunk in commands.chunks(BATCH) {
        for command in chunk {
            let sequence = engine.sequence() + 1;
            batch.push_with(sequence, sequence * 10, |buffer| codec::encode(command, buffer)).expect("in sequence");
            engine.apply(sequence, sequence * 10, command, &mut events);
        }
        events.clear();
        journal.append(&batch).expect("the disk takes what is appended");
        batch.clear();
        if engine.sequence() >= due {
            due = engine.sequence() + CHECKPOINT_COMMANDS;
            let (seq, time_us, state_hash) = (engine.sequence(), engine.time_us(), engine.part_hash());
            journal.checkpoint(Checkpoint { seq, time_us, state_hash }).expect("the disk takes a checkpoint");
        }
    }
    journal.close().expect("the journal closes");
}

/// Time hashes and snapshots of a state of so many accounts, each with a balance and an open order.
pub(crate) fn state(accounts: usize, trials: usize, directory: &Path) {
    let case = format!("{accounts} accounts, as many open orders");
    let (mut engine, mut views) = (Engine::new(), MarketViews::default());
    let mut events = Vec::new();
    let mut apply = |engine: &mut Engine, command: &Command| {
        let sequence = engine.sequence() + 1;
        events.clear();
        engine.apply(sequence, sequence, command, &mut events);
        assert!(!matches!(events[0], Event::CommandRejected(_)), "{events:?}");
        views.apply(sequence, &events, &mut Vec::new());
    };
    register_assets(1).for_each(|command| apply(&mut engine, &command));
    apply(&mut engine, &list_symbol(0));
    for number in 0..accounts as u32 {
        apply(&mut engine, &open_account(number));
        // Half of them sell.
        apply(&mut engine, &deposit(number, if number.is_multiple_of(2) { QUOTE } else { base(0) }));
        apply(&mut engine, &resting_order(number, accounts as u32));
    }
    let (mut whole_ms, mut part_us) = (Vec::new(), Vec::new());
    for trial in 0..trials {
        let began = Instant::now();
        engine.state_hash();
        whole_ms.push(seconds(began.elapsed()) * 1_000.0);
        let mut nanoseconds = Vec::new();
        for number in 0..500 {
            // Another sequence number chooses another part.
            apply(&mut engine, &open_account((accounts + trial * 500 + number) as u32));
            let began = Instant::now();
            engine.part_hash();
            nanoseconds.push(began.elapsed().as_nanos() as u32);
        }
        let percentiles = percentiles_us(&mut nanoseconds);
        part_us.push([percentiles[0], percentiles[1], percentiles[2], highest_us(&nanoseconds)]);
    }
    write_trials(&case, "hash of the whole", "ms", &whole_ms);
    write_percentiles(&case, "hash of a part (the last is the longest)", "us", &part_us);
    let store = SnapshotStore::new(&directory.join("snapshots"));
    let (mut write_s, mut read_s, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..trials {
        let began = Instant::now();
        let written = store.write(&engine, &views, [0; 32]).expect("the disk takes a snapshot");
        write_s.push(seconds(began.elapsed()));
        bytes.push(written.bytes as f64 / 1e6);
        let began = Instant::now();
        drop(store.load(written.sequence).expect("what was written is read"));
        read_s.push(seconds(began.elapsed()));
    }
    write_trials(&case, "snapshot, written", "s", &write_s);
    write_trials(&case, "snapshot, read and checked", "s", &read_s);
    write_trials(&case, "snapshot, size", "MB", &bytes);
}

/// Submission to release at a fixed rate, over segments small enough for a replica to have work all the time.
pub(crate) fn latency(load: &Load, case: &str, directory: &Path) {
    let mut options = Options::default();
    options.journal.segment_bytes_max = SMALL_SEGMENT_BYTES;
    let pipeline = Pipeline::open_with(load, directory.to_path_buf(), options);
    let mut nanoseconds = pipeline.offer_at(OFFERED_PER_SECOND, &load.commands);
    let percentiles = percentiles_us(&mut nanoseconds);
    write_percentiles(case, &format!("submission to release at {OFFERED_PER_SECOND}/s"), "us", &[percentiles]);
}
