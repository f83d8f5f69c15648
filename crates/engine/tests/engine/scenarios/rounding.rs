//! Symbols on which one lot at one tick is worth less than 1e-8 of quote: trades pay rounded down, holds are rounded
//! up.

use crate::script::check;

/// Tick 0.00001, lot 0.0001: one lot at one tick is worth 0.1 of the smallest unit.
const FINE: &str = "tick=0.00001 lot=0.0001";

#[test]
fn a_hold_is_rounded_up_and_what_a_trade_does_not_take_returns() {
    check(
        FINE,
        "alice deposits 1 BTC
         bob deposits 0.00000002 USDT
         bob buys 0.0011 @ 0.00001 -> #1 new
         bob: USDT 0 + 0.00000002 locked
         alice sells 0.0001 @ 0.00001 -> #2 new; #2 takes 0.0001 @ 0.00001 from #1 [#1 partial, #2 filled]
         bob: BTC 0.0001, USDT 0.00000001 + 0.00000001 locked
         alice: BTC 0.9999
         alice sells 0.001 @ 0.00001 -> #3 new; #3 takes 0.001 @ 0.00001 from #1 [#1 filled, #3 filled]
         bob: BTC 0.0011, USDT 0.00000001
         alice: BTC 0.9989, USDT 0.00000001",
    );
}

#[test]
fn a_canceled_order_returns_its_rounded_hold_whole() {
    check(
        FINE,
        "bob deposits 0.00000001 USDT
         bob buys 0.0003 @ 0.00001 -> #1 new
         bob: USDT 0 + 0.00000001 locked
         bob cancels #1 -> #1 canceled after 0
         bob: USDT 0.00000001
         bob buys 0.0011 @ 0.00001 -> refused InsufficientBalance needed 0.00000002 free 0.00000001",
    );
}

#[test]
fn a_market_order_by_quantity_must_cover_each_level_rounded_up() {
    check(
        FINE,
        "alice deposits 1 BTC
         bob deposits 0.00000001 USDT
         alice sells 0.0003 @ 0.00001
         alice sells 0.0003 @ 0.00002
         bob buys 0.0006 market -> refused InsufficientBalance needed 0.00000002 free 0.00000001
         bob buys 0.0003 market -> #3 new; #3 takes 0.0003 @ 0.00001 from #1 [#1 filled, #3 filled]",
    );
}

#[test]
fn a_budget_does_not_buy_for_nothing_what_rounding_leaves_over() {
    check(
        FINE,
        "alice deposits 1 BTC
         bob deposits 0.00000001 USDT
         alice sells 1 @ 0.00003
         bob buys market for 0.00000001 -> #2 new; #2 takes 0.0003 @ 0.00003 from #1 [#1 partial, #2 filled]
         book: none | 0.9997 @ 0.00003
         bob: BTC 0.0003, USDT 0.00000001",
    );
}

#[test]
fn a_seller_by_quote_amount_sells_no_more_than_it_was_checked_to_have() {
    check(
        FINE,
        "bob deposits 1 USDT
         alice deposits 0.0001 BTC
         bob buys 1 @ 0.03006
         alice sells market for 0.00000601 -> #2 new; #2 takes 0.0001 @ 0.03006 from #1 [#1 partial, #2 filled]
         alice: USDT 0.000003",
    );
}

#[test]
fn many_small_trades_never_take_more_than_was_held() {
    check(
        "tick=0.00001 lot=0.0001 maker_fee=0.001 taker_fee=0.001",
        "alice deposits 1 BTC
         bob deposits 0.00000011 USDT
         bob buys 0.0035 @ 0.00003 -> #1 new
         bob: USDT 0 + 0.00000011 locked
         alice sells 0.0005 market
         bob: BTC 0.0004995, USDT 0.00000001 + 0.00000009 locked
         alice sells 0.0005 market
         bob: BTC 0.000999, USDT 0.00000001 + 0.00000008 locked
         alice sells 0.0005 market
         bob: BTC 0.0014985, USDT 0.00000002 + 0.00000006 locked
         bob cancels #1 -> #1 canceled after 0.0015
         bob: BTC 0.0014985, USDT 0.00000008",
    );
}
