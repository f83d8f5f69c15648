//! Canceling and placing in one command.

use crate::script::check;

const FUNDED: &str = "
    alice deposits 100 USDT
    bob deposits 10 BTC
    alice buys 1 @ 100 as old -> #1 new
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

#[test]
fn the_new_order_has_what_the_old_one_held() {
    check_funded(
        "",
        "alice buys 1 @ 50 -> refused InsufficientBalance needed 50 free 0
        alice replaces old: buys 2 @ 50 as new -> #1 canceled after 0; #2 new
        alice: USDT 0 + 100 locked
        alice replaces new: buys 2 @ 50 as new -> #2 canceled after 0; #3 new",
    );
}

#[test]
fn what_becomes_of_the_new_order_when_the_old_one_cannot_be_canceled() {
    check_funded(
        "",
        "alice replaces other: buys 1 @ 1 -> cancellation refused UnknownOrder
        alice deposits 1 USDT
        alice replaces other allow: buys 1 @ 1 -> cancellation refused UnknownOrder; #2 new
        alice replaces other allow: buys 1 @ 1 -> cancellation refused UnknownOrder; \
            placement refused InsufficientBalance needed 1 free 0
        alice replaces old: buys 2 @ 100 -> #1 canceled after 0; placement refused InsufficientBalance needed 200 free 100
        alice: USDT 100 + 1 locked",
    );
}

#[test]
fn filters_are_asked_first() {
    check_funded(
        "open_orders_max=1 quantity_max=5",
        "alice replaces old: buys 6 @ 1 -> refused LOT_SIZE maximum 5
        alice replaces old: buys 1 @ 0.001 -> refused PRICE_FILTER step 0.01
        alice replaces old: buys 1 @ 1 -> refused MAX_NUM_ORDERS 1
        alice open: #1 buy 0 of 1 @ 100",
    );
}

#[test]
fn a_restriction_asks_what_the_old_order_has_done() {
    check_funded(
        "",
        "alice replaces old only-partial: buys 1 @ 50 -> cancellation refused CancelRestricted new
        alice cancels old only-partial -> refused CancelRestricted new
        bob sells 0.5 @ 100 -> #2 new; #2 takes 0.5 @ 100 from #1 [#1 partial, #2 filled]
        alice cancels old only-new -> refused CancelRestricted partial
        alice replaces old only-new: buys 1 @ 50 -> cancellation refused CancelRestricted partial
        alice replaces old only-partial: buys 1 @ 50 -> #1 canceled after 0.5; #3 new
        alice cancels #3 only-new -> #3 canceled after 0",
    );
}

#[test]
fn an_order_of_a_list_takes_its_list_with_it() {
    check_funded(
        "",
        "bob lists oco: sells 2 @ 110 maker as a | sells 2 @ 80 stop-loss at 90 as b -> list 1; #2 new; #3 new
        bob replaces b: sells 10 @ 120 -> #2 canceled after 0; #3 canceled after 0; list 1 ended; #4 new",
    );
}

#[test]
fn the_new_order_may_trade_and_trigger() {
    check_funded(
        "",
        "bob sells 1 market stop-loss at 100 as s -> #2 new
        bob sells 1 @ 120 as t -> #3 new
        bob replaces t: sells 0.5 @ 100 -> #3 canceled after 0; #4 new; #4 takes 0.5 @ 100 from #1 [#1 partial, #4 filled]; \
            #2 triggered; #2 takes 0.5 @ 100 from #1 [#1 filled, #2 partial]; #2 expired after 0.5, no liquidity",
    );
}
