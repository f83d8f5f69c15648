//! Bytes that are no command, and commands nobody should send: an error or a refusal, never a panic. `PROPTEST_CASES` sets
//! how many are tried.

use crate::exchange::{Exchange, list_symbol, open_spec, refusal, register_asset};
use crate::random::{Step, Versions, steps};
use proptest::prelude::*;
use rialto_types::command::{LEGS_MAX, Record};
use rialto_types::{AccountId, Amount, AssetId, Command, Leg, PostingReason, Rate, Rejection, StreamKey, Text, codec};
use rialto_wild::Turn;

fn encoded(command: &Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(command, &mut bytes);
    bytes
}

/// One change to an encoding.
#[derive(Clone, Debug)]
enum Damage {
    Overwrite(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Cut(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    use prop::sample::Index;
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(vec![0, 1, 0x7f, 0x80, 0xff])];
    prop_oneof![
        4 => (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Overwrite(at, byte)),
        1 => (any::<Index>(), byte()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        1 => any::<Index>().prop_map(Damage::Remove),
        1 => any::<Index>().prop_map(Damage::Cut),
    ]
}

/// Behind the version byte, so that the command itself is what is read.
fn damaged(mut bytes: Vec<u8>, damage: &[Damage]) -> Vec<u8> {
    for damage in damage {
        let places = bytes.len() - 1;
        match damage {
            _ if places == 0 => break,
            Damage::Overwrite(at, byte) => bytes[1 + at.index(places)] = *byte,
            Damage::Insert(at, byte) => bytes.insert(1 + at.index(places), *byte),
            Damage::Remove(at) => drop(bytes.remove(1 + at.index(places))),
            Damage::Cut(at) => bytes.truncate(1 + at.index(places)),
        }
    }
    bytes
}

/// Apply what can still be read of damaged commands, between the sound ones.
fn check_damaged(steps: &[Step], damages: &[Vec<Damage>]) {
    let (mut exchange, mut versions) = (Exchange::default(), Versions::default());
    for (step, damage) in steps.iter().zip(damages.iter().cycle()) {
        let sound = versions.resolve(step);
        if let Ok(command) = codec::decode(&damaged(encoded(&sound), damage)) {
            versions.follow(&exchange.apply(&command));
            assert_eq!(codec::decode(&encoded(&command)).unwrap(), command);
        }
        versions.follow(&exchange.apply(&sound));
        exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation}"));
    }
}

/// The same with commands of every kind, under random rules.
fn check_damaged_turns(founding: &[Command], turns: &[Turn], damages: &[Vec<Damage>]) {
    let mut exchange = Exchange::founded(founding);
    for (turn, damage) in turns.iter().zip(damages.iter().cycle()) {
        let sound = exchange.command_of(turn);
        if let Ok(command) = codec::decode(&damaged(encoded(&sound), damage)) {
            exchange.apply(&command);
            assert_eq!(codec::decode(&encoded(&command)).unwrap(), command);
            exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation} after {command:?}"));
        }
        exchange.apply_after(turn.after_us, &sound);
        exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation} after {sound:?}"));
    }
}

fn damages() -> impl Strategy<Value = Vec<Vec<Damage>>> {
    prop::collection::vec(prop::collection::vec(damage(), 1..4), 1..100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_decoded_or_refused(
        version in 0..3u8,
        mut bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        bytes.insert(0, version);
        if let Ok(command) = codec::decode(&bytes) {
            prop_assert_eq!(version, codec::VERSION);
            Exchange::default().apply(&command);
        }
    }

    #[test]
    fn damaged_commands_never_stop_the_engine(steps in steps(80), damages in damages()) {
        check_damaged(&steps, &damages);
    }

    #[test]
    fn damaged_commands_of_every_kind_never_stop_the_engine(
        (founding, turns) in rialto_wild::stream(1..120),
        damages in damages(),
    ) {
        check_damaged_turns(&founding, &turns, &damages);
    }
}

#[test]
fn bytes_that_are_no_command_say_what_is_wrong() {
    let error = |bytes: &[u8]| codec::decode(bytes).unwrap_err().to_string();
    assert_eq!(error(&[]), "an empty command");
    assert!(error(&[codec::VERSION + 1]).starts_with("command format version 4 is not known"));
    assert!(error(&[1]).starts_with("command format version 1 was given up before the first release"));
    assert!(error(&[2]).starts_with("command format version 2 was given up before the first release"));
    assert!(error(&[codec::VERSION]).starts_with("a damaged command"));
    let mut sound = encoded(&register_asset("BTC"));
    sound.push(0);
    assert_eq!(error(&sound), "1 bytes behind a command");
}

/// A length that promises more than is there must not be believed.
#[test]
fn a_false_length_allocates_nothing() {
    let stream = StreamKey { kind: Text::default(), id: Text::default() };
    let record = Record { stream, expected_version: 0, legs: Vec::new(), payload: Vec::new() };
    let mut bytes = encoded(&Command::Record(Box::new(record)));
    let [.., legs, payload] = &mut bytes[..] else { panic!("a record ends with two lengths") };
    (*legs, *payload) = (0xff, 0xff);
    bytes.extend([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
    assert!(codec::decode(&bytes).is_err());
}

#[test]
fn a_decoded_rate_above_the_whole_is_refused() {
    let mut exchange = Exchange::default();
    for name in ["BTC", "USDT"] {
        exchange.accept(&register_asset(name));
    }
    let mut spec = open_spec("BTCUSDT", AssetId(0), AssetId(1));
    spec.commission.standard.taker = Rate::from_units(100_000_000).unwrap();
    let mut bytes = encoded(&list_symbol(spec));
    // The rate is a little-endian number in groups of seven bits: 100,000,000 becomes 100,000,001.
    let written = [0x80, 0xc2, 0xd7, 0x2f];
    let place = bytes.windows(written.len()).position(|window| window == written).unwrap();
    bytes[place] += 1;
    let command = codec::decode(&bytes).unwrap();
    assert_eq!(refusal(&exchange.apply(&command)), Some(Rejection::InvalidSymbol { field: "commission" }));
}

/// As many legs as there may be, each as large as it may be, on the same balances.
#[test]
fn the_largest_record_there_can_be_is_added_up_without_overflow() {
    let mut exchange = Exchange::default();
    exchange.accept(&register_asset("BTC"));
    let most = Amount::COMMAND_MAX;
    let leg = |account, free, locked| Leg {
        account: AccountId(account),
        asset: AssetId(0),
        free,
        locked,
        reason: PostingReason::Adjustment,
    };
    let record = |version, legs: Vec<Leg>| {
        let stream = StreamKey { kind: Text::default(), id: Text::default() };
        Command::Record(Box::new(Record { stream, expected_version: version, legs, payload: Vec::new() }))
    };
    let all_up = vec![leg(4, most, most); LEGS_MAX];
    let sum = Amount::from_units(most.units() * 2 * LEGS_MAX as i128);
    let unbalanced = Some(Rejection::UnbalancedPostings { asset: AssetId(0), sum });
    assert_eq!(refusal(&exchange.apply(&record(0, all_up))), unbalanced);
    // 128 times 2^101 a command: the bound of 2^120 is reached by the 2^12th.
    let half = LEGS_MAX / 2;
    let balanced = [vec![leg(0, -most, -most); half], vec![leg(4, most, most); half]].concat();
    let held = Some(Rejection::HoldExceeded { account: AccountId(0), asset: AssetId(0), held: Amount::ZERO });
    assert_eq!(refusal(&exchange.apply(&record(0, balanced))), held);
    let balanced = [vec![leg(0, -most, Amount::ZERO); half], vec![leg(4, Amount::ZERO, most); half]].concat();
    for version in 0..1 << 13 {
        exchange.accept(&record(version, balanced.clone()));
    }
    let full = Some(Rejection::CapacityReached { what: "balance" });
    assert_eq!(refusal(&exchange.apply(&record(1 << 13, balanced))), full);
    exchange.engine.audit().unwrap();
}
