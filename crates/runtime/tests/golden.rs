//! Journals that earlier releases wrote, which every later one must replay to the states recorded then.
//!
//! Each directory under `golden` holds a journal of wild commands, a snapshot from its middle, and what was expected of
//! them when they were written. A directory never changes once it is there. `RIALTO_WRITE_GOLDEN=NAME cargo test
//! --release -p rialto-runtime --test golden` writes another one, after a change of the format of commands, events,
//! snapshots or hashes.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rialto_engine::Engine;
use rialto_journal::{Batch, Checkpoint, Entry, Journal, Options, Reader};
use rialto_market::MarketViews;
use rialto_runtime::{Progress, replay, verify};
use rialto_snapshot::{SnapshotError, SnapshotStore};
use rialto_types::command::Record;
use rialto_types::query::{Answer, Query};
use rialto_types::{
    AccountId, Amount, AssetId, Command, Event, Leg, OrderState, PostingReason, StreamKey, Text, codec, event,
};
use rialto_wild::{FIRST_ACCOUNT, PEOPLE, stream};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const EXPECTED: &str = "expected.txt";
/// The first golden directory, and how many commands it holds.
const TURNS: usize = 4_000;
const CHECKPOINT_COMMANDS: u64 = 250;
/// Every kind of command there was when version 3 was released.
const KINDS: usize = 21;
const ORDER_TYPES: usize = 7;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Hashes every list of outcomes that a replay hands on.
struct Digest(blake3::Hasher);

impl Progress for Digest {
    fn outcomes(&mut self, chunk: Vec<u8>) -> Result<(), String> {
        self.0.update(&chunk);
        Ok(())
    }

    fn reached(&mut self, _sequence: u64) -> Result<(), String> {
        Ok(())
    }
}

fn text(hash: [u8; 32]) -> String {
    blake3::Hash::from(hash).to_string()
}

/// What this release makes of a golden journal, line by line: the hashes of the state at every checkpoint, of its whole
/// and of a part, and at the end the digest of all outcomes, under the version of their encoding.
fn made_of(journal: &Path) -> Vec<String> {
    let mut engine = Engine::new();
    let mut reader = Reader::open(journal, 1).unwrap();
    let (mut lines, mut events) = (Vec::new(), Vec::new());
    while let Some(entry) = reader.next_entry().unwrap() {
        match entry {
            Entry::Command { seq, time_us, payload } => {
                events.clear();
                engine.apply(seq, time_us, &codec::decode(payload).unwrap(), &mut events);
            }
            Entry::Checkpoint(checkpoint) => {
                let hashes = (text(engine.state_hash()), text(engine.part_hash()));
                lines.push(format!("state {} whole {} part {}", checkpoint.seq, hashes.0, hashes.1));
            }
        }
    }
    engine.audit().unwrap();
    let mut digest = Digest(blake3::Hasher::new());
    let replayed = replay(journal, 1, &mut digest).unwrap();
    assert_eq!(replayed.checkpoints as usize, lines.len(), "every recorded hash is compared");
    lines.push(format!("outcomes {} digest {}", event::VERSION, digest.0.finalize()));
    lines
}

fn check(directory: &Path) {
    let expected = fs::read_to_string(directory.join(EXPECTED)).unwrap();
    let made = made_of(&directory.join("journal"));
    for (line, made) in expected.lines().zip(&made) {
        // Outcomes of another version are spelled otherwise; what they state follows from the states all the same.
        let version = |line: &str| line.split(' ').nth(1).map(str::to_owned);
        if !line.starts_with("outcomes") || version(line) == version(made) {
            assert_eq!(made, line, "{}", directory.display());
        }
    }
    assert_eq!(expected.lines().count(), made.len(), "{}", directory.display());
    check_snapshot(directory);
}

/// A snapshot of this release's layout leads to the same end; one of another is refused for what it is.
fn check_snapshot(directory: &Path) -> bool {
    let (journal, snapshots) = (directory.join("journal"), directory.join("snapshots"));
    let store = SnapshotStore::new(&snapshots);
    let sequence = store.sequences().unwrap()[0];
    match store.load(sequence) {
        Err(SnapshotError::OtherRelease { .. }) => false,
        loaded => {
            assert_eq!(loaded.unwrap().engine.sequence(), sequence);
            let quick = verify(&journal, Some(&snapshots), &mut Digest(blake3::Hasher::new())).unwrap();
            let whole = verify(&journal, None, &mut Digest(blake3::Hasher::new())).unwrap();
            assert_eq!((quick.snapshot, &quick.state_hash), (Some(sequence), &whole.state_hash));
            assert!(quick.checkpoints < whole.checkpoints);
            true
        }
    }
}

fn directories() -> Vec<PathBuf> {
    let entries = fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path());
    let mut directories: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    directories.sort();
    directories
}

#[test]
fn what_earlier_releases_wrote_is_replayed_to_the_states_they_recorded() {
    if let Ok(name) = env::var("RIALTO_WRITE_GOLDEN") {
        write(&golden().join(name));
    }
    let directories = directories();
    assert!(!directories.is_empty());
    directories.iter().for_each(|directory| check(directory));
    assert!(
        check_snapshot(&directories[directories.len() - 1]),
        "the newest golden snapshot is of this release's layout"
    );
}

/// The golden journals hold what they are there for.
#[test]
fn golden_journals_hold_every_command_of_their_time() {
    let (mut kinds, mut types, mut refusals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for directory in directories() {
        let mut engine = Engine::new();
        let mut reader = Reader::open(&directory.join("journal"), 1).unwrap();
        while let Some(entry) = reader.next_entry().unwrap() {
            let Entry::Command { seq, time_us, payload } = entry else { continue };
            let command = codec::decode(payload).unwrap();
            note(&mut engine, seq, time_us, &command, (&mut kinds, &mut types, &mut refusals));
        }
    }
    assert!(kinds.len() >= KINDS, "{kinds:?}");
    assert!(types.len() >= ORDER_TYPES, "{types:?}");
    assert!(refusals.len() > 30, "{refusals:?}");
}

type Names = BTreeSet<String>;

fn note(
    engine: &mut Engine,
    sequence: u64,
    time_us: u64,
    command: &Command,
    (kinds, types, refusals): (&mut Names, &mut Names, &mut Names),
) {
    let name_of = |text: String| text.split(['(', ' ']).next().unwrap_or_default().to_owned();
    let mut events = Vec::new();
    engine.apply(sequence, time_us, command, &mut events);
    match &events[0] {
        Event::CommandRejected(refused) => drop(refusals.insert(name_of(format!("{:?}", refused.rejection)))),
        _ => drop(kinds.insert(name_of(format!("{command:?}")))),
    }
    for event in &events {
        if let Event::OrderPlaced(placed) = event {
            types.insert(format!("{:?}", placed.order.order_type));
        }
    }
}

/// The first wild stream in which everything is met.
fn rich_stream() -> Vec<(u64, Command)> {
    let mut runner = TestRunner::deterministic();
    let mut met = String::new();
    for _ in 0..20 {
        let (founding, turns) = stream(TURNS..TURNS + 1).new_tree(&mut runner).unwrap().current();
        let (mut engine, mut commands, mut time_us) = (Engine::new(), Vec::new(), 1_700_000_000_000_000);
        let (mut kinds, mut types, mut refusals) = (Names::new(), Names::new(), Names::new());
        for turn in 0..founding.len() + turns.len() {
            let (after_us, command) = match turn.checked_sub(founding.len()) {
                None => (7, founding[turn].clone()),
                Some(turn) if turn % 200 == 0 => (7, record(turn as u64 / 200)),
                Some(turn) => (turns[turn].after_us, turns[turn].aimed_at(&open_orders(&engine))),
            };
            time_us += after_us;
            let sequence = engine.sequence() + 1;
            note(&mut engine, sequence, time_us, &command, (&mut kinds, &mut types, &mut refusals));
            commands.push((time_us, command));
        }
        if kinds.len() >= KINDS && types.len() >= ORDER_TYPES && refusals.len() > 30 {
            return commands;
        }
        met = format!("{kinds:?}, {types:?}, {refusals:?}");
    }
    panic!("no stream is rich enough; the last has {met}");
}

/// A product's record, which wild streams do not make: it locks a little of what a person has.
fn record(version: u64) -> Command {
    let locked = Amount::from_units(3);
    let leg = Leg {
        account: AccountId(FIRST_ACCOUNT),
        asset: AssetId(0),
        free: -locked,
        locked,
        reason: PostingReason::Adjustment,
    };
    let stream = StreamKey { kind: Text::new("earn").unwrap(), id: Text::new("1").unwrap() };
    let payload = version.to_le_bytes().to_vec();
    Command::Record(Box::new(Record { stream, expected_version: version, legs: vec![leg], payload }))
}

fn open_orders(engine: &Engine) -> Vec<OrderState> {
    let people = (FIRST_ACCOUNT..FIRST_ACCOUNT + PEOPLE).map(AccountId);
    let orders_of = |account| match engine.answer(&Query::OpenOrders { account, symbol: None }) {
        Answer::Orders { orders } => orders,
        _ => Vec::new(),
    };
    people.flat_map(orders_of).collect()
}

/// Write a golden directory as this release would: hashes of parts at most checkpoints, of the whole at some.
fn write(directory: &Path) {
    assert!(!directory.exists(), "{} is there already and must not change", directory.display());
    let (path, snapshots) = (directory.join("journal"), directory.join("snapshots"));
    fs::create_dir_all(&path).unwrap();
    let (mut journal, _) = Journal::open(&path, Options { segment_bytes_max: 60_000, ..Options::default() }).unwrap();
    let (mut engine, mut views, mut events) = (Engine::new(), MarketViews::default(), Vec::new());
    let commands = rich_stream();
    for (time_us, command) in &commands {
        events.clear();
        let sequence = engine.sequence() + 1;
        engine.apply(sequence, *time_us, command, &mut events);
        views.apply(*time_us, &events, &mut Vec::new());
        let mut batch = Batch::new();
        batch.push_with(sequence, *time_us, |buffer| codec::encode(command, buffer)).unwrap();
        journal.append(&batch).unwrap();
        if sequence.is_multiple_of(CHECKPOINT_COMMANDS) || sequence as usize == commands.len() {
            let is_whole = sequence.is_multiple_of(4 * CHECKPOINT_COMMANDS) || sequence as usize == commands.len();
            let state_hash = if is_whole { engine.state_hash() } else { engine.part_hash() };
            journal.checkpoint(Checkpoint { seq: sequence, time_us: *time_us, state_hash }).unwrap();
        }
        if sequence as usize == commands.len() / 2 {
            SnapshotStore::new(&snapshots).write(&engine, &views, journal.chain_hash()).unwrap();
        }
    }
    journal.close().unwrap();
    fs::remove_file(path.join("journal.lock")).unwrap();
    fs::remove_file(snapshots.join("snapshots.lock")).unwrap();
    let mut expected = String::new();
    made_of(&path).iter().for_each(|line| writeln!(expected, "{line}").unwrap());
    fs::write(directory.join(EXPECTED), expected).unwrap();
}
