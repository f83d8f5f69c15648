//! Candles of every interval against a plain model: all intervals from the first trade to now, then the question.

use crate::feed::{Deal, FIRST, Feed, HOUR_US, MINUTE_US, SECOND_US, deal, price};
use proptest::prelude::*;
use rialto_market::{CANDLES_MAX, Candle, CandleClosed, Interval, MINUTE_CANDLES_MAX, MarketUpdate, RecentTrade};
use rialto_types::{Amount, SymbolId, TradeId};

/// Every candle from the first trade to now, read off the trades.
fn all_candles(trades: &[RecentTrade], interval: Interval, now_us: u64) -> Vec<Candle> {
    let mut candles: Vec<Candle> = Vec::new();
    let mut opened_at_us = interval.start_of(trades[0].traded_at_us);
    while opened_at_us <= now_us {
        let closes_at_us = interval.next(opened_at_us);
        let inside: Vec<&RecentTrade> =
            trades.iter().filter(|trade| (opened_at_us..closes_at_us).contains(&trade.traded_at_us)).collect();
        let bought = || inside.iter().filter(|trade| !trade.buyer_is_maker);
        let before = candles.last().map(|candle| candle.close).unwrap_or_default();
        let units = |total: i128| Amount::from_units(total);
        candles.push(Candle {
            opened_at_us,
            closes_at_us,
            open: inside.first().map_or(before, |trade| trade.price),
            high: inside.iter().map(|trade| trade.price).max().unwrap_or(before),
            low: inside.iter().map(|trade| trade.price).min().unwrap_or(before),
            close: inside.last().map_or(before, |trade| trade.price),
            volume: units(inside.iter().map(|trade| i128::from(trade.quantity.units())).sum()),
            quote_volume: units(inside.iter().map(|trade| trade.quote_quantity.units()).sum()),
            trades: inside.len() as u64,
            taker_buy_volume: units(bought().map(|trade| i128::from(trade.quantity.units())).sum()),
            taker_buy_quote_volume: units(bought().map(|trade| trade.quote_quantity.units()).sum()),
            first_trade_id: inside.first().map_or(TradeId(0), |trade| trade.trade_id),
            last_trade_id: inside.last().map_or(TradeId(0), |trade| trade.trade_id),
        });
        opened_at_us = closes_at_us;
    }
    candles
}

fn answer(all: &[Candle], start_us: Option<u64>, end_us: Option<u64>, limit: usize) -> Vec<Candle> {
    let mut fitting: Vec<Candle> = all.to_vec();
    fitting.retain(|candle| start_us.is_none_or(|start_us| candle.opened_at_us >= start_us));
    fitting.retain(|candle| end_us.is_none_or(|end_us| candle.opened_at_us <= end_us));
    let surplus = fitting.len().saturating_sub(limit);
    if start_us.is_some() {
        fitting.truncate(limit);
    } else {
        fitting.drain(..surplus);
    }
    fitting
}

fn closed_in(updates: &[MarketUpdate], wanted: Interval) -> Vec<CandleClosed> {
    let closed = |update: &MarketUpdate| match update {
        MarketUpdate::CandleClosed(closed) if closed.interval == wanted => Some(*closed),
        _ => None,
    };
    updates.iter().filter_map(closed).collect()
}

/// Trades with the time that passes before each, in thousandths of an interval.
fn trades() -> impl Strategy<Value = Vec<(u64, Deal)>> {
    let gap = prop_oneof![4 => 0..10_u64, 3 => 0..1_500_u64, 1 => 1_500..20_000_u64];
    let deal = (1..2_000_000_000_u64, 1..3_000_000_000_u64, any::<bool>());
    let deal = deal.prop_map(|(price, quantity, taker_buys)| Deal { taker: 1, price, quantity, taker_buys });
    proptest::collection::vec((gap, deal), 1..40)
}

/// Times around those of the candles: thousandths of an interval from the first trade on.
fn bound() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(prop_oneof![-5_000..60_000_i64, (-5..60_i64).prop_map(|whole| whole * 1_000)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_interval_answers_as_the_trades_say(
        interval in proptest::sample::select(Interval::ALL.to_vec()),
        base_s in 0..4_000_000_000_u64,
        aligned: bool,
        trades in trades(),
        (start, end, limit) in (bound(), bound(), 0..50_usize),
        now in 0..5_000_u64,
    ) {
        let base_us = if aligned { interval.start_of(base_s * SECOND_US) } else { base_s * SECOND_US };
        let length_us = interval.next(base_us) - interval.start_of(base_us);
        let mut feed = Feed::with_symbols(2);
        let mut time_us = base_us;
        let mut closed = Vec::new();
        for (gap, deal) in trades {
            time_us += length_us / 1_000 * gap;
            closed.extend(closed_in(&feed.command(time_us, FIRST, &[deal], &[]), interval));
        }

        let with_trades = |candle: &&Candle| candle.trades > 0;
        let so_far = all_candles(feed.trades(), interval, time_us);
        let (newest, older) = so_far.split_last().unwrap();
        let stated: Vec<Candle> = closed.iter().map(|closed| closed.candle).collect();
        prop_assert_eq!(&stated, &older.iter().filter(with_trades).copied().collect::<Vec<_>>());
        let changed = feed.views.take_changed_candles();
        prop_assert_eq!(changed.len(), Interval::ALL.len());
        prop_assert_eq!((changed[0].symbol, changed[0].interval), (FIRST, Interval::OneSecond));
        prop_assert_eq!(&changed.iter().find(|changed| changed.interval == interval).unwrap().candle, newest);
        prop_assert_eq!(feed.views.take_changed_candles(), Vec::new());

        let now_us = time_us + length_us / 1_000 * now;
        let all = all_candles(feed.trades(), interval, now_us);
        let at = |thousandths: i64| base_us.saturating_add_signed((length_us / 1_000) as i64 * thousandths);
        let whole = |thousandths: i64| if aligned && thousandths % 1_000 == 0 {
            interval.start_of(at(thousandths))
        } else {
            at(thousandths)
        };
        let (start_us, end_us) = (start.map(whole), end.map(whole));
        let got = feed.views.candles(FIRST, interval, start_us, end_us, limit, now_us).unwrap();
        prop_assert_eq!(got, answer(&all, start_us, end_us, limit));
        let everything = feed.views.candles(FIRST, interval, None, None, CANDLES_MAX, now_us).unwrap();
        prop_assert_eq!(everything, answer(&all, None, None, CANDLES_MAX));
        prop_assert_eq!(feed.views.candles_kept_from_us(FIRST, interval), Some(0));
    }
}

#[test]
fn a_symbol_without_trades_has_no_candles_and_an_unknown_one_no_answer() {
    let feed = Feed::with_symbols(1);
    let ask = |symbol| feed.views.candles(symbol, Interval::OneMinute, None, None, 10, HOUR_US);
    assert_eq!(ask(FIRST), Some(Vec::new()));
    assert_eq!(ask(SymbolId(1)), None);
    assert_eq!(feed.views.candles_kept_from_us(FIRST, Interval::OneDay), Some(0));
    assert_eq!(feed.views.candles_kept_from_us(SymbolId(1), Interval::OneDay), None);
}

#[test]
fn an_interval_owns_its_first_microsecond_and_not_the_first_after_it() {
    let mut feed = Feed::with_symbols(1);
    feed.trade_at(MINUTE_US, 10, 1);
    assert_eq!(
        feed.trade_at(2 * MINUTE_US - 1, 11, 1).len(),
        2,
        "the second is over, the minute is not; one aggregate"
    );
    let closed = feed.trade_at(2 * MINUTE_US, 12, 1);
    assert_eq!(closed_in(&closed, Interval::OneMinute)[0].candle.close, price(11));
    assert_eq!(closed_in(&closed, Interval::ThreeMinutes), Vec::new());
    let minutes = feed.views.candles(FIRST, Interval::OneMinute, None, None, 10, 0).unwrap();
    assert_eq!(minutes.iter().map(|candle| candle.trades).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn candles_are_stated_closed_from_the_shortest_before_the_trade_that_closed_them() {
    let mut feed = Feed::with_symbols(1);
    feed.trade_at(0, 10, 1);
    let updates = feed.command(400 * 24 * HOUR_US, FIRST, &[deal(11, 1), deal(12, 1)], &[]);
    let intervals: Vec<Interval> = updates
        .iter()
        .map_while(|update| match update {
            MarketUpdate::CandleClosed(closed) => Some(closed.interval),
            _ => None,
        })
        .collect();
    assert_eq!(intervals, Interval::ALL);
    assert_eq!(updates.len(), Interval::ALL.len() + 2, "two aggregates follow: {updates:?}");
}

#[test]
fn what_had_to_leave_is_told() {
    let mut feed = Feed::with_symbols(1);
    let count = 1_500;
    // Two intervals of three minutes apart, so that every other one is without trades.
    for minute in 0..count {
        feed.trade_at(minute * 6 * MINUTE_US, minute + 1, 1);
    }
    let now_us = (count - 1) * 6 * MINUTE_US;
    for (interval, held) in [(Interval::ThreeMinutes, CANDLES_MAX as u64), (Interval::OneMinute, 1_441)] {
        let kept_from_us = feed.views.candles_kept_from_us(FIRST, interval).unwrap();
        assert_eq!(kept_from_us, (count - held) * 6 * MINUTE_US);
        let all: Vec<Candle> = all_candles(feed.trades(), interval, now_us)
            .into_iter()
            .filter(|candle| candle.opened_at_us >= kept_from_us)
            .collect();
        for start_us in [0, kept_from_us - 1, kept_from_us, kept_from_us + 1, now_us, now_us + 1, u64::MAX] {
            let got = feed.views.candles(FIRST, interval, Some(start_us), None, usize::MAX, now_us).unwrap();
            assert_eq!(got, answer(&all, Some(start_us), None, CANDLES_MAX), "{interval} from {start_us}");
        }
        for end_us in [0, kept_from_us - 1, kept_from_us, kept_from_us + 7 * MINUTE_US, now_us, u64::MAX] {
            let got = feed.views.candles(FIRST, interval, None, Some(end_us), 700, now_us).unwrap();
            assert_eq!(got, answer(&all, None, Some(end_us), 700), "{interval} to {end_us}");
        }
    }
    assert_eq!(feed.views.candles_kept_from_us(FIRST, Interval::OneHour), Some(0));
    assert_eq!(MINUTE_CANDLES_MAX, 1_441);
}

#[test]
fn a_time_before_the_last_command_counts_as_its_time() {
    let mut feed = Feed::with_symbols(1);
    feed.trade_at(10 * MINUTE_US, 10, 1);
    feed.trade_at(9 * MINUTE_US, 11, 1);
    let candles = feed.views.candles(FIRST, Interval::OneMinute, None, None, 10, 0).unwrap();
    let rows: Vec<(u64, u64)> = candles.iter().map(|candle| (candle.opened_at_us, candle.trades)).collect();
    assert_eq!(rows, [(10 * MINUTE_US, 2)]);
    let trades = feed.views.trades(FIRST, None, 10).unwrap();
    assert_eq!(trades.iter().map(|trade| trade.traded_at_us).collect::<Vec<_>>(), [10 * MINUTE_US; 2]);
    assert_eq!(feed.views.statistics(FIRST, 0).unwrap().closed_at_us, 10 * MINUTE_US);
}
