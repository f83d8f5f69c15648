//! What leaves the views, as the processes behind them read it: arrays in the order of the fields, decimals as text.

use crate::feed::{Deal, FIRST, Feed, HOUR_US, Rest};
use rialto_market::{Cadence, Interval};
use rialto_types::Side;
use serde::{Deserialize, Serialize};

/// Anything that arrives, without knowing what was sent.
#[derive(Deserialize)]
#[serde(untagged)]
enum Received {
    Number(u64),
    Truth(bool),
    Text(String),
    List(Vec<Received>),
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Received::Number(number) => number.fmt(f),
            Received::Truth(truth) => truth.fmt(f),
            // Most places of a decimal are zeros that say nothing here.
            Received::Text(text) => f.write_str(&text.replace("00000000", "0")),
            Received::List(list) => list.fmt(f),
        }
    }
}

fn check(value: impl Serialize, expected: &str) {
    let mut bytes = Vec::new();
    value.serialize(&mut rmp_serde::Serializer::new(&mut bytes).with_human_readable()).unwrap();
    let received: Received = rmp_serde::from_slice(&bytes).unwrap();
    assert_eq!(format!("{received:?}"), expected);
}

const ONE: u64 = 100_000_000;

/// A bid and an ask, and two trades an hour apart.
fn market() -> Feed {
    let mut feed = Feed::with_symbols(1);
    let rests = [
        Rest { side: Side::Buy, price: 3 * ONE, quantity: 6 * ONE },
        Rest { side: Side::Sell, price: 5 * ONE, quantity: 7 * ONE },
    ];
    check(feed.command(1, FIRST, &[], &rests), "[[BookTickerChanged, 0, 2, 3.0, 6.0, 5.0, 7.0]]");
    feed.command(2, FIRST, &[Deal { taker: 1, price: 4 * ONE, quantity: 2 * ONE, taker_buys: true }], &[]);
    feed
}

#[test]
fn updates_are_arrays_that_begin_with_their_name() {
    let mut feed = market();
    let deals = [
        Deal { taker: 2, price: 9 * ONE, quantity: ONE, taker_buys: false },
        Deal { taker: 2, price: 9 * ONE, quantity: ONE, taker_buys: false },
    ];
    let updates = feed.command(HOUR_US, FIRST, &deals, &[]);
    check(
        updates.first().unwrap(),
        "[CandleClosed, 0, 1s, [0, 1000000, 4.0, 4.0, 4.0, 4.0, 2.0, 8.0, 1, 2.0, 8.0, 1, 1]]",
    );
    check(updates.last().unwrap(), "[TradesAggregated, 0, 2, 9.0, 2.0, 2, 3, 3600000000, true]");
}

#[test]
fn answers_are_arrays() {
    let mut feed = market();
    check(feed.views.depth(FIRST, 10), "[2, [[3.0, 6.0]], [[5.0, 7.0]]]");
    check(feed.views.book_ticker(FIRST), "[BookTickerChanged, 0, 2, 3.0, 6.0, 5.0, 7.0]");
    check(feed.views.take_depth_updates(Cadence::Slow), "[[0, 1, 2, [[3.0, 6.0]], [[5.0, 7.0]]]]");
    check(feed.views.trades(FIRST, None, 10), "[[1, 4.0, 2.0, 8.0, 2, false]]");
    check(feed.views.aggregated_trades(FIRST, 10), "[[TradesAggregated, 0, 1, 4.0, 2.0, 1, 1, 2, false]]");
    check(
        feed.views.take_changed_candles().last(),
        "[0, 1M, [0, 2678400000000, 4.0, 4.0, 4.0, 4.0, 2.0, 8.0, 1, 2.0, 8.0, 1, 1]]",
    );
    feed.command(HOUR_US, FIRST, &[Deal { taker: 2, price: 9 * ONE, quantity: 3 * ONE, taker_buys: false }], &[]);
    check(
        feed.views.candles(FIRST, Interval::OneHour, None, None, 1, 2 * HOUR_US),
        "[[7200000000, 10800000000, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 0, 0.0, 0.0, 0, 0]]",
    );
    check(
        feed.views.take_changed_statistics(HOUR_US),
        "[[0, 0, 3600000000, 4.0, 9.0, 4.0, 9.0, 3.0, 4.0, 7.0, 5.0, 35.0, 1, 2, 2, 3.0, 6.0, 5.0, 7.0]]",
    );
}
