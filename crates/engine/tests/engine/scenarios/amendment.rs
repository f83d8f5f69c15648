//! Making orders smaller: the page "Order Amend Keep Priority".

use crate::script::check;

const FUNDED: &str = "
    alice deposits 10000000 USDT
    bob deposits 10000000 USDT
    carol deposits 100 BTC
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

/// The order book of the page: order 2 of 5.50 is second in its queue.
#[test]
fn an_amended_order_keeps_its_place() {
    check_funded(
        "",
        "bob buys 1 @ 87000 -> #1 new
        alice buys 5.5 @ 87000 as mine -> #2 new
        bob buys 4 @ 87000 -> #3 new
        bob buys 2 @ 86999 -> #4 new
        alice amends mine to 5 as mine -> #2 amended from 5.5 to 5
        book: 10 @ 87000, 2 @ 86999 | none
        alice: USDT 9565000 + 435000 locked
        carol sells 2 @ 87000 -> #5 new; #5 takes 1 @ 87000 from #1 [#1 filled, #5 partial]; \
            #5 takes 1 @ 87000 from #2 [#2 partial, #5 filled]",
    );
    check_funded(
        "",
        "bob buys 1 @ 87000 -> #1 new
        alice buys 5.5 @ 87000 as mine -> #2 new
        bob buys 4 @ 87000 -> #3 new
        alice replaces mine: buys 5 @ 87000 -> #2 canceled after 0; #4 new
        carol sells 2 @ 87000 -> #5 new; #5 takes 1 @ 87000 from #1 [#1 filled, #5 partial]; \
            #5 takes 1 @ 87000 from #3 [#3 partial, #5 filled]",
    );
}

#[test]
fn what_an_amendment_may_ask_for() {
    check_funded(
        "amendments_max=2 notional_min=50",
        "alice buys 5 @ 100 as mine -> #1 new
        carol sells 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 partial, #2 filled]
        alice amends mine to 5 -> refused AmendChangesNothing
        alice amends mine to 6 -> refused AmendIncreases
        alice amends mine to 1 -> refused AmendBelowDone
        alice amends mine to 0.5 -> refused AmendBelowDone
        alice amends mine to 2.0001 -> refused LOT_SIZE step 0.001
        alice amends other to 2 -> refused UnknownOrder
        bob amends #1 to 2 -> refused UnknownOrder
        alice buys 1 @ 90 as taken -> #3 new
        alice amends mine to 2 as taken -> refused DuplicateClientOrderId
        alice amends taken to 0.5 -> refused NOTIONAL minimum 50
        alice amends mine to 4 as new -> #1 amended from 5 to 4
        alice cancels mine -> refused UnknownOrder
        alice amends new to 3 as new -> #1 amended from 4 to 3
        alice amends new to 2 as new -> refused TooManyAmendments
        alice open: #1 buy 1 of 3 @ 100, #3 buy 0 of 1 @ 90",
    );
}

#[test]
fn an_iceberg_shows_less_only_when_less_is_left() {
    check_funded(
        "",
        "alice buys 5 @ 100 show 2 as mine -> #1 new
        alice amends mine to 3 as mine -> #1 amended from 5 to 3
        book: 2 @ 100 | none
        alice amends mine to 1.5 as mine -> #1 amended from 3 to 1.5
        book: 1.5 @ 100 | none
        alice: USDT 9999850 + 150 locked",
    );
}

#[test]
fn the_orders_of_a_pair_are_amended_together() {
    check_funded(
        "",
        "carol lists oco: sells 2 @ 110 maker as a | sells 2 @ 80 stop-loss at 90 as b -> list 1; #1 new; #2 new
        carol amends b to 1 as c -> #2 amended from 2 to 1; #1 amended from 2 to 1
        carol: BTC 99 + 1 locked
        book: none | 1 @ 110
        carol cancels c -> #1 canceled after 0; #2 canceled after 0; list 1 ended
        carol: BTC 100",
    );
}

#[test]
fn an_order_that_waits_can_be_amended() {
    check_funded(
        "",
        "alice buys 2 @ 110 stop-loss at 105 as s -> #1 new
        alice: USDT 9999780 + 220 locked
        alice amends s to 1 as s -> #1 amended from 2 to 1
        alice: USDT 9999890 + 110 locked",
    );
}
