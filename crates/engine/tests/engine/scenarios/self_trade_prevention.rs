//! Self-trade prevention. The lettered scenarios are those of the API page "Self Trade Prevention (STP) FAQ", with its
//! numbers; orders and prevented matches count from 1 here.

use crate::script::check;

/// Alice with enough of everything and the three bids of scenarios B and C.
const THREE_BIDS: &str = "alice deposits 100 USDT
    alice deposits 100 BTC
    alice buys 1.2 @ 1.2 stp NONE
    alice buys 1.3 @ 1.1 stp NONE
    alice buys 8.1 @ 1 stp NONE
    alice: BTC 100, USDT 89.03 + 10.97 locked";

fn check_after_bids(scenario: &str) {
    check("", &format!("{THREE_BIDS}\n{scenario}"));
}

#[test]
fn scenario_a_none_lets_them_trade() {
    check(
        "",
        "alice deposits 1 USDT
         alice deposits 1 BTC
         alice buys 1 @ 1 stp NONE
         alice sells 1 @ 1 stp NONE -> #2 new; #2 takes 1 @ 1 from #1 [#1 filled, #2 filled]
         alice: BTC 1, USDT 1",
    );
}

#[test]
fn scenario_b_expire_maker_ends_what_rests_and_the_order_rests() {
    check_after_bids(
        "alice sells 3 @ 1 stp EXPIRE_MAKER -> #4 new; \
             match 1 @ 1.2 prevented by ExpireMaker [#1 loses 1.2]; #1 expired in match 1; \
             match 2 @ 1.1 prevented by ExpireMaker [#2 loses 1.3]; #2 expired in match 2; \
             match 3 @ 1 prevented by ExpireMaker [#3 loses 8.1]; #3 expired in match 3
         book: none | 3 @ 1
         alice open: #4 sell 0 of 3 @ 1
         alice: BTC 97 + 3 locked, USDT 100",
    );
}

#[test]
fn scenario_c_expire_taker_ends_the_order_and_what_rests_stays() {
    check_after_bids(
        "alice sells 3 @ 1 stp EXPIRE_TAKER -> #4 new; \
             match 1 @ 1.2 prevented by ExpireTaker [#4 loses 3]; #4 expired in match 1
         book: 1.2 @ 1.2, 1.3 @ 1.1, 8.1 @ 1 | none
         alice open: #1 buy 0 of 1.2 @ 1.2, #2 buy 0 of 1.3 @ 1.1, #3 buy 0 of 8.1 @ 1
         alice: BTC 100, USDT 89.03 + 10.97 locked",
    );
}

#[test]
fn scenario_d_expire_both_ends_both() {
    check(
        "",
        "alice opens spot group 1
         alice deposits 1 USDT
         alice deposits 3 BTC
         alice buys 1 @ 1 stp NONE
         alice sells 3 @ 1 stp EXPIRE_BOTH -> #2 new; \
             match 1 @ 1 prevented by ExpireBoth in group 1 [#1 loses 1, #2 loses 3]; \
             #1 expired in match 1; #2 expired in match 1
         book: none | none
         alice: BTC 3, USDT 1",
    );
}

#[test]
fn scenario_e_the_mode_of_the_taker_counts() {
    check(
        "",
        "alice deposits 1 USDT
         alice deposits 1 BTC
         alice buys 1 @ 1 stp EXPIRE_MAKER
         alice sells 1 @ 1 stp EXPIRE_TAKER -> #2 new; \
             match 1 @ 1 prevented by ExpireTaker [#2 loses 1]; #2 expired in match 1
         alice open: #1 buy 0 of 1 @ 1
         alice: BTC 1, USDT 0 + 1 locked",
    );
}

#[test]
fn scenario_f_a_market_order_with_expire_maker_finds_no_liquidity_then() {
    check(
        "",
        "alice deposits 1 USDT
         alice deposits 1 BTC
         alice buys 1 @ 1 stp NONE
         alice sells 1 market stp EXPIRE_MAKER -> #2 new; \
             match 1 @ 1 prevented by ExpireMaker [#1 loses 1]; #1 expired in match 1; \
             #2 expired after 0, no liquidity
         alice: BTC 1, USDT 1
         alice buys 1 @ 1 stp NONE
         alice sells market for 1 stp EXPIRE_MAKER -> #4 new; \
             match 2 @ 1 prevented by ExpireMaker [#3 loses 1]; #3 expired in match 2; \
             #4 expired after 0, no liquidity
         book: none | none
         alice: BTC 1, USDT 1",
    );
}

#[test]
fn scenario_g_decrement_takes_from_both_and_ends_the_smaller() {
    check(
        "",
        "alice deposits 12 USDT
         alice deposits 10 BTC
         alice buys 6 @ 2 stp NONE
         alice sells 2 @ 2 stp DECREMENT -> #2 new; \
             match 1 @ 2 prevented by Decrement [#1 loses 2, #2 loses 2]; #2 expired in match 1
         book: 4 @ 2 | none
         alice open: #1 buy 0 of 6 @ 2, 2 prevented by 1
         alice: BTC 10, USDT 4 + 8 locked
         alice sells 4 @ 2 stp DECREMENT -> #3 new; \
             match 2 @ 2 prevented by Decrement [#1 loses 4, #3 loses 4]; \
             #1 expired in match 2; #3 expired in match 2
         alice: BTC 10, USDT 12",
    );
}

#[test]
fn scenario_h_transfer_moves_what_would_have_traded_within_the_group() {
    check(
        "",
        "maker opens spot group 1
         taker opens spot group 1
         maker deposits 20000 BTC
         maker deposits 20000 USDT
         taker deposits 20000 BTC
         taker deposits 20000 USDT
         maker buys 0.6 @ 0.2 stp TRANSFER
         taker sells 0.2 @ 0.2 stp TRANSFER -> #2 new; \
             match 1 @ 0.2 prevented by Transfer in group 1 [#1 loses 0.2, #2 loses 0.2]; #2 expired in match 1
         maker open: #1 buy 0 of 0.6 @ 0.2, 0.2 prevented by 1
         maker: BTC 20000.2, USDT 19999.88 + 0.08 locked
         taker: BTC 19999.8, USDT 20000.04",
    );
}

#[test]
fn transfer_is_free_of_commission_and_no_trade() {
    check(
        "maker_fee=0.1 taker_fee=0.1 notional_min=5 notional_min_applies_to_market=true",
        "maker opens spot group 1
         taker opens spot group 1
         maker deposits 1 BTC
         taker deposits 100 USDT
         maker sells 1 @ 10 stp TRANSFER
         taker buys 1 market stp TRANSFER -> #2 new; \
             match 1 @ 10 prevented by Transfer in group 1 [#1 loses 1, #2 loses 1]; \
             #1 expired in match 1; #2 expired in match 1
         maker: USDT 10
         taker: BTC 1, USDT 90
         house.fees: none",
    );
}

#[test]
fn transfer_is_decrement_for_one_account_or_a_maker_who_does_not_ask_for_it() {
    check(
        "",
        "alice opens spot group 1
         bob opens spot group 1
         alice deposits 10 USDT
         bob deposits 10 BTC
         alice deposits 10 BTC
         alice buys 2 @ 1 stp EXPIRE_TAKER
         bob sells 1 @ 1 stp TRANSFER -> #2 new; \
             match 1 @ 1 prevented by Decrement in group 1 [#1 loses 1, #2 loses 1]; #2 expired in match 1
         alice: BTC 10, USDT 9 + 1 locked
         bob: BTC 10
         alice cancels all
         alice buys 2 @ 1 stp TRANSFER
         alice sells 2 @ 1 stp TRANSFER -> #4 new; \
             match 2 @ 1 prevented by Transfer in group 1 [#3 loses 2, #4 loses 2]; \
             #3 expired in match 2; #4 expired in match 2
         alice: BTC 10, USDT 10",
    );
}

#[test]
fn a_trade_group_is_guarded_as_one_account_is_and_others_are_not() {
    check(
        "prevention_default=EXPIRE_TAKER",
        "alice opens spot group 1
         bob opens spot group 1
         carol opens spot group 2
         dave opens spot
         erin opens spot
         alice deposits 10 USDT
         dave deposits 10 USDT
         bob deposits 10 BTC
         carol deposits 10 BTC
         erin deposits 10 BTC
         alice buys 5 @ 1
         bob sells 1 @ 1 -> #2 new; match 1 @ 1 prevented by ExpireTaker in group 1 [#2 loses 1]; #2 expired in match 1
         carol sells 1 @ 1 -> #3 new; #3 takes 1 @ 1 from #1 [#1 partial, #3 filled]
         erin sells 1 @ 1 -> #4 new; #4 takes 1 @ 1 from #1 [#1 partial, #4 filled]
         alice cancels all
         dave buys 1 @ 1
         erin sells 1 @ 1 -> #6 new; #6 takes 1 @ 1 from #5 [#5 filled, #6 filled]",
    );
}

#[test]
fn a_symbol_has_a_default_among_the_modes_it_allows() {
    check(
        "prevention_default=EXPIRE_MAKER prevention_allowed=NONE,EXPIRE_MAKER",
        "alice deposits 10 USDT
         alice deposits 10 BTC
         alice buys 1 @ 1
         alice buys 1 @ 1 stp EXPIRE_TAKER -> refused UnavailablePrevention ExpireTaker
         alice buys 1 @ 1 stp TRANSFER -> refused UnavailablePrevention Transfer
         alice sells 1 @ 1 -> #2 new; match 1 @ 1 prevented by ExpireMaker [#1 loses 1]; #1 expired in match 1
         symbol ETHUSDT ETH USDT prevention_default=DECREMENT prevention_allowed=NONE \
             -> refused InvalidSymbol prevention_default",
    );
}

#[test]
fn what_others_rest_in_between_is_traded_as_ever() {
    check(
        "",
        "alice deposits 100 USDT
         alice deposits 10 BTC
         bob deposits 100 USDT
         bob buys 1 @ 3
         alice buys 1 @ 2
         bob buys 1 @ 2
         alice buys 1 @ 1
         alice sells 2.5 @ 1 IOC stp DECREMENT -> #5 new; \
             #5 takes 1 @ 3 from #1 [#1 filled, #5 partial]; \
             match 1 @ 2 prevented by Decrement [#2 loses 1, #5 loses 1]; #2 expired in match 1; \
             #5 takes 0.5 @ 2 from #3 [#3 partial, #5 filled]
         alice: BTC 8.5, USDT 103 + 1 locked
         alice sells 3 @ 1 IOC stp EXPIRE_BOTH -> #6 new; \
             #6 takes 0.5 @ 2 from #3 [#3 filled, #6 partial]; \
             match 2 @ 1 prevented by ExpireBoth [#4 loses 1, #6 loses 2.5]; \
             #4 expired in match 2; #6 expired in match 2
         alice: BTC 8, USDT 105",
    );
}

#[test]
fn an_order_that_traded_before_it_was_decremented_is_filled_by_its_last_trade() {
    check(
        "",
        "alice deposits 100 USDT
         alice deposits 10 BTC
         bob deposits 10 BTC
         alice buys 3 @ 2
         alice sells 1 @ 2 stp DECREMENT
         bob sells 1 @ 2 -> #3 new; #3 takes 1 @ 2 from #1 [#1 partial, #3 filled]
         alice open: #1 buy 1 of 3 @ 2, 1 prevented by 1
         bob sells 2 @ 2 -> #4 new; #4 takes 1 @ 2 from #1 [#1 filled, #4 partial]
         alice: BTC 12, USDT 96",
    );
}

#[test]
fn a_canceled_order_gives_back_what_prevention_left_it() {
    check(
        "",
        "alice deposits 10 USDT
         alice deposits 10 BTC
         alice buys 3 @ 2 as bid
         alice sells 1 @ 2 stp DECREMENT
         alice: BTC 10, USDT 6 + 4 locked
         alice cancels bid -> #1 canceled after 0
         alice: BTC 10, USDT 10",
    );
}

#[test]
fn fill_or_kill_counts_no_orders_of_its_own() {
    check(
        "",
        "alice deposits 100 USDT
         alice deposits 10 BTC
         bob deposits 100 USDT
         alice buys 1 @ 3
         bob buys 2 @ 2
         alice sells 3 @ 2 FOK stp EXPIRE_MAKER -> #3 new; #3 expired after 0, FOK
         alice sells 2 @ 2 FOK stp EXPIRE_TAKER -> #4 new; #4 expired after 0, FOK
         alice sells 2 @ 2 FOK stp EXPIRE_BOTH -> #5 new; #5 expired after 0, FOK
         alice sells 2 @ 2 FOK stp DECREMENT -> #6 new; #6 expired after 0, FOK
         alice open: #1 buy 0 of 1 @ 3
         alice sells 2 @ 2 FOK stp EXPIRE_MAKER -> #7 new; \
             match 1 @ 3 prevented by ExpireMaker [#1 loses 1]; #1 expired in match 1; \
             #7 takes 2 @ 2 from #2 [#2 filled, #7 filled]
         alice: BTC 8, USDT 104",
    );
}

#[test]
fn a_post_only_order_is_refused_though_what_it_meets_would_give_way() {
    check(
        "prevention_default=EXPIRE_MAKER",
        "alice deposits 10 USDT
         alice deposits 10 BTC
         alice buys 1 @ 1
         alice sells 1 @ 1 maker -> refused WouldTake 1",
    );
}

#[test]
fn a_market_order_is_not_charged_for_orders_that_give_way_but_for_those_behind_them() {
    check(
        "",
        "alice deposits 20 USDT
         alice deposits 1 BTC
         bob deposits 2 BTC
         alice sells 1 @ 10
         bob sells 1 @ 20
         alice buys 2 market stp EXPIRE_TAKER -> refused InsufficientBalance needed 30 free 20
         alice buys 2 market stp EXPIRE_MAKER -> #3 new; \
             match 1 @ 10 prevented by ExpireMaker [#1 loses 1]; #1 expired in match 1; \
             #3 takes 1 @ 20 from #2 [#2 filled, #3 partial]; #3 expired after 1, no liquidity
         alice: BTC 2",
    );
}

#[test]
fn a_quote_amount_is_spent_past_orders_that_give_way() {
    check(
        "",
        "alice deposits 20 USDT
         alice deposits 1 BTC
         bob deposits 2 BTC
         alice sells 1 @ 10
         bob sells 2 @ 20
         alice buys market for 20 stp EXPIRE_MAKER -> #3 new; \
             match 1 @ 10 prevented by ExpireMaker [#1 loses 1]; #1 expired in match 1; \
             #3 takes 1 @ 20 from #2 [#2 partial, #3 filled]
         alice: BTC 2",
    );
}

#[test]
fn a_quote_amount_counts_what_decrement_takes_as_if_it_had_traded() {
    check(
        "",
        "alice deposits 30 USDT
         alice deposits 1 BTC
         bob deposits 2 BTC
         alice sells 1 @ 10
         bob sells 2 @ 20
         alice buys market for 20 stp DECREMENT -> #3 new; \
             match 1 @ 10 prevented by Decrement [#1 loses 1, #3 loses 1]; #1 expired in match 1; \
             #3 takes 0.5 @ 20 from #2 [#2 partial, #3 filled]
         alice: BTC 1.5, USDT 20
         bob: BTC 0 + 1.5 locked, USDT 10
         bob cancels all
         alice sells 1 @ 10
         alice buys market for 20 stp DECREMENT -> #5 new; \
             match 2 @ 10 prevented by Decrement [#4 loses 1, #5 loses 1]; \
             #4 expired in match 2; #5 expired in match 2",
    );
}
