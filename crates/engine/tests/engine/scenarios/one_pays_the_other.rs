//! OPO and OPOCO: the page "One Pays the Other (OPO)".

use crate::script::check;

const FUNDED: &str = "
    alice deposits 1000 USDT
    carol deposits 100 BTC
    dave deposits 100000 USDT
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

#[test]
fn what_is_bought_is_locked_and_sold() {
    check_funded(
        "",
        "alice lists oto paid: buys 2 @ 90 | sells @ 120 as exit -> list 1; #1 new; #2 pending
        alice: USDT 820 + 180 locked
        carol sells 0.5 @ 90 -> #3 new; #3 takes 0.5 @ 90 from #1 [#1 partial, #3 filled]
        alice: BTC 0 + 0.5 locked, USDT 820 + 135 locked
        alice amends exit to 1 -> refused AmendPendingPaid
        carol sells 2 @ 90 -> #4 new; #4 takes 1.5 @ 90 from #1 [#1 filled, #4 partial]; #2 activated
        alice: BTC 0 + 2 locked, USDT 820
        alice open: #2 sell 0 of 2 @ 120
        alice amends exit to 1 as exit -> #2 amended from 2 to 1
        alice: BTC 1 + 1 locked, USDT 820",
    );
}

#[test]
fn the_commission_is_deducted_and_the_quantity_made_of_lots() {
    check_funded(
        "maker_fee=0.001 lot=0.01",
        "alice lists oto paid: buys 1 @ 90 | sells @ 120 -> list 1; #1 new; #2 pending
        carol sells 1 @ 90 -> #3 new; #3 takes 1 @ 90 from #1 [#1 filled, #3 filled]; #2 activated
        alice: BTC 0.009 + 0.99 locked, USDT 910
        alice open: #2 sell 0 of 0.99 @ 120",
    );
}

#[test]
fn the_commission_comes_from_what_is_free_where_there_is_enough() {
    check_funded(
        "maker_fee=0.001 lot=0.01",
        "alice deposits 0.001 BTC
        alice lists oto paid: buys 1 @ 90 | sells @ 120 -> list 1; #1 new; #2 pending
        carol sells 1 @ 90 -> #3 new; #3 takes 1 @ 90 from #1 [#1 filled, #3 filled]; #2 activated
        alice: BTC 0 + 1 locked, USDT 910",
    );
}

#[test]
fn a_canceled_list_unlocks_what_was_bought() {
    check_funded(
        "",
        "alice lists otoco paid: buys 2 @ 90 | sells @ 120 maker | sells market stop-loss at 80 -> list 1; #1 new; #2 pending; #3 pending
        carol sells 0.5 @ 90 -> #4 new; #4 takes 0.5 @ 90 from #1 [#1 partial, #4 filled]
        alice cancels list 1 -> #1 canceled after 0.5; #2 canceled after 0; #3 canceled after 0; list 1 ended
        alice: BTC 0.5, USDT 955",
    );
}

#[test]
fn a_pair_that_is_paid_for() {
    check_funded(
        "",
        "alice lists otoco paid: buys 2 @ 90 | sells @ 120 maker | sells market stop-loss at 80 -> list 1; #1 new; #2 pending; #3 pending
        carol sells 2 @ 90 -> #4 new; #4 takes 2 @ 90 from #1 [#1 filled, #4 filled]; #3 activated; #2 activated
        alice: BTC 0 + 2 locked, USDT 820
        dave buys 5 @ 80 -> #5 new
        carol sells 1 @ 80 -> #6 new; #6 takes 1 @ 80 from #5 [#5 partial, #6 filled]; #2 expired after 0, other order of the list; \
            #3 triggered; #3 takes 2 @ 80 from #5 [#5 partial, #3 filled]; list 1 ended
        alice: USDT 980",
    );
}

#[test]
fn what_was_bought_may_be_too_little_to_sell() {
    check_funded(
        "notional_min=50",
        "alice lists oto paid: buys 1 @ 60 | sells @ 40 as exit -> list 1; #1 new; #2 pending
        carol sells 1 @ 60 -> #3 new; #3 takes 1 @ 60 from #1 [#1 filled, #3 filled]; #2 rejected NOTIONAL minimum 50; list 1 ended
        alice: BTC 1, USDT 940",
    );
}

#[test]
fn only_buying_pays_for_selling() {
    check_funded(
        "",
        "carol lists oto paid: sells 1 @ 90 | buys @ 80 -> refused InvalidOrderList PayingWorkingBuys
        alice lists oto paid: buys 1 @ 90 | buys @ 80 -> refused InvalidOrderList PaidPendingSells
        alice lists oto paid: buys 1 @ 90 | sells 1 @ 80 -> refused InvalidOrderList PaidPendingQuantity",
    );
}

/// Alice sells into her own paying order: what she still sells is hers to sell, and pays no commission for the other.
#[test]
fn a_commission_never_spends_what_an_order_of_the_same_account_still_has_to_pay() {
    check_funded(
        "maker_fee=0.1 taker_fee=0.1",
        "alice deposits 2 BTC
        dave buys 1 @ 80 -> #1 new
        alice lists oto paid: buys 1 @ 90 | sells @ 120 -> list 1; #2 new; #3 pending
        alice sells 2 market -> #4 new; #4 takes 1 @ 90 from #2 [#2 filled, #4 partial]; \
            #4 takes 1 @ 80 from #1 [#1 filled, #4 filled]; #3 activated
        alice: BTC 0 + 0.9 locked, USDT 1063",
    );
}
