//! Pegged orders: the page "Pegged orders".

use crate::script::check;

/// Bids at 98, 97, 95; asks at 102, 103.
const BOOK: &str = "
    maker deposits 100 BTC
    maker deposits 10000 USDT
    alice deposits 10 BTC
    alice deposits 1000 USDT
    maker buys 1 @ 98
    maker buys 1 @ 97
    maker buys 1 @ 95
    maker sells 1 @ 102
    maker sells 1 @ 103
";

fn check_book(scenario: &str) {
    check("", &format!("{BOOK}{scenario}"));
}

#[test]
fn the_price_is_that_of_a_level_of_either_side() {
    check_book(
        "alice buys 1 @ peg primary as a -> #6 new
        alice buys 1 @ peg primary 2 -> #7 new
        book: 2 @ 98, 1 @ 97, 2 @ 95 | 1 @ 102, 1 @ 103
        alice sells 1 @ peg primary 1 -> #8 new
        alice sells 1 @ peg primary maker -> #9 new
        book: 2 @ 98, 1 @ 97, 2 @ 95 | 2 @ 102, 2 @ 103
        alice buys 3 @ peg market IOC stp EXPIRE_MAKER -> #10 new; #10 takes 1 @ 102 from #4 [#4 filled, #10 partial]; \
            match 1 @ 102 prevented by ExpireMaker [#9 loses 1]; #9 expired in match 1; #10 expired after 1, IOC",
    );
}

#[test]
fn with_a_price_of_its_own_the_tighter_one_counts() {
    check_book(
        "alice buys 1 @ 101 peg market -> #6 new
        book: 1 @ 101, 1 @ 98, 1 @ 97, 1 @ 95 | 1 @ 102, 1 @ 103
        alice sells 1 @ 104 peg primary -> #7 new
        book: 1 @ 101, 1 @ 98, 1 @ 97, 1 @ 95 | 1 @ 102, 1 @ 103, 1 @ 104",
    );
}

#[test]
fn what_cannot_be_pegged() {
    check_book(
        "alice buys 1 market peg primary -> refused UnpeggableType
        alice sells 1 market stop-loss at 90 peg primary -> refused UnpeggableType
        alice buys 1 @ peg market maker -> refused UnpeggablePrice
        alice buys 1 @ peg primary IOC -> refused UnpeggablePrice
        alice buys 1 @ peg primary 101 -> refused InvalidOrder peg
        alice buys 1 @ peg primary 3 -> refused NoPegPrice
        alice buys 1 @ peg primary 2 -> #6 new",
    );
}

#[test]
fn filters_hold_at_the_pegged_price() {
    check(
        "notional_min=97.5",
        &format!(
            "{BOOK}alice buys 1 @ peg primary 1 -> refused NOTIONAL minimum 97.5
            alice buys 1 @ peg primary -> #5 new"
        )
        .replace("    maker buys 1 @ 95\n", "")
        .replace("    maker buys 1 @ 97\n", "    maker buys 2 @ 97\n"),
    );
}

#[test]
fn a_stop_limit_order_is_pegged_when_it_is_triggered() {
    check_book(
        "alice sells 1 @ peg primary stop-loss at 98 as a -> #6 new
        maker buys 1 @ 98
        alice sells 1 @ 98 -> #8 new; #8 takes 1 @ 98 from #1 [#1 filled, #8 filled]; #6 triggered
        book: 1 @ 98, 1 @ 97, 1 @ 95 | 2 @ 102, 1 @ 103",
    );
}

#[test]
fn a_triggered_order_without_a_level_to_peg_to_is_rejected() {
    check(
        "",
        "alice deposits 10 BTC
        bob deposits 1000 USDT
        alice sells 1 @ peg primary stop-loss at 90 -> #1 new
        bob buys 1 @ 90 -> #2 new
        alice sells 1 @ 90 -> #3 new; #3 takes 1 @ 90 from #2 [#2 filled, #3 filled]; #1 triggered; #1 rejected NoPegPrice
        alice: BTC 9, USDT 90",
    );
}
