//! One candle from a time on, against a plain model over all trades.

use crate::feed::{DAY_US, FIRST, Feed, HOUR_US, MINUTE_US, price};
use proptest::prelude::*;
use rialto_market::{Candle, Interval, RecentTrade};
use rialto_types::{Amount, Price, SymbolId, TradeId};

/// Join the trades from a time on.
fn model(trades: &[RecentTrade], opened_at_us: u64, closes_at_us: u64) -> Candle {
    let window: Vec<_> = trades.iter().filter(|trade| trade.traded_at_us >= opened_at_us).collect();
    let sum = |amounts: &mut dyn Iterator<Item = i128>| Amount::from_units(amounts.sum());
    let bought = || window.iter().filter(|trade| !trade.buyer_is_maker);
    let prices = || window.iter().map(|trade| trade.price);
    Candle {
        opened_at_us,
        closes_at_us,
        open: prices().next().unwrap_or_default(),
        high: prices().max().unwrap_or_default(),
        low: prices().min().unwrap_or_default(),
        close: prices().next_back().unwrap_or_default(),
        volume: sum(&mut window.iter().map(|trade| i128::from(trade.quantity.units()))),
        quote_volume: sum(&mut window.iter().map(|trade| trade.quote_quantity.units())),
        trades: window.len() as u64,
        taker_buy_volume: sum(&mut bought().map(|trade| i128::from(trade.quantity.units()))),
        taker_buy_quote_volume: sum(&mut bought().map(|trade| trade.quote_quantity.units())),
        first_trade_id: window.first().map_or(TradeId(0), |trade| trade.trade_id),
        last_trade_id: window.last().map_or(TradeId(0), |trade| trade.trade_id),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn while_memory_has_every_minute_the_window_opens_with_the_first(
        gaps_us in proptest::collection::vec(0..3 * HOUR_US, 1..60),
        back_us in 0..8 * DAY_US,
    ) {
        let mut feed = Feed::with_symbols(1);
        let mut now_us = 9 * DAY_US;
        for (gap_us, paid) in gaps_us.iter().zip(1..) {
            now_us += gap_us;
            feed.trade_at(now_us, 1 + paid * 7_919 % 3_001, 100_000_000 + paid);
        }
        let from_us = now_us - back_us;
        let opened_at_us = from_us.div_ceil(MINUTE_US) * MINUTE_US;
        let expected = model(feed.trades(), opened_at_us, now_us);
        prop_assert_eq!(feed.views.candle_from(FIRST, from_us, now_us), Some(expected));
    }
}

#[test]
fn beyond_the_minutes_held_it_opens_with_the_shortest_interval_that_is_complete() {
    let mut feed = Feed::with_symbols(1);
    let count = 8 * 24 * 60;
    for minute in 0..count {
        feed.trade_at(minute * MINUTE_US + 17, 1 + minute * 7_919 % 3_001, 100_000_000 + minute);
    }
    let now_us = (count - 1) * MINUTE_US + 40;
    let this_minute_us = now_us - 40;
    for (back_minutes, interval) in [
        (1, Interval::OneMinute),
        (1_440, Interval::OneMinute),
        (1_441, Interval::ThreeMinutes),
        (2 * 1_440, Interval::ThreeMinutes),
        (3 * 1_440, Interval::FiveMinutes),
        (5 * 1_440 + 7, Interval::FifteenMinutes),
        (7 * 1_440, Interval::FifteenMinutes),
    ] {
        let from_us = this_minute_us - back_minutes * MINUTE_US;
        let opens = [interval.start_of(from_us), interval.next(from_us)];
        let opened_at_us = opens.into_iter().find(|&opens| opens >= from_us).unwrap();
        let expected = model(feed.trades(), opened_at_us, now_us);
        assert_eq!(feed.views.candle_from(FIRST, from_us, now_us), Some(expected), "{back_minutes}");
    }
}

#[test]
fn without_trades_it_is_empty() {
    let mut feed = Feed::with_symbols(2);
    assert_eq!(feed.views.candle_from(FIRST, MINUTE_US, DAY_US), Some(model(&[], MINUTE_US, DAY_US)));
    assert_eq!(feed.views.candle_from(SymbolId(2), 0, 0), None);
    feed.trade_at(HOUR_US, 5, 100_000_000);
    let empty = feed.views.candle_from(FIRST, HOUR_US + MINUTE_US, DAY_US).unwrap();
    assert_eq!((empty.open, empty.trades), (Price::ZERO, 0));
    assert_eq!(feed.views.candle_from(FIRST, HOUR_US, DAY_US).unwrap().open, price(5));
}
