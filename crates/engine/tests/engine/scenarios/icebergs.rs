//! Icebergs: what they show, where the next part stands, and what counts what is hidden.

use crate::script::check;

const FUNDED: &str = "
    alice deposits 100 BTC
    bob deposits 100 BTC
    carol deposits 100000 USDT
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

#[test]
fn a_part_is_shown_and_the_next_one_stands_behind_the_others() {
    check_funded(
        "",
        "alice sells 5 @ 100 show 2 -> #1 new
        bob sells 1 @ 100 -> #2 new
        book: none | 3 @ 100
        alice: BTC 95 + 5 locked
        carol buys 1 @ 100 -> #3 new; #3 takes 1 @ 100 from #1 [#1 partial, #3 filled]
        book: none | 2 @ 100
        carol buys 2 @ 100 -> #4 new; #4 takes 1 @ 100 from #1 [#1 partial, #4 partial]; #4 takes 1 @ 100 from #2 [#2 filled, #4 filled]
        book: none | 2 @ 100
        carol buys 5 @ 100 -> #5 new; #5 takes 2 @ 100 from #1 [#1 partial, #5 partial]; #5 takes 1 @ 100 from #1 [#1 filled, #5 partial]
        book: 2 @ 100 | none
        alice: BTC 95, USDT 500",
    );
}

#[test]
fn an_iceberg_takes_with_all_it_has_and_shows_what_is_left() {
    check_funded(
        "",
        "alice sells 3 @ 100 -> #1 new
        carol buys 8 @ 100 show 2 -> #2 new; #2 takes 3 @ 100 from #1 [#1 filled, #2 partial]
        book: 2 @ 100 | none
        carol: BTC 3, USDT 99200 + 500 locked
        carol cancels #2 -> #2 canceled after 3
        carol: BTC 3, USDT 99700",
    );
}

#[test]
fn what_is_hidden_counts_for_who_wants_all_of_it() {
    check_funded(
        "",
        "alice sells 5 @ 100 show 1 -> #1 new
        bob sells 1 @ 101 -> #2 new
        carol buys 6 @ 100 FOK -> #3 new; #3 expired after 0, FOK
        carol buys 5 @ 100 FOK -> #4 new; #4 takes 1 @ 100 from #1 [#1 partial, #4 partial]; \
            #4 takes 1 @ 100 from #1 [#1 partial, #4 partial]; #4 takes 1 @ 100 from #1 [#1 partial, #4 partial]; \
            #4 takes 1 @ 100 from #1 [#1 partial, #4 partial]; #4 takes 1 @ 100 from #1 [#1 filled, #4 filled]",
    );
}

#[test]
fn a_market_order_must_have_what_the_hidden_part_costs() {
    check_funded(
        "",
        "alice sells 5 @ 100 show 1 -> #1 new
        dave deposits 450 USDT
        dave buys 5 market -> refused InsufficientBalance needed 500 free 450
        dave buys market for 450 -> #2 new; #2 takes 1 @ 100 from #1 [#1 partial, #2 partial]; \
            #2 takes 1 @ 100 from #1 [#1 partial, #2 partial]; #2 takes 1 @ 100 from #1 [#1 partial, #2 partial]; \
            #2 takes 1 @ 100 from #1 [#1 partial, #2 partial]; #2 takes 0.5 @ 100 from #1 [#1 partial, #2 filled]",
    );
}

#[test]
fn prevention_meets_what_is_shown() {
    check_funded(
        "",
        "alice deposits 1000 USDT
        alice sells 5 @ 100 show 2 -> #1 new
        alice buys 3 @ 100 stp DECREMENT -> #2 new; match 1 @ 100 prevented by Decrement [#1 loses 2, #2 loses 2]; \
            match 2 @ 100 prevented by Decrement [#1 loses 1, #2 loses 1]; #2 expired in match 2
        book: none | 1 @ 100
        alice buys 3 @ 100 stp EXPIRE_MAKER -> #3 new; match 3 @ 100 prevented by ExpireMaker [#1 loses 2]; #1 expired in match 3
        book: 3 @ 100 | none",
    );
}

#[test]
fn what_an_iceberg_must_be() {
    check_funded(
        "iceberg_parts_max=3 iceberg_orders_max=1 quantity_min=0.5",
        "alice sells 5 @ 100 show 6 -> refused IcebergExceedsQuantity
        alice sells 5 @ 100 IOC show 2 -> refused InvalidOrder iceberg_quantity
        alice sells 5 market show 2 -> refused InvalidOrder iceberg_quantity
        alice sells 5 @ 100 show 0.4 -> refused LOT_SIZE minimum 0.5
        alice sells 5 @ 100 show 1.0001 -> refused LOT_SIZE step 0.001
        alice sells 5 @ 100 show 1 -> refused ICEBERG_PARTS 3
        alice sells 5 @ 100 show 2 as a -> #1 new
        alice sells 5 @ 100 maker show 2 -> refused TooManyIcebergOrders
        alice cancels a -> #1 canceled after 0
        alice sells 5 @ 100 maker show 5 -> #2 new
        bob sells 5 @ 100 show 0 -> #3 new",
    );
}

#[test]
fn a_stop_limit_order_can_be_an_iceberg() {
    check_funded(
        "",
        "bob sells 1 @ 100 -> #1 new
        carol buys 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
        alice sells 5 @ 90 stop-loss at 95 show 1 -> #3 new
        carol buys 1 @ 95 -> #4 new
        bob sells 1 @ 95 -> #5 new; #5 takes 1 @ 95 from #4 [#4 filled, #5 filled]; #3 triggered
        book: none | 1 @ 90",
    );
}
