//! Every refusal there is can be brought about, and nothing else is in the list.

use crate::exchange::{self, refusal};
use crate::script::{Script, name};
use rialto_types::command::{LEGS_MAX, PAYLOAD_BYTES_MAX, Record, Unreadable};
use rialto_types::query::{Answer, Query};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, Command, Leg, OwnerId, PostingReason, Price, Quantity,
    Rejection, Side, StreamKey, SymbolId, Text,
};
use std::collections::BTreeSet;

/// The variants of `Rejection`, read from its definition, so that a new one is missed here until it is produced.
fn defined() -> BTreeSet<String> {
    let source = include_str!("../../../../types/src/rejection.rs");
    let (_, body) = source.split_once("pub enum Rejection {").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(" {"));
    variants.map(|(variant, _)| variant.to_owned()).filter(|name| name.chars().all(char::is_alphanumeric)).collect()
}

/// Lines that are refused, after others that are not.
const LINES: [&str; 20] = [
    "carol cancels all",
    "alice opens spot",
    "symbol BTCUSDT BTC USDT",
    "symbol ETHUSDT ETH USDT tick=0",
    "alice buys 1 market for 1",
    "alice deposits 0 USDT",
    "alice opens custody",
    "alice posts 1 USDT Reward",
    "alice.funding buys 1 @ 1",
    "alice buys 1 @ 1 stp TRANSFER",
    "alice buys 1 @ 0.001",
    "alice buys 0 @ 1",
    "alice buys 0.001 market",
    "alice buys 0.001 @ 1",
    "bob buys 1 @ 1",
    "alice buys 10 @ 90 maker",
    "alice buys 10 @ 2 as known",
    "alice buys 10 @ 90",
    "record r/1 after 0: alice gets 1 USDT",
    "record r/1 after 0: alice releases 1 USDT",
];

fn refused_lines() -> Vec<Rejection> {
    let mut script =
        Script::new("notional_min=0.01 market_quantity_min=0.01 open_orders_max=2 prevention_allowed=NONE");
    for line in ["alice deposits 21 USDT", "bob deposits 1 BTC", "bob deposits 9 USDT", "alice buys 10 @ 2 as known"] {
        script.run(line);
    }
    for line in ["bob sells 1 @ 90", "bob buys 1 @ 1"] {
        script.run(line);
    }
    LINES.iter().map(|line| refusal(&script.execute(line)).unwrap_or_else(|| panic!("accepted: {line}"))).collect()
}

/// A rule and a line each that breaks it.
const BROKEN_RULES: [(&str, &str); 24] = [
    ("algo_orders_max=1", "alice sells 1 market stop-loss at 3"),
    ("iceberg_orders_max=1", "alice sells 2 @ 9 show 1"),
    ("iceberg_parts_max=1", "alice sells 2 @ 9 show 1"),
    ("order_lists_max=1", "alice lists oto: sells 1 @ 9 | sells 1 @ 9"),
    ("amendments_max=1", "alice amends amended to 1"),
    ("position_max=1", "alice buys 1 @ 1"),
    ("percent_price=1.1/0.9/1.1/0.9", "alice sells 1 @ 9"),
    ("trailing=10/20/10/20", "alice sells 1 market stop-loss trail 30"),
    ("forbids=Market", "alice sells 1 market"),
    ("", "alice sells 1 @ 9 show 2"),
    ("", "alice sells 1 market stop-loss at 7"),
    ("", "alice sells 1 @ peg primary 9"),
    ("", "alice sells 1 market peg primary"),
    ("", "alice sells 1 @ peg primary IOC"),
    ("", "alice lists oco: sells 1 @ 9 | sells 1 @ 9"),
    ("", "alice lists oco: sells 1 @ 3 maker | sells 1 market stop-loss at 2"),
    ("", "alice lists oto as l: sells 1 @ 9 | sells 1 @ 9"),
    ("", "alice cancels list other"),
    ("", "alice cancels amended only-partial"),
    ("", "alice amends amended to 4"),
    ("", "alice amends amended to 1.5"),
    ("", "reference 1"),
    ("", "pool BTC BTCUSDT"),
    ("", "alice sells 1 @ 9 routed"),
];

fn refused_by_rules() -> Vec<Rejection> {
    let mut refused = Vec::new();
    for (rule, line) in BROKEN_RULES {
        let mut script = Script::new(rule);
        for line in [
            "alice deposits 100 BTC",
            "alice deposits 100 USDT",
            "bob deposits 100 USDT",
            "alice sells 1 @ 5 maker",
            "bob buys 1 @ 5",
            "alice sells 1 market stop-loss at 2 trail 15",
            "alice sells 2 @ 5 as first",
            "alice sells 1 @ 5 show 1",
            "alice amends first to 1.5",
            "alice lists oto as l: sells 1 @ 5.5 | sells 1 @ 5.5",
        ] {
            script.run(line);
        }
        refused.push(refusal(&script.execute(line)).unwrap_or_else(|| panic!("accepted: {line} with {rule}")));
    }
    refused
}

/// The limits of the whole exchange, the closed market, and what only an order that traded or is paid for can be refused.
fn refused_in_course() -> Vec<Rejection> {
    let mut script = Script::new("");
    for line in [
        "alice deposits 100 BTC",
        "alice deposits 100 USDT",
        "bob deposits 100 USDT",
        "alice sells 2 @ 5 show 1 as a",
        "bob buys 1 @ 5",
        "alice sells 1 market stop-loss at 2",
        "alice lists oto paid as l: buys 1 @ 1 | sells @ 9 as paid",
    ] {
        script.run(line);
    }
    let mut refused = Vec::new();
    let mut refuse = |setting: &str, line: &str| {
        script.run(setting);
        refused.push(refusal(&script.execute(line)).unwrap_or_else(|| panic!("accepted: {line} with {setting}")));
    };
    refuse("limits 0 0 0 0", "alice amends a to 1");
    refuse("limits 0 0 0 0", "alice amends paid to 1");
    refuse("limits 1 0 0 0", "alice sells 1 @ 9");
    refuse("limits 0 1 0 0", "alice sells 1 market stop-loss at 2");
    refuse("limits 0 0 1 0", "alice sells 2 @ 9 show 1");
    refuse("limits 0 0 0 1", "alice lists oto: sells 1 @ 9 | sells 1 @ 9");
    refuse("asset-limit 5 BTC", "alice sells 6 @ 9");
    refuse("status HALT", "alice sells 1 @ 9");
    refused
}

fn refused_commands() -> Vec<Rejection> {
    let mut script = Script::new("tick=0.00000001 lot=0.00000001");
    let (alice, usdt) = (script.account("alice"), script.asset("USDT"));
    script.run("alice deposits 10000 USDT");
    script.run("alice buys 92233720368.54775807 @ 0.00000001");
    let leg =
        Leg { account: alice, asset: usdt, free: Amount::ZERO, locked: Amount::ZERO, reason: PostingReason::Reward };
    let record = |expected_version, legs, bytes| {
        let payload = vec![0; bytes];
        let stream = StreamKey { kind: Text::default(), id: Text::default() };
        Command::Record(Box::new(Record { stream, expected_version, legs, payload }))
    };
    let order = |symbol, units: u64, id| {
        let (price, quantity) = (Price::from_units(units).unwrap(), Quantity::from_units(units).unwrap());
        exchange::limit(alice, symbol, Side::Buy, price, quantity, id)
    };
    let commands = [
        exchange::post(alice, AssetId(99), 1),
        exchange::post(AccountId(99), usdt, 1),
        order(SymbolId(99), 1, "a"),
        exchange::register_asset("USDT"),
        record(7, Vec::new(), 0),
        record(0, vec![leg; LEGS_MAX + 1], 0),
        record(0, Vec::new(), PAYLOAD_BYTES_MAX + 1),
        order(SymbolId(0), 1, "b"),
        Command::Unreadable(Unreadable {}),
    ];
    let mut refused = Vec::new();
    for command in commands {
        let rejection = refusal(&script.exchange.apply(&command));
        refused.push(rejection.unwrap_or_else(|| panic!("accepted: {command:?}")));
    }
    script.exchange.accept(&record(0, vec![leg; LEGS_MAX], PAYLOAD_BYTES_MAX));
    let kind = AccountKind::of(AccountClass::Options);
    match script.exchange.engine.answer(&Query::Account { owner: OwnerId(1), kind }) {
        Answer::Refused { rejection } => refused.push(rejection),
        other => panic!("{other:?}"),
    }
    refused
}

#[test]
fn every_refusal_can_be_brought_about() {
    let refused = [refused_lines(), refused_by_rules(), refused_in_course(), refused_commands()].concat();
    let produced: BTreeSet<String> = refused.iter().map(name).collect();
    let missing: Vec<_> = defined().difference(&produced).cloned().collect();
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(produced.difference(&defined()).count(), 0, "the list of variants was read wrongly");
}

#[test]
fn a_refusal_states_the_values_that_broke_the_rule() {
    let mut script = Script::new("price_max=100");
    let alice = script.account("alice");
    let (price, quantity) = ("101".parse().unwrap(), "1".parse().unwrap());
    let events = script.exchange.apply(&exchange::limit(alice, SymbolId(0), Side::Buy, price, quantity, "a"));
    let limit = "100".parse().unwrap();
    assert_eq!(refusal(&events), Some(Rejection::PriceFilter { bound: rialto_types::Bound::Maximum, price, limit }));
}
