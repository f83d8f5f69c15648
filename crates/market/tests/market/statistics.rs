//! Day statistics against a plain model over all trades.

use crate::feed::{DAY_US, Deal, FIRST, Feed, HOUR_US, MINUTE_US, Rest, SECOND_US, price, quantity};
use proptest::prelude::*;
use rialto_market::{RecentTrade, TickerStatistics};
use rialto_types::{Amount, Price, Quantity, Side, SymbolId, TradeId};

/// Read the statistics off the trades; the sides of the book are empty.
fn model(trades: &[RecentTrade], now_us: u64) -> TickerStatistics {
    let opened_at_us = (now_us / MINUTE_US).saturating_sub(1_439) * MINUTE_US;
    let (before, window) = trades.split_at(trades.iter().filter(|trade| trade.traded_at_us < opened_at_us).count());
    let volume: i128 = window.iter().map(|trade| i128::from(trade.quantity.units())).sum();
    let quote_volume: i128 = window.iter().map(|trade| trade.quote_quantity.units()).sum();
    let average = if volume == 0 { 0 } else { quote_volume * 100_000_000 / volume };
    let prices = || window.iter().map(|trade| trade.price);
    TickerStatistics {
        symbol: FIRST,
        opened_at_us,
        closed_at_us: now_us,
        open: prices().next().unwrap_or_default(),
        high: prices().max().unwrap_or_default(),
        low: prices().min().unwrap_or_default(),
        last: prices().next_back().unwrap_or_default(),
        last_quantity: window.last().map(|trade| trade.quantity).unwrap_or_default(),
        previous_close: before.last().or(window.first()).map(|trade| trade.price).unwrap_or_default(),
        weighted_average: price(u64::try_from(average).unwrap()),
        volume: Amount::from_units(volume),
        quote_volume: Amount::from_units(quote_volume),
        first_trade_id: window.first().map_or(TradeId(0), |trade| trade.trade_id),
        last_trade_id: window.last().map_or(TradeId(0), |trade| trade.trade_id),
        trades: window.len() as u64,
        bid_price: Price::ZERO,
        bid_quantity: Quantity::ZERO,
        ask_price: Price::ZERO,
        ask_quantity: Quantity::ZERO,
    }
}

/// What a reader of the statistics would call a change: anything but the window's own times.
fn without_times(statistics: &TickerStatistics) -> TickerStatistics {
    TickerStatistics { opened_at_us: 0, closed_at_us: 0, ..*statistics }
}

fn gap_us() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..3 * SECOND_US,
        4 => 0..3 * MINUTE_US,
        3 => (0..20_u64).prop_map(|minutes| minutes * MINUTE_US),
        2 => 0..5 * HOUR_US,
        1 => (-2..3_i64).prop_map(|minutes| DAY_US.saturating_add_signed(minutes * MINUTE_US as i64)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn statistics_are_what_the_trades_of_the_window_say(
        base_us in 0..3 * DAY_US,
        steps in proptest::collection::vec((gap_us(), 1..5_000_000_000_u64, 1..5_000_000_000_u64), 1..80),
        wait_us in proptest::collection::vec(gap_us(), 3),
    ) {
        let mut feed = Feed::with_symbols(1);
        let mut now_us = base_us;
        for (gap_us, price, quantity) in steps {
            now_us += gap_us;
            feed.trade_at(now_us, price, quantity);
            prop_assert_eq!(feed.views.statistics(FIRST, now_us).unwrap(), model(feed.trades(), now_us));
        }
        for wait_us in wait_us {
            now_us += wait_us;
            prop_assert_eq!(feed.views.statistics(FIRST, now_us).unwrap(), model(feed.trades(), now_us));
        }
    }

    #[test]
    fn every_change_is_taken_once(
        steps in proptest::collection::vec((gap_us(), proptest::option::of(1..5_000_000_000_u64), any::<bool>()), 1..80),
    ) {
        let mut feed = Feed::with_symbols(1);
        let mut now_us = 0;
        let mut known = without_times(&model(&[], 0));
        for (gap_us, traded, takes) in steps {
            now_us += gap_us;
            if let Some(price) = traded {
                feed.trade_at(now_us, price, 7);
            }
            if takes {
                let expected = model(feed.trades(), now_us);
                let taken = feed.views.take_changed_statistics(now_us);
                prop_assert_eq!(feed.views.take_changed_statistics(now_us), Vec::new());
                if known == without_times(&expected) {
                    prop_assert!(taken.is_empty());
                } else {
                    prop_assert_eq!(taken, vec![expected]);
                }
                known = without_times(&expected);
            }
        }
    }
}

#[test]
fn a_day_with_a_trade_in_every_minute_is_covered_and_the_close_before_it() {
    let mut feed = Feed::with_symbols(1);
    for minute in 0..3_000 {
        let now_us = minute * MINUTE_US + 17;
        feed.trade_at(now_us, 1 + minute * 7_919 % 3_001, 100_000_000 + minute);
        if minute % 97 == 0 || (1_437..1_445).contains(&minute) {
            assert_eq!(feed.views.statistics(FIRST, now_us).unwrap(), model(feed.trades(), now_us), "{minute}");
        }
    }
}

#[test]
fn a_symbol_without_trades_states_its_book() {
    let mut feed = Feed::with_symbols(2);
    let bid = Rest { side: Side::Buy, price: 90, quantity: 4 };
    let ask = Rest { side: Side::Sell, price: 110, quantity: 5 };
    feed.command(5, FIRST, &[], &[bid, ask]);
    let expected = TickerStatistics {
        bid_price: price(90),
        bid_quantity: quantity(4),
        ask_price: price(110),
        ask_quantity: quantity(5),
        ..model(&[], 2 * DAY_US + 1)
    };
    assert_eq!(feed.views.statistics(FIRST, 2 * DAY_US + 1), Some(expected));
    assert_eq!(feed.views.statistics(SymbolId(2), 0), None);
    assert_eq!(feed.views.take_changed_statistics(2 * DAY_US + 1), [expected], "only the one that changed");
    let behind = Rest { side: Side::Buy, price: 80, quantity: 1 };
    feed.command(6, FIRST, &[], &[behind]);
    assert_eq!(feed.views.take_changed_statistics(2 * DAY_US + 1), []);
}

#[test]
fn the_average_is_exact_where_the_plain_product_would_overflow() {
    let mut feed = Feed::with_symbols(1);
    let most = Price::MAX.units();
    let deals = [Deal { taker: 1, price: most, quantity: most, taker_buys: true }; 64];
    feed.command(0, FIRST, &deals, &[]);
    let statistics = feed.views.statistics(FIRST, 0).unwrap();
    // The quote of a trade is rounded down, so its average lies one unit below the price.
    assert_eq!(statistics.weighted_average, price(most - 1));
    assert_eq!(statistics.volume, Amount::from_units(64 * i128::from(most)));
}
