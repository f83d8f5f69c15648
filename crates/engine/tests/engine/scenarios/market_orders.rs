//! MARKET orders, by quantity and by quote amount (`quoteOrderQty`).

use crate::script::check;

#[test]
fn a_market_order_takes_the_best_prices_there_are() {
    check(
        "",
        "alice deposits 3 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100
         alice sells 1 @ 105
         alice sells 1 @ 110
         bob buys 2.5 market -> #4 new; #4 takes 1 @ 100 from #1 [#1 filled, #4 partial]; \
             #4 takes 1 @ 105 from #2 [#2 filled, #4 partial]; #4 takes 0.5 @ 110 from #3 [#3 partial, #4 filled]
         bob: BTC 2.5, USDT 240
         bob buys 1 @ 109
         alice deposits 1 BTC
         alice sells 0.3 market -> #6 new; #6 takes 0.3 @ 109 from #5 [#5 partial, #6 filled]",
    );
}

#[test]
fn a_market_order_expires_when_liquidity_is_exhausted() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 500 USDT
         bob buys 1 market -> #1 new; #1 expired after 0, no liquidity
         alice sells 1 @ 100
         bob buys 3 market -> #3 new; #3 takes 1 @ 100 from #2 [#2 filled, #3 partial]; \
             #3 expired after 1, no liquidity
         bob open: none
         bob: BTC 1, USDT 400",
    );
}

#[test]
fn a_market_order_needs_what_it_would_cost_now() {
    check(
        "",
        "alice deposits 2 BTC
         bob deposits 204.99 USDT
         alice sells 1 @ 100
         alice sells 1 @ 105
         bob buys 2 market -> refused InsufficientBalance needed 205 free 204.99
         bob deposits 0.01 USDT
         bob buys 2 market -> #3 new; #3 takes 1 @ 100 from #1 [#1 filled, #3 partial]; \
             #3 takes 1 @ 105 from #2 [#2 filled, #3 filled]
         bob sells 2.001 market -> refused InsufficientBalance needed 2.001 free 2",
    );
}

#[test]
fn a_buyer_by_quote_amount_spends_as_near_to_it_as_whole_lots_allow() {
    check(
        "",
        "alice deposits 3 BTC
         bob deposits 1000 USDT
         alice sells 1 @ 100
         alice sells 2 @ 300.01
         bob buys market for 250 -> #3 new; #3 takes 1 @ 100 from #1 [#1 filled, #3 partial]; \
             #3 takes 0.499 @ 300.01 from #2 [#2 partial, #3 filled]
         bob: BTC 1.499, USDT 750.29501",
    );
}

#[test]
fn a_seller_by_quote_amount_receives_as_near_to_it_as_whole_lots_allow() {
    check(
        "",
        "alice deposits 1000 USDT
         bob deposits 1.499 BTC
         alice buys 1 @ 300
         alice buys 1 @ 200.03
         bob sells market for 400 -> #3 new; #3 takes 1 @ 300 from #1 [#1 filled, #3 partial]; \
             #3 takes 0.499 @ 200.03 from #2 [#2 partial, #3 filled]
         bob: USDT 399.81497",
    );
}

#[test]
fn a_quote_amount_met_exactly_fills_the_order_though_the_book_is_empty_then() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 100 USDT
         alice sells 1 @ 100
         bob buys market for 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
         book: none | none",
    );
}

#[test]
fn a_quote_amount_beyond_the_book_expires_after_what_there_is() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 500 USDT
         bob buys market for 50 -> #1 new; #1 expired after 0, no liquidity
         alice sells 1 @ 100
         bob buys market for 100.01 -> #3 new; #3 takes 1 @ 100 from #2 [#2 filled, #3 partial]; \
             #3 expired after 1, no liquidity
         bob: BTC 1, USDT 400",
    );
}

#[test]
fn a_quote_amount_too_small_for_one_lot_is_refused() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100
         bob buys market for 0.09999999 -> refused LOT_SIZE minimum 0.001
         bob buys market for 0 -> refused InvalidOrder quote_quantity
         bob buys market for 0.1 -> #2 new; #2 takes 0.001 @ 100 from #1 [#1 partial, #2 filled]",
    );
}

#[test]
fn an_order_by_quote_amount_does_not_break_lot_size() {
    check(
        "quantity_min=0.01 quantity_max=1",
        "alice deposits 2 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100
         alice sells 1 @ 100
         bob buys market for 0.99 -> refused LOT_SIZE minimum 0.01
         bob buys market for 100.1 -> refused LOT_SIZE maximum 1
         bob buys market for 1 -> #3 new; #3 takes 0.01 @ 100 from #1 [#1 partial, #3 filled]
         bob buys market for 100 -> #4 new; #4 takes 0.99 @ 100 from #1 [#1 filled, #4 partial]; \
             #4 takes 0.01 @ 100 from #2 [#2 partial, #4 filled]",
    );
}

#[test]
fn an_order_by_quote_amount_must_be_covered() {
    check(
        "",
        "alice deposits 1 BTC
         alice deposits 99.99 USDT
         bob deposits 1 BTC
         bob deposits 100 USDT
         bob sells 1 @ 100
         alice buys market for 100 -> refused InsufficientBalance needed 100 free 99.99
         bob buys 1 @ 99
         alice withdraws 0.5 BTC
         alice sells market for 49.599 -> refused InsufficientBalance needed 0.501 free 0.5
         alice sells market for 49.598 -> #3 new; #3 takes 0.5 @ 99 from #2 [#2 partial, #3 filled]",
    );
}

#[test]
fn the_fields_must_fit_the_type() {
    check(
        "",
        "bob deposits 100 USDT
         bob buys 1 market for 100 -> refused InvalidOrder quote_quantity
         bob buys market -> refused InvalidOrder quantity
         bob buys 1 market IOC -> refused InvalidOrder time_in_force
         bob buys 1 @ 10 maker FOK -> refused InvalidOrder time_in_force
         bob buys 1 @ 10 for 10 -> refused InvalidOrder quote_quantity
         bob buys @ 10 -> refused InvalidOrder quantity
         bob buys 1 @ 0 -> refused InvalidOrder price",
    );
}
