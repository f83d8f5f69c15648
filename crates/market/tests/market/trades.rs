//! Recent and aggregated trades against plain lists.

use crate::feed::{Deal, FIRST, Feed, deal, quantity};
use proptest::prelude::*;
use rialto_market::{MarketUpdate, RecentTrade, TRADES_MAX, TradesAggregated};
use rialto_types::{SymbolId, TradeId};

fn aggregated_in(updates: &[MarketUpdate]) -> Vec<TradesAggregated> {
    let aggregated = |update: &MarketUpdate| match update {
        MarketUpdate::TradesAggregated(aggregated) => Some(*aggregated),
        _ => None,
    };
    updates.iter().filter_map(aggregated).collect()
}

/// Aggregate the trades of one command by comparing neighbours.
fn model(symbol: SymbolId, first_id: u64, deals: &[Deal], trades: &[RecentTrade]) -> Vec<TradesAggregated> {
    let pairs: Vec<(&Deal, &RecentTrade)> = deals.iter().zip(trades).collect();
    let runs = pairs.chunk_by(|(a, _), (b, _)| (a.taker, a.price) == (b.taker, b.price));
    runs.zip(first_id..)
        .map(|(run, aggregate_id)| TradesAggregated {
            symbol,
            aggregate_id,
            price: run[0].1.price,
            quantity: quantity(run.iter().map(|(deal, _)| deal.quantity).sum()),
            first_trade_id: run[0].1.trade_id,
            last_trade_id: run[run.len() - 1].1.trade_id,
            traded_at_us: run[0].1.traded_at_us,
            buyer_is_maker: run[0].1.buyer_is_maker,
        })
        .collect()
}

fn deals() -> impl Strategy<Value = Vec<Deal>> {
    let deal = (1..3_u64, 1..3_u64, 1..100_u64).prop_map(|(taker, price, quantity)| Deal {
        taker,
        price,
        quantity,
        taker_buys: taker == 1,
    });
    proptest::collection::vec(deal, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn neighbours_of_one_order_at_one_price_are_one(
        commands in proptest::collection::vec((0..2_u32, deals()), 1..30),
        from_id in 0..200_u64,
        limit in 0..300_usize,
    ) {
        let mut feed = Feed::with_symbols(2);
        let mut expected = [Vec::new(), Vec::new()];
        for (time_us, (symbol, deals)) in commands.iter().enumerate() {
            let symbol = SymbolId(*symbol);
            let updates = feed.command(time_us as u64, symbol, deals, &[]);
            let trades = &feed.records[symbol.index()].trades;
            let so_far = &mut expected[symbol.index()];
            let model = model(symbol, so_far.len() as u64 + 1, deals, &trades[trades.len() - deals.len()..]);
            prop_assert_eq!(aggregated_in(&updates), model.clone());
            so_far.extend(model);
        }
        for (record, aggregated) in feed.records.iter().zip(&expected) {
            let symbol = aggregated.first().map_or(SymbolId(u32::MAX), |aggregate| aggregate.symbol);
            if symbol == SymbolId(u32::MAX) {
                continue;
            }
            let newest = aggregated.len().saturating_sub(limit);
            prop_assert_eq!(feed.views.aggregated_trades(symbol, limit).unwrap(), &aggregated[newest..]);
            let newest = record.trades.len().saturating_sub(limit);
            prop_assert_eq!(feed.views.trades(symbol, None, limit).unwrap(), &record.trades[newest..]);
            let from: Vec<RecentTrade> =
                record.trades.iter().filter(|trade| trade.trade_id.0 >= from_id).take(limit).copied().collect();
            prop_assert_eq!(feed.views.trades(symbol, Some(TradeId(from_id)), limit).unwrap(), from);
        }
    }
}

#[test]
fn the_last_thousand_are_held() {
    let mut feed = Feed::with_symbols(1);
    for time_us in 0..1_500 {
        feed.trade_at(time_us, 5, 1);
    }
    let trades = feed.views.trades(FIRST, None, usize::MAX).unwrap();
    assert_eq!(trades, feed.trades()[500..]);
    assert_eq!(feed.views.trades(FIRST, Some(TradeId(1)), usize::MAX).unwrap(), trades, "from the oldest held");
    assert_eq!(feed.views.trades(FIRST, Some(TradeId(1_499)), 10).unwrap(), feed.trades()[1_498..]);
    let aggregated = feed.views.aggregated_trades(FIRST, usize::MAX).unwrap();
    assert_eq!((aggregated.len(), aggregated[0].aggregate_id, aggregated[999].aggregate_id), (TRADES_MAX, 501, 1_500));
}

#[test]
fn commands_and_symbols_part_aggregates() {
    let mut feed = Feed::with_symbols(2);
    let same = [deal(5, 1), deal(5, 2)];
    let first = aggregated_in(&feed.command(1, FIRST, &same, &[]));
    let second = aggregated_in(&feed.command(1, FIRST, &same, &[]));
    let other = aggregated_in(&feed.command(1, SymbolId(1), &same, &[]));
    let ids = |aggregated: &[TradesAggregated]| aggregated.iter().map(|one| one.aggregate_id).collect::<Vec<_>>();
    assert_eq!([ids(&first), ids(&second), ids(&other)], [[1], [2], [1]]);
    assert_eq!(
        (second[0].first_trade_id, second[0].last_trade_id, second[0].quantity),
        (TradeId(3), TradeId(4), quantity(3))
    );
}

#[test]
fn a_symbol_without_trades_has_none_and_an_unknown_one_no_answer() {
    let feed = Feed::with_symbols(1);
    assert_eq!(feed.views.trades(FIRST, Some(TradeId(1)), 10), Some(Vec::new()));
    assert_eq!(feed.views.aggregated_trades(FIRST, 10), Some(Vec::new()));
    assert_eq!(feed.views.trades(SymbolId(1), None, 10), None);
    assert_eq!(feed.views.aggregated_trades(SymbolId(1), 10), None);
}
