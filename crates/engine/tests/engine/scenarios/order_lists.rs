//! OCO, OTO and OTOCO: what makes a list, what its orders do to each other, what they hold.

use crate::script::check;

/// The last price is 100.
const FUNDED: &str = "
    alice deposits 1000 USDT
    alice deposits 10 BTC
    carol deposits 100 BTC
    dave deposits 100000 USDT
    carol sells 1 @ 100 -> #1 new
    dave buys 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
";

fn check_funded(scenario: &str) {
    check("", &format!("{FUNDED}{scenario}"));
}

const OCO: &str = "alice lists oco as l: sells 2 @ 110 maker as above | sells 2 @ 88 stop-loss at 90 as below \
    -> list 1; #3 new; #4 new\n";

#[test]
fn a_pair_holds_once_and_only_its_limit_order_is_in_the_book() {
    check_funded(&format!(
        "{OCO}alice: BTC 8 + 2 locked, USDT 1000
        book: none | 2 @ 110
        alice open: #3 sell 0 of 2 @ 110, #4 sell 0 of 2 @ 88"
    ));
}

#[test]
fn a_fill_of_one_ends_the_other() {
    check_funded(&format!(
        "{OCO}dave buys 1 @ 110 -> #5 new; #4 expired after 0, other order of the list; \
            #5 takes 1 @ 110 from #3 [#3 partial, #5 filled]
        alice: BTC 8 + 1 locked, USDT 1110
        dave buys 1 @ 110 -> #6 new; #6 takes 1 @ 110 from #3 [#3 filled, #6 filled]; list 1 ended
        alice: BTC 8, USDT 1220"
    ));
}

#[test]
fn a_trigger_of_one_ends_the_other() {
    check_funded(&format!(
        "{OCO}dave buys 3 @ 90 -> #5 new
        carol sells 1 @ 90 -> #6 new; #6 takes 1 @ 90 from #5 [#5 partial, #6 filled]; \
            #3 expired after 0, other order of the list; #4 triggered; #4 takes 2 @ 90 from #5 [#5 filled, #4 filled]; list 1 ended
        alice: BTC 8, USDT 1180
        book: none | none"
    ));
}

#[test]
fn a_cancellation_of_one_cancels_all() {
    for how in ["above", "#4", "all", "list 1", "list l"] {
        check_funded(&format!(
            "{OCO}alice cancels {how} -> #3 canceled after 0; #4 canceled after 0; list 1 ended
            alice: BTC 10, USDT 1000
            book: none | none
            alice cancels list 1 -> refused UnknownOrderList"
        ));
    }
}

#[test]
fn a_pair_to_buy_holds_the_larger_of_two() {
    check_funded(
        "alice lists oco: buys 2 market stop-loss at 120 | buys 2 @ 90 maker -> list 1; #3 new; #4 new
        alice: BTC 10, USDT 760 + 240 locked
        carol sells 1 @ 90 -> #5 new; #3 expired after 0, other order of the list; #5 takes 1 @ 90 from #4 [#4 partial, #5 filled]
        alice: BTC 11, USDT 820 + 90 locked",
    );
}

#[test]
fn a_prevented_match_that_takes_from_one_ends_the_other() {
    check_funded(&format!(
        "{OCO}alice buys 1 @ 110 stp DECREMENT -> #5 new; #4 expired after 0, other order of the list; \
            match 1 @ 110 prevented by Decrement [#3 loses 1, #5 loses 1]; #5 expired in match 1
        alice: BTC 9 + 1 locked, USDT 1000
        alice buys 1 @ 110 stp EXPIRE_BOTH -> #6 new; match 2 @ 110 prevented by ExpireBoth [#3 loses 1, #6 loses 1]; \
            #3 expired in match 2; list 1 ended; #6 expired in match 2
        alice: BTC 10, USDT 1000"
    ));
}

#[test]
fn the_types_and_sides_of_a_pair() {
    let table = [
        ("sells 1 @ 110 | sells 1 market stop-loss at 90", "PairType"),
        ("sells 1 market | sells 1 market stop-loss at 90", "PairType"),
        ("sells 1 @ 110 maker | sells 1 @ 90 maker", "PairOfLimits"),
        ("sells 1 @ 110 maker | buys 1 market stop-loss at 120", "PairSide"),
        ("sells 1 @ 110 maker | sells 2 market stop-loss at 90", "PairQuantity"),
        ("buys 1 @ 110 maker | buys 1 market stop-loss at 90", "BuyLimitBelow"),
        ("sells 1 market stop-loss at 110 | sells 1 @ 90 maker", "SellLimitAbove"),
        ("buys 1 market stop-loss at 110 | buys 1 market stop-loss at 90", "BuyStopLossAbove"),
        ("sells 1 market stop-loss at 110 | sells 1 market stop-loss at 90", "SellStopLossBelow"),
        ("buys 1 market take-profit at 110 | buys 1 market take-profit at 90", "BuyTakeProfitBelow"),
        ("sells 1 market take-profit at 110 | sells 1 market take-profit at 90", "SellTakeProfitAbove"),
        ("sells 1 @ 110 maker", "Size"),
    ];
    for (orders, rule) in table {
        check_funded(&format!("alice lists oco: {orders} -> refused InvalidOrderList {rule}"));
    }
    check_funded(
        "alice lists oco paid: sells 1 @ 110 maker | sells market stop-loss at 90 -> refused InvalidOrderList PairQuantity",
    );
    check_funded(
        "alice lists oco paid: sells 1 @ 110 maker | sells 1 market stop-loss at 90 -> refused InvalidOrderList PaysWithoutWorking",
    );
}

#[test]
fn the_prices_of_a_pair() {
    let wrong = [
        "sells 1 @ 100 maker | sells 1 market stop-loss at 90",
        "sells 1 @ 110 maker | sells 1 market stop-loss at 100",
        "sells 1 market take-profit at 99 | sells 1 market stop-loss at 90",
        "sells 1 @ 99 take-profit at 110 | sells 1 market stop-loss at 90",
        "buys 1 market stop-loss at 99 | buys 1 @ 90 maker",
        "buys 1 market stop-loss at 110 | buys 1 market take-profit at 100",
    ];
    for orders in wrong {
        check_funded(&format!("alice lists oco: {orders} -> refused PriceRelationship"));
    }
    check_funded("alice lists oco: sells 1 @ 110 maker | sells 1 market stop-loss trail 100 -> list 1; #3 new; #4 new");
    check(
        "",
        "alice deposits 1 BTC
        alice lists oco: sells 1 @ 100 maker | sells 1 market stop-loss at 100 -> refused PriceRelationship
        alice lists oco: sells 1 @ 100 maker | sells 1 market stop-loss at 99 -> list 1; #1 new; #2 new",
    );
}

#[test]
fn names_and_counts_of_lists() {
    check(
        "order_lists_max=2 open_orders_max=5",
        &format!(
            "{FUNDED}{OCO}alice lists oco as l: sells 1 @ 110 maker | sells 1 market stop-loss at 90 -> refused DuplicateListClientOrderId
            alice lists oco as m: sells 1 @ 110 maker as x | sells 1 market stop-loss at 90 as x -> refused DuplicateClientOrderId
            alice lists oco as m: sells 1 @ 110 maker as above | sells 1 market stop-loss at 90 -> refused DuplicateClientOrderId
            alice lists oco as m: sells 1 @ 110 maker | sells 1 market stop-loss at 90 -> list 2; #5 new; #6 new
            alice lists otoco: buys 1 @ 50 | sells 1 @ 110 maker | sells 1 market stop-loss at 90 -> refused MAX_NUM_ORDERS 5
            alice cancels list m -> #5 canceled after 0; #6 canceled after 0; list 2 ended
            alice lists oto as n: buys 1 @ 50 | sells 1 @ 110 -> list 3; #7 new; #8 pending
            carol lists oto: sells 1 @ 150 | buys 3 @ 50 -> refused InsufficientBalance needed 150 free 100
            alice cancels #7 -> #7 canceled after 0; #8 canceled after 0; list 3 ended
            alice lists oto as n: buys 1 @ 50 | sells 1 @ 110 -> list 4; #9 new; #10 pending
            alice sells 1 @ 120 -> #11 new
            alice sells 1 @ 120 -> refused MAX_NUM_ORDERS 5"
        ),
    );
    check(
        "order_lists_max=1",
        &format!("{FUNDED}{OCO}alice lists oto: buys 1 @ 50 | sells 1 @ 110 -> refused TooManyOrderLists"),
    );
}

#[test]
fn a_pending_order_is_placed_when_the_working_one_is_filled() {
    check_funded(
        "alice lists oto: buys 2 @ 90 | sells 2 @ 120 as exit -> list 1; #3 new; #4 pending
        alice: BTC 8 + 2 locked, USDT 820 + 180 locked
        book: 2 @ 90 | none
        carol sells 1 @ 90 -> #5 new; #5 takes 1 @ 90 from #3 [#3 partial, #5 filled]
        book: 1 @ 90 | none
        carol sells 1 @ 90 -> #6 new; #6 takes 1 @ 90 from #3 [#3 filled, #6 filled]; #4 activated
        book: none | 2 @ 120
        alice: BTC 10 + 2 locked, USDT 820
        alice cancels exit -> #4 canceled after 0; list 1 ended
        alice: BTC 12, USDT 820",
    );
}

#[test]
fn a_working_order_filled_at_once_triggers_at_once() {
    check_funded(
        "carol sells 2 @ 100 -> #3 new
        dave buys 2 @ 95 -> #4 new
        alice lists oto: buys 2 @ 100 IOC | sells 2 market -> list 1; #5 new; #6 pending; \
            #5 takes 2 @ 100 from #3 [#3 filled, #5 filled]; #6 activated; #6 takes 2 @ 95 from #4 [#4 filled, #6 filled]; list 1 ended
        alice: BTC 10, USDT 990",
    );
}

#[test]
fn pending_orders_end_with_a_working_order_that_is_not_filled() {
    check_funded(
        "carol sells 1 @ 100 -> #3 new
        alice lists oto: buys 2 @ 100 IOC | sells 2 @ 120 -> list 1; #4 new; #5 pending; \
            #4 takes 1 @ 100 from #3 [#3 filled, #4 partial]; #4 expired after 1, IOC; \
            #5 expired after 0, working order of the list; list 1 ended
        alice: BTC 11, USDT 900
        alice lists otoco as o: buys 1 @ 90 | sells 1 @ 120 maker | sells 1 market stop-loss at 80 -> list 2; #6 new; #7 pending; #8 pending
        alice: BTC 10 + 1 locked, USDT 810 + 90 locked
        alice sells 1 @ 90 stp EXPIRE_MAKER -> #9 new; match 1 @ 90 prevented by ExpireMaker [#6 loses 1]; \
            #6 expired in match 1; #7 expired after 0, working order of the list; \
            #8 expired after 0, working order of the list; list 2 ended
        alice: BTC 10 + 1 locked, USDT 900",
    );
}

#[test]
fn the_pair_behind_a_working_order() {
    check_funded(
        "alice lists otoco: buys 1 @ 90 | sells 1 @ 120 maker | sells 1 @ 70 stop-loss at 80 -> list 1; #3 new; #4 pending; #5 pending
        carol sells 1 @ 90 -> #6 new; #6 takes 1 @ 90 from #3 [#3 filled, #6 filled]; #5 activated; #4 activated
        alice: BTC 10 + 1 locked, USDT 910
        book: none | 1 @ 120
        dave buys 1 @ 120 -> #7 new; #5 expired after 0, other order of the list; \
            #7 takes 1 @ 120 from #4 [#4 filled, #7 filled]; list 1 ended
        alice: BTC 10, USDT 1030",
    );
}

#[test]
fn a_pending_stop_that_is_met_starts_at_once() {
    check_funded(
        "dave buys 3 @ 70 -> #3 new
        alice lists oto: buys 1 @ 90 | sells 1 market stop-loss at 95 -> list 1; #4 new; #5 pending
        carol sells 1 @ 90 -> #6 new; #6 takes 1 @ 90 from #4 [#4 filled, #6 filled]; #5 activated; \
            #5 triggered; #5 takes 1 @ 70 from #3 [#3 partial, #5 filled]; list 1 ended",
    );
}

#[test]
fn a_pending_post_only_order_that_would_trade_is_rejected_and_ends_its_pair() {
    check_funded(
        "alice lists otoco: buys 1 @ 90 | sells 1 @ 95 maker | sells 1 market stop-loss at 80 -> list 1; #3 new; #4 pending; #5 pending
        dave buys 1 @ 96 -> #6 new
        carol sells 2 @ 90 -> #7 new; #7 takes 1 @ 96 from #6 [#6 filled, #7 partial]; #7 takes 1 @ 90 from #3 [#3 filled, #7 filled]; \
            #5 activated; #4 activated
        book: none | 1 @ 95",
    );
    check_funded(
        "dave buys 1 @ 89 -> #3 new
        alice lists otoco: buys 1 @ 90 | sells 1 @ 88 maker | sells 1 market stop-loss at 80 -> list 1; #4 new; #5 pending; #6 pending
        carol sells 1 @ 90 -> #7 new; #7 takes 1 @ 90 from #4 [#4 filled, #7 filled]; \
            #6 activated; #5 activated; #6 expired after 0, other order of the list; #5 rejected WouldTake 89; list 1 ended
        alice: BTC 11, USDT 910",
    );
}

#[test]
fn what_a_working_and_a_pending_order_may_be() {
    check_funded(
        "alice lists oto: buys 1 market | sells 1 @ 110 -> refused InvalidOrderList WorkingType
        alice lists oto: buys 1 market stop-loss at 110 | sells 1 @ 110 -> refused InvalidOrderList WorkingType
        alice lists oto: buys 1 @ 90 | sells market for 10 -> refused InvalidOrderList PendingQuoteQuantity
        alice lists oto: buys 1 @ 100 maker | sells 0 @ 110 -> refused LOT_SIZE minimum 0
        alice lists oto: buys 1 @ 90 maker | sells 1 market -> list 1; #3 new; #4 pending
        alice amends #4 to 0.5 -> #4 amended from 1 to 0.5
        alice: BTC 9.5 + 0.5 locked, USDT 910 + 90 locked",
    );
}

#[test]
fn a_pegged_order_of_a_pair_that_cannot_be_paid_for_ends_both() {
    check(
        "",
        "alice deposits 5 USDT
        carol deposits 10 BTC
        dave deposits 5 USDT
        alice lists otoco: buys 3 @ 0.9 | buys 3 market stop-loss trail 50 | buys 3 @ peg primary maker \
            -> list 1; #1 new; #2 pending; #3 pending
        dave buys 1 @ 0.9 -> #4 new
        carol sells 3 @ 0.9 -> #5 new; #5 takes 3 @ 0.9 from #1 [#1 filled, #5 filled]; #2 activated; #3 activated; \
            #2 expired after 0, other order of the list; #3 rejected InsufficientBalance needed 2.7 free 2.3; list 1 ended
        alice: BTC 3, USDT 2.3",
    );
}
