//! Records: a product's event and its postings, all or nothing.

use crate::script::check;

#[test]
fn a_record_is_refused_when_its_stream_has_moved_on() {
    check(
        "",
        "alice deposits 10 USDT
         record loan/7 after 0: alice pays 4 USDT, house.treasury gets 4 USDT -> loan is at 1
         record loan/7 after 0: alice pays 4 USDT, house.treasury gets 4 USDT -> refused StaleVersion actual 1
         record loan/7 after 2: alice pays 4 USDT, house.treasury gets 4 USDT -> refused StaleVersion actual 1
         record loan/7 after 1: alice pays 4 USDT, house.treasury gets 4 USDT -> loan is at 2
         record loan/8 after 0: alice pays 1 USDT, house.treasury gets 1 USDT -> loan is at 1
         alice: USDT 1
         house.treasury: USDT 9",
    );
}

#[test]
fn the_legs_must_sum_to_zero_for_every_asset() {
    check(
        "",
        "alice deposits 10 USDT
         alice deposits 1 BTC
         record swap/1 after 0: alice pays 10 USDT, bob gets 9 USDT -> refused UnbalancedPostings -1
         record swap/1 after 0: alice pays 1 BTC, bob gets 1 BTC, bob gets 1 USDT -> refused UnbalancedPostings 1
         alice: BTC 1, USDT 10
         bob: none
         record swap/1 after 0: alice pays 1 BTC, bob gets 1 BTC, alice pays 3 USDT, bob gets 3 USDT -> swap is at 1",
    );
}

#[test]
fn a_record_is_all_or_nothing() {
    check(
        "",
        "alice deposits 10 USDT
         record swap/1 after 0: alice pays 10 USDT, bob gets 10 USDT, bob pays 1 BTC, alice gets 1 BTC \
             -> refused InsufficientBalance needed 1 free 0
         alice: USDT 10
         bob: none
         record swap/1 after 0: alice pays 10 USDT, bob gets 10 USDT -> swap is at 1",
    );
}

#[test]
fn a_record_gives_no_reason_that_only_orders_have() {
    for reason in ["OrderHold", "OrderRelease", "Trade"] {
        check(
            "",
            &format!(
                "alice deposits 10 USDT
                 record r/1 after 0: alice pays-as 1 {reason} USDT, bob gets 1 USDT -> refused InvalidReason {reason}
                 record r/1 after 0: alice pays-as 1 Fee USDT, bob gets 1 USDT -> r is at 1"
            ),
        );
    }
}

#[test]
fn the_legs_of_a_balance_count_together() {
    check(
        "",
        "alice deposits 10 USDT
         record r/1 after 0: alice pays 12 USDT, bob gets 12 USDT, bob pays 5 USDT, alice gets 5 USDT -> r is at 1
         alice: USDT 3
         bob: USDT 7
         record r/1 after 1: alice pays 4 USDT, bob gets 4 USDT, bob pays 0.5 USDT, alice gets 0.5 USDT \
             -> refused InsufficientBalance needed 3.5 free 3",
    );
}

#[test]
fn a_stream_holds_and_releases_its_own() {
    check(
        "",
        "alice deposits 10 USDT
         record stake/1 after 0: alice holds 6 USDT -> stake is at 1
         alice: USDT 4 + 6 locked
         alice withdraws 5 USDT -> refused InsufficientBalance needed 5 free 4
         record stake/1 after 1: alice holds 5 USDT -> refused InsufficientBalance needed 5 free 4
         record stake/1 after 1: alice releases 7 USDT -> refused HoldExceeded held 6
         record stake/2 after 0: alice releases 6 USDT -> refused HoldExceeded held 0
         record stake/1 after 1: alice forfeits 2 USDT, house.treasury gets 2 USDT -> stake is at 2
         record stake/1 after 2: alice releases 4 USDT -> stake is at 3
         alice: USDT 8
         house.treasury: USDT 2",
    );
}

#[test]
fn a_product_cannot_release_what_an_order_locked() {
    check(
        "",
        "alice deposits 10 USDT
         alice buys 1 @ 6
         record stake/1 after 0: alice releases 6 USDT -> refused HoldExceeded held 0
         record stake/1 after 0: alice forfeits 6 USDT, bob gets 6 USDT -> refused HoldExceeded held 0
         record stake/1 after 0: alice holds 4 USDT -> stake is at 1
         alice: USDT 0 + 10 locked
         record stake/1 after 1: alice releases 5 USDT -> refused HoldExceeded held 4
         alice cancels #1
         alice: USDT 6 + 4 locked
         record stake/1 after 1: alice releases 4 USDT -> stake is at 2",
    );
}

#[test]
fn holds_of_two_streams_on_one_balance_are_kept_apart() {
    check(
        "",
        "alice deposits 10 USDT
         record a/1 after 0: alice holds 3 USDT
         record b/1 after 0: alice holds 4 USDT
         alice: USDT 3 + 7 locked
         record a/1 after 1: alice releases 4 USDT -> refused HoldExceeded held 3
         record b/1 after 1: alice releases 4 USDT -> b is at 2
         alice: USDT 7 + 3 locked",
    );
}
