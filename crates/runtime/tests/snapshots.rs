//! A start with snapshots comes to the state of a start without, whatever became of the snapshots; and a replica proves
//! it all along.

use rialto_journal::{Batch, Entry, Journal, Reader};
use rialto_runtime::{Clock, Options, Progress, Replica, Runtime, SnapshotTaken, replay, take_snapshot, verify};
use rialto_snapshot::SnapshotStore;
use rialto_types::command::{ListSymbol, NewOrder, OpenAccount, PlaceOrder, Post, RegisterAsset};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, ClientOrderId, Command, OrderType, OwnerId, PostingReason,
    Price, Quantity, Side, SymbolId, SymbolSpec, Text, TimeInForce,
};
use rialto_wild::open_spec;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const UNIT: u64 = 100_000_000;

/// Counts what a replay hands on.
#[derive(Default)]
struct Told {
    chunks: usize,
}

impl Progress for Told {
    fn outcomes(&mut self, _chunk: Vec<u8>) -> Result<(), String> {
        self.chunks += 1;
        Ok(())
    }

    fn reached(&mut self, _sequence: u64) -> Result<(), String> {
        Ok(())
    }
}

/// A journal with small segments, and its snapshots.
struct Place {
    _dir: TempDir,
    journal: PathBuf,
    snapshots: PathBuf,
}

impl Place {
    fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let (journal, snapshots) = (dir.path().join("journal"), dir.path().join("snapshots"));
        Place { _dir: dir, journal, snapshots }
    }

    fn open(&self, outcomes_from: u64) -> Runtime {
        let journal = rialto_journal::Options { segment_bytes_max: 20_000, ..rialto_journal::Options::default() };
        let (clock, snapshots) = (Clock::Given, Some(self.snapshots.clone()));
        let options =
            Options { checkpoint_commands: 50, batch_max: 32, clock, journal, snapshots, ..Options::default() };
        Runtime::open(&self.journal, options, outcomes_from, &mut Told::default()).unwrap()
    }

    /// Run so many commands and stop.
    fn trade(&self, commands: std::ops::Range<u64>) {
        let mut runtime = self.open(u64::MAX);
        for number in commands {
            submit(&runtime, number);
        }
        runtime.close();
        assert_eq!(runtime.failure().as_deref(), Some("closed"));
    }

    fn take(&self) -> Option<SnapshotTaken> {
        take_snapshot(&self.journal, &self.snapshots, &mut Told::default()).unwrap()
    }

    fn store(&self) -> SnapshotStore {
        SnapshotStore::new(&self.snapshots)
    }

    /// Open and close; what the start said, and the state it came to by its own hash.
    fn restart(&self, outcomes_from: u64) -> rialto_runtime::Start {
        let mut runtime = self.open(outcomes_from);
        let start = runtime.start().clone();
        runtime.close();
        verify(&self.journal, None, &mut Told::default()).unwrap();
        start
    }
}

fn submit(runtime: &Runtime, number: u64) {
    while runtime.submit(number, command(number), Some(1_700_000_000_000_000 + number * 1_000)).is_err() {
        runtime.drain();
    }
}

/// Founding first, then two people trading with each other and resting.
fn command(number: u64) -> Command {
    let text = |name: &str| Text::new(name).unwrap();
    match number {
        0 => Command::RegisterAsset(RegisterAsset { name: text("BTC") }),
        1 => Command::RegisterAsset(RegisterAsset { name: text("USDT") }),
        2 => Command::ListSymbol(Box::new(ListSymbol { spec: spec() })),
        3 | 4 => Command::OpenAccount(OpenAccount {
            owner: OwnerId(number),
            kind: AccountKind::of(AccountClass::Spot),
            trade_group: None,
        }),
        5..9 => Command::Post(Post {
            account: AccountId(5 + (number % 2) as u32),
            asset: AssetId((number / 7) as u32),
            amount: Amount::from_units(i128::from(UNIT) << 30),
            reason: PostingReason::Deposit,
        }),
        _ => order(number),
    }
}

fn order(number: u64) -> Command {
    let side = if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let price = 100 + number * 7 % 11;
    Command::PlaceOrder(PlaceOrder {
        account: AccountId(5 + (number % 2) as u32),
        symbol: SymbolId(0),
        order: NewOrder {
            client_order_id: ClientOrderId::new(&format!("o{number}")).unwrap(),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: Price::from_units(price * UNIT),
            quantity: Quantity::from_units((1 + number % 5) * UNIT),
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        },
        is_routed: false,
    })
}

fn spec() -> SymbolSpec {
    let one = Quantity::from_units(UNIT).unwrap();
    SymbolSpec {
        tick: Price::from_units(UNIT).unwrap(),
        lot: one,
        open_orders_max: 1_000_000,
        is_discounted: false,
        ..open_spec("BTCUSDT", AssetId(0), AssetId(1))
    }
}

fn state_at_end(journal: &Path) -> [u8; 32] {
    replay(journal, u64::MAX, &mut Told::default()).unwrap().engine.state_hash()
}

#[test]
fn a_start_replays_only_what_follows_the_snapshot() {
    let place = Place::new();
    place.trade(0..400);
    let taken = place.take().unwrap();
    assert_eq!((taken.written.sequence, taken.is_beside_live), (400, false));
    assert_eq!(place.take(), None, "there is one of that point already");
    place.trade(400..500);
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed, start.passed_over), (Some(400), 100, vec![]));
    let report = verify(&place.journal, Some(&place.snapshots), &mut Told::default()).unwrap();
    assert_eq!((report.snapshot, report.sequence), (Some(400), 500));
    assert_eq!(report.state_hash, verify(&place.journal, None, &mut Told::default()).unwrap().state_hash);
}

#[test]
fn projections_that_are_behind_a_snapshot_see_every_outcome_all_the_same() {
    let place = Place::new();
    place.trade(0..300);
    place.take();
    place.trade(300..400);
    place.take();
    let start = place.restart(350);
    assert_eq!((start.snapshot, start.replayed), (Some(300), 100));
    assert!(start.passed_over[0].contains("ahead of the projections, which must see every outcome from 350 on"));
    let start = place.restart(300);
    assert_eq!((start.snapshot, start.replayed), (None, 400));
    let start = place.restart(401);
    assert_eq!((start.snapshot, start.replayed), (Some(400), 0));
}

#[test]
fn a_bad_snapshot_is_set_aside_and_the_one_before_is_begun_with() {
    let place = Place::new();
    for end in [300, 350, 400] {
        place.trade(end - if end == 300 { 300 } else { 50 }..end);
        place.take();
    }
    let store = place.store();
    assert_eq!(store.sequences().unwrap(), [400, 350], "two are kept");
    assert_eq!(store.retain_from().unwrap(), Some(350));
    let newest = store.path(400);
    let mut bytes = fs::read(&newest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&newest, &bytes).unwrap();
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (Some(350), 50));
    let why = &start.passed_over[0];
    assert!(why.contains("is damaged: its checksum is") && why.contains("it was set aside as"), "{why}");
    assert!(!newest.exists() && newest.with_extension("rls.damaged").exists());
    // The other one cut short: everything is replayed.
    let older = store.path(350);
    fs::write(&older, &fs::read(&older).unwrap()[..50]).unwrap();
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (None, 400));
    assert!(start.passed_over[0].contains("it has 50 bytes, fewer than a header and a checksum"));
}

#[test]
fn a_snapshot_of_another_release_is_left_where_it_is() {
    let place = Place::new();
    place.trade(0..100);
    place.take();
    let path = place.store().path(100);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len() - 32;
    bytes[8] = 9;
    let hash = *blake3::hash(&bytes[..end]).as_bytes();
    bytes[end..].copy_from_slice(&hash);
    fs::write(&path, &bytes).unwrap();
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (None, 100));
    assert!(start.passed_over[0].contains("was written by another release: format version 9 (this release knows 1)"));
    assert!(path.exists());
}

#[test]
fn a_snapshot_of_another_journal_is_not_begun_with() {
    let (place, other) = (Place::new(), Place::new());
    place.trade(0..100);
    other.trade(0..90);
    other.trade(95..105);
    other.take();
    fs::create_dir_all(&place.snapshots).unwrap();
    fs::copy(other.store().path(100), place.store().path(100)).unwrap();
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (None, 100));
    assert!(start.passed_over[0].contains("is of another journal than this one"), "{:?}", start.passed_over);
    other.trade(105..110);
    other.take();
    fs::copy(other.store().path(105), place.store().path(105)).unwrap();
    let start = place.restart(u64::MAX);
    assert!(start.passed_over[0].contains("is ahead of the journal, which ends at 100"), "{:?}", start.passed_over);
}

#[test]
fn a_snapshot_whose_state_is_another_than_recorded_is_refused() {
    let place = Place::new();
    place.trade(0..100);
    place.take();
    let path = place.store().path(100);
    let mut bytes = fs::read(&path).unwrap();
    let end = bytes.len() - 32;
    bytes[30] ^= 1;
    let hash = *blake3::hash(&bytes[..end]).as_bytes();
    bytes[end..].copy_from_slice(&hash);
    fs::write(&path, &bytes).unwrap();
    let start = place.restart(u64::MAX);
    assert_eq!(start.snapshot, None);
    assert!(start.passed_over[0].contains("holds a state with hash"), "{:?}", start.passed_over);
}

#[test]
fn a_replica_follows_closed_segments_beside_the_live_core_and_writes_snapshots() {
    let place = Place::new();
    let mut runtime = place.open(u64::MAX);
    let mut replica = Replica::new(&place.journal, &place.snapshots, 400);
    assert!(replica.advance(1_000).unwrap().is_idle, "the first segment is being written");
    let mut snapshots = Vec::new();
    let mut last = 0;
    for number in 0..3_000 {
        submit(&runtime, number);
        if number % 100 == 99 {
            while runtime.under_way() > 0 {
                runtime.drain();
            }
            let advanced = replica.advance(150).unwrap();
            assert!(advanced.sequence >= last && advanced.sequence < number + 1, "only what is closed");
            last = advanced.sequence;
            snapshots.extend(advanced.snapshot);
        }
    }
    runtime.close();
    assert!(snapshots.len() >= 2, "{snapshots:?}");
    assert!(snapshots.windows(2).all(|pair| pair[0].written.sequence + 400 <= pair[1].written.sequence));
    let advanced = replica.advance(u64::MAX).unwrap();
    assert!(advanced.checkpoints > 20, "{advanced:?}");
    assert_eq!(replica.started().snapshot, None);
    // Another one begins with the snapshot, and a start does.
    let newest = place.store().sequences().unwrap()[0];
    let mut second = Replica::new(&place.journal, &place.snapshots, 1_000_000);
    assert_eq!(second.advance(u64::MAX).unwrap().sequence, advanced.sequence);
    assert_eq!(second.started().snapshot, Some(newest));
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (Some(newest), 3_000 - newest));
}

#[test]
fn beside_a_running_exchange_a_snapshot_is_of_the_last_closed_segment() {
    let place = Place::new();
    let mut runtime = place.open(u64::MAX);
    for number in 0..1_000 {
        submit(&runtime, number);
    }
    while runtime.under_way() > 0 {
        runtime.drain();
    }
    let taken = place.take().unwrap();
    assert!(taken.is_beside_live && (1..1_000).contains(&taken.written.sequence), "{taken:?}");
    runtime.close();
    let start = place.restart(u64::MAX);
    assert_eq!((start.snapshot, start.replayed), (Some(taken.written.sequence), 1_000 - taken.written.sequence));
}

/// The same commands with one recorded hash changed, as if the live core had come to another state.
fn journal_that_recorded_another_state(from: &Path, to: &Path) {
    let options = rialto_journal::Options { segment_bytes_max: 20_000, ..rialto_journal::Options::default() };
    let (mut journal, _) = Journal::open(to, options).unwrap();
    let mut reader = Reader::open(from, 1).unwrap();
    let mut checkpoints = 0;
    while let Some(entry) = reader.next_entry().unwrap() {
        match entry {
            Entry::Command { seq, time_us, payload } => {
                let mut batch = Batch::new();
                batch.push(seq, time_us, payload).unwrap();
                journal.append(&batch).unwrap();
            }
            Entry::Checkpoint(mut checkpoint) => {
                checkpoints += 1;
                checkpoint.state_hash[0] ^= u8::from(checkpoints == 3);
                journal.checkpoint(checkpoint).unwrap();
            }
        }
    }
    journal.close().unwrap();
}

#[test]
fn a_replica_stops_where_the_live_core_recorded_another_state() {
    let (place, other) = (Place::new(), Place::new());
    place.trade(0..1_000);
    journal_that_recorded_another_state(&place.journal, &other.journal);
    let mut replica = Replica::new(&other.journal, &other.snapshots, 100_000);
    let error = replica.advance(u64::MAX).unwrap_err();
    assert!(error.is_divergence(), "{error}");
    assert!(error.to_string().contains("the journal recorded state"), "{error}");
}

/// Checkpoints of releases before this one recorded the hash of the whole state, and those are compared as well.
#[test]
fn hashes_of_the_whole_state_are_compared_too() {
    let place = Place::new();
    place.trade(0..200);
    let end = state_at_end(&place.journal);
    let mut reader = Reader::open(&place.journal, 1).unwrap();
    let mut recorded = Vec::new();
    while let Some(entry) = reader.next_entry().unwrap() {
        if let Entry::Checkpoint(checkpoint) = entry {
            recorded.push(checkpoint.state_hash);
        }
    }
    assert_eq!(recorded.last(), Some(&end), "a stopped core has recorded the hash of the whole");
    assert!(recorded.len() > 2);
    let replayed = replay(&place.journal, u64::MAX, &mut Told::default()).unwrap();
    assert_eq!(replayed.checkpoints as usize, recorded.len());
}
