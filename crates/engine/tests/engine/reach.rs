//! The random streams reach what they are there to test: every kind of event, and the refusals that need no special
//! care.

use crate::exchange::{Exchange, refusal};
use crate::random::{Versions, steps};
use crate::script::name;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rialto_types::{Event, ExpiryReason, OrderType, SelfTradePrevention};
use std::collections::BTreeMap;

/// How often each of these is met in a fixed sample of streams.
fn met() -> BTreeMap<String, u32> {
    let mut met = BTreeMap::new();
    let mut meet = |what: String| *met.entry(what).or_default() += 1;
    let mut runner = TestRunner::deterministic();
    for _ in 0..300 {
        let steps = steps(120).new_tree(&mut runner).unwrap().current();
        let (mut exchange, mut versions) = (Exchange::default(), Versions::default());
        for step in &steps {
            let events = exchange.apply(&versions.resolve(step));
            versions.follow(&events);
            if let Some(rejection) = refusal(&events) {
                meet(name(&rejection));
            }
            events.iter().flat_map(kinds).for_each(&mut meet);
            let prices = events.iter().filter(|event| matches!(event, Event::BookChanged(_))).count();
            if prices > 2 {
                meet("several levels".to_owned());
            }
        }
    }
    met
}

fn kinds(event: &Event) -> Vec<String> {
    match event {
        Event::OrderPlaced(placed) if placed.order.quote_quantity.is_zero() => {
            vec![format!("{:?} {:?}", placed.order.order_type, placed.order.time_in_force)]
        }
        Event::OrderPlaced(_) => vec![format!("{:?} by quote", OrderType::Market)],
        Event::TradeExecuted(trade) => {
            let mut kinds = vec![format!("trade, taker {:?}, maker {:?}", trade.taker.status, trade.maker.status)];
            if trade.maker.account == trade.taker.account {
                kinds.push("trade with itself".to_owned());
            }
            if trade.quote_quantity.is_zero() {
                kinds.push("trade worth nothing".to_owned());
            }
            if !trade.taker.fee.is_zero() {
                kinds.push("fee".to_owned());
            }
            kinds
        }
        Event::MatchPrevented(prevented) => {
            let whose = if prevented.maker.account == prevented.taker.account { "own" } else { "of the group" };
            vec![format!("prevented {:?}, {whose}", prevented.mode)]
        }
        Event::OrderExpired(expired) => vec![format!("expired {:?}", expired.reason)],
        Event::OrderCanceled(_) => vec!["canceled".to_owned()],
        Event::Recorded(_) => vec!["recorded".to_owned()],
        _ => Vec::new(),
    }
}

#[test]
fn random_streams_reach_every_rule() {
    let met = met();
    let expiries = [
        ExpiryReason::ImmediateOrCancel,
        ExpiryReason::FillOrKill,
        ExpiryReason::NoLiquidity,
        ExpiryReason::SelfTradePrevention,
    ];
    let expiries = expiries.iter().map(|reason| format!("expired {reason:?}"));
    let modes = SelfTradePrevention::ALL.into_iter().filter(|mode| *mode != SelfTradePrevention::None);
    let preventions =
        modes.flat_map(|mode| ["own", "of the group"].map(|whose| format!("prevented {mode:?}, {whose}")));
    let formatted: Vec<String> = expiries.chain(preventions).collect();
    let wanted = [
        "Limit GoodTillCanceled",
        "Limit ImmediateOrCancel",
        "Limit FillOrKill",
        "LimitMaker GoodTillCanceled",
        "Market GoodTillCanceled",
        "Market by quote",
        "trade, taker Filled, maker Filled",
        "trade, taker Filled, maker PartiallyFilled",
        "trade, taker PartiallyFilled, maker Filled",
        "trade with itself",
        "trade worth nothing",
        "fee",
        "several levels",
        "canceled",
        "recorded",
        "AccountExists",
        "AssetExists",
        "CapacityReached",
        "DuplicateClientOrderId",
        "HoldExceeded",
        "InsufficientBalance",
        "InvalidAccount",
        "InvalidAmount",
        "InvalidOrder",
        "InvalidReason",
        "InvalidSymbol",
        "LotSize",
        "MarketLotSize",
        "Notional",
        "PriceFilter",
        "RecordTooLarge",
        "StaleVersion",
        "SymbolExists",
        "TooManyOrders",
        "UnavailablePrevention",
        "UnbalancedPostings",
        "UnknownAccount",
        "UnknownAsset",
        "UnknownOrder",
        "UnknownSymbol",
        "WouldTake",
        "WrongAccountClass",
    ];
    let wanted = wanted.into_iter().chain(formatted.iter().map(String::as_str));
    let seldom: Vec<_> = wanted.filter(|what| met.get(*what).is_none_or(|times| *times < 10)).collect();
    assert_eq!(seldom, Vec::<&str>::new(), "met too seldom in {met:#?}");
}
