//! Commissions: taken from what a side receives, rounded down.

use crate::script::check;

#[test]
fn each_side_pays_its_own_rate_in_what_it_receives() {
    check(
        "maker_fee=0.001 taker_fee=0.002",
        "alice deposits 2 BTC
         bob deposits 200 USDT
         alice sells 1 @ 100
         bob buys 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
         alice: BTC 1, USDT 99.9
         bob: BTC 0.998, USDT 100
         house.fees: BTC 0.002, USDT 0.1
         bob buys 1 @ 100
         alice sells 1 market -> #4 new; #4 takes 1 @ 100 from #3 [#3 filled, #4 filled]
         alice: USDT 199.7
         bob: BTC 1.997
         house.fees: BTC 0.003, USDT 0.3",
    );
}

#[test]
fn a_commission_is_rounded_down_trade_by_trade() {
    check(
        "tick=0.00000001 lot=0.00000001 maker_fee=0.1 taker_fee=0.1",
        "alice deposits 1 BTC
         bob deposits 1 USDT
         alice sells 0.00000019 @ 1
         bob buys 0.00000009 @ 1 -> #2 new; #2 takes 0.00000009 @ 1 from #1 [#1 partial, #2 filled]
         house.fees: none
         bob buys 0.0000001 @ 1 -> #3 new; #3 takes 0.0000001 @ 1 from #1 [#1 filled, #3 filled]
         house.fees: BTC 0.00000001, USDT 0.00000001
         bob: BTC 0.00000018, USDT 0.99999981",
    );
}

#[test]
fn a_commission_may_take_everything_but_no_more() {
    check(
        "maker_fee=1 taker_fee=1",
        "alice deposits 1 BTC
         bob deposits 100 USDT
         alice sells 1 @ 100
         bob buys 1 @ 100
         alice: none
         bob: none
         house.fees: BTC 1, USDT 100",
    );
    check("", "symbol FREE BTC USDT maker_fee=0 taker_fee=0 -> symbol 1");
}
