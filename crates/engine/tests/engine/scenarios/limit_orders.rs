//! LIMIT and LIMIT_MAKER orders.

use crate::script::check;

#[test]
fn the_best_price_trades_first_and_at_one_price_the_oldest_order() {
    check(
        "",
        "alice deposits 3 BTC
         bob deposits 3 BTC
         carol deposits 1000 USDT
         alice sells 1 @ 101
         bob sells 1 @ 100
         alice sells 1 @ 100
         bob sells 1 @ 101
         book: none | 2 @ 100, 2 @ 101
         carol buys 3.5 @ 101 -> #5 new; #5 takes 1 @ 100 from #2 [#2 filled, #5 partial]; \
             #5 takes 1 @ 100 from #3 [#3 filled, #5 partial]; #5 takes 1 @ 101 from #1 [#1 filled, #5 partial]; \
             #5 takes 0.5 @ 101 from #4 [#4 partial, #5 filled]
         book: none | 0.5 @ 101
         bob open: #4 sell 0.5 of 1 @ 101
         alice open: none
         alice: BTC 1, USDT 201
         bob: BTC 1 + 0.5 locked, USDT 150.5
         carol: BTC 3.5, USDT 648.5",
    );
}

#[test]
fn highest_bids_trade_first() {
    check(
        "",
        "alice deposits 1000 USDT
         bob deposits 3 BTC
         alice buys 1 @ 99
         alice buys 1 @ 100
         alice buys 1 @ 98.99
         book: 1 @ 100, 1 @ 99, 1 @ 98.99 | none
         bob sells 2 @ 99 -> #4 new; #4 takes 1 @ 100 from #2 [#2 filled, #4 partial]; \
             #4 takes 1 @ 99 from #1 [#1 filled, #4 filled]
         book: 1 @ 98.99 | none
         bob: BTC 1, USDT 199",
    );
}

#[test]
fn a_partly_filled_order_keeps_its_place() {
    check(
        "",
        "alice deposits 2 BTC
         bob deposits 2 BTC
         carol deposits 1000 USDT
         alice sells 2 @ 100
         bob sells 2 @ 100
         carol buys 0.5 @ 100 -> #3 new; #3 takes 0.5 @ 100 from #1 [#1 partial, #3 filled]
         carol buys 2 @ 100 -> #4 new; #4 takes 1.5 @ 100 from #1 [#1 filled, #4 partial]; \
             #4 takes 0.5 @ 100 from #2 [#2 partial, #4 filled]",
    );
}

#[test]
fn price_improvement_goes_to_the_taker() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 110 USDT
         alice sells 1 @ 100
         bob buys 1 @ 110 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
         alice: USDT 100
         bob: BTC 1, USDT 10",
    );
}

#[test]
fn what_is_left_of_a_gtc_order_rests_at_its_limit() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 330 USDT
         alice sells 1 @ 100
         bob buys 3 @ 110 GTC -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 partial]
         book: 2 @ 110 | none
         bob: BTC 1, USDT 10 + 220 locked
         bob open: #2 buy 1 of 3 @ 110",
    );
}

#[test]
fn what_is_left_of_an_ioc_order_expires() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100
         bob buys 3 @ 100 IOC -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 partial]; #2 expired after 1, IOC
         bob buys 3 @ 100 IOC -> #3 new; #3 expired after 0, IOC
         book: none | none
         bob open: none
         bob: BTC 1, USDT 400",
    );
}

#[test]
fn a_fok_order_trades_all_or_nothing() {
    check(
        "",
        "alice deposits 3 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100
         alice sells 1 @ 101
         alice sells 1 @ 102
         bob buys 3 @ 101 FOK -> #4 new; #4 expired after 0, FOK
         book: none | 1 @ 100, 1 @ 101, 1 @ 102
         alice: BTC 0 + 3 locked
         bob: USDT 500
         bob open: none
         bob buys 2 @ 101 FOK -> #5 new; #5 takes 1 @ 100 from #1 [#1 filled, #5 partial]; \
             #5 takes 1 @ 101 from #2 [#2 filled, #5 filled]
         book: none | 1 @ 102
         bob: BTC 2, USDT 299",
    );
}

#[test]
fn a_fok_order_to_sell_looks_at_the_bids() {
    check(
        "",
        "alice deposits 3 BTC
         bob deposits 500 USDT
         bob buys 1 @ 100
         bob buys 1 @ 99
         alice sells 2 @ 100 FOK -> #3 new; #3 expired after 0, FOK
         alice sells 2 @ 99 FOK -> #4 new; #4 takes 1 @ 100 from #1 [#1 filled, #4 partial]; \
             #4 takes 1 @ 99 from #2 [#2 filled, #4 filled]",
    );
}

#[test]
fn a_limit_maker_order_is_refused_when_it_would_take() {
    check(
        "",
        "alice deposits 2 BTC
         bob deposits 500 USDT
         alice sells 1 @ 100 maker -> #1 new
         bob buys 1 @ 100 maker -> refused WouldTake 100
         bob buys 1 @ 100.01 maker -> refused WouldTake 100
         bob buys 1 @ 99.99 maker -> #2 new
         alice sells 1 @ 99.99 maker -> refused WouldTake 99.99
         alice sells 1 @ 100 maker -> #3 new
         book: 1 @ 99.99 | 2 @ 100",
    );
}

#[test]
fn an_order_must_be_covered_at_its_limit_though_it_would_trade_cheaper() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 109.99 USDT
         alice sells 1 @ 100
         bob buys 1 @ 110 -> refused InsufficientBalance needed 110 free 109.99
         alice sells 0.001 @ 100 -> refused InsufficientBalance needed 0.001 free 0
         bob buys 0.999 @ 110 -> #2 new; #2 takes 0.999 @ 100 from #1 [#1 partial, #2 filled]",
    );
}

#[test]
fn what_an_order_holds_cannot_be_used_twice() {
    check(
        "",
        "bob deposits 100 USDT
         bob buys 1 @ 60
         bob buys 1 @ 60 -> refused InsufficientBalance needed 60 free 40
         bob withdraws 41 USDT -> refused InsufficientBalance needed 41 free 40
         bob withdraws 40 USDT
         bob: USDT 0 + 60 locked",
    );
}

#[test]
fn an_account_may_trade_with_itself() {
    check(
        "maker_fee=0.001 taker_fee=0.002",
        "alice deposits 1 BTC
         alice deposits 100 USDT
         alice sells 1 @ 100
         alice buys 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
         alice: BTC 0.998, USDT 99.9
         house.fees: BTC 0.002, USDT 0.1",
    );
}

#[test]
fn books_of_two_symbols_share_balances_and_nothing_else() {
    check(
        "",
        "symbol ETHBTC ETH BTC tick=0.00001 lot=0.0001
         alice deposits 1 BTC
         bob deposits 10 ETH
         alice buys 10 @ 0.05 on ETHBTC -> #1 new
         alice sells 0.6 @ 100 -> refused InsufficientBalance needed 0.6 free 0.5
         alice sells 0.5 @ 100 -> #1 new
         alice: BTC 0 + 1 locked
         book: none | 0.5 @ 100
         book on ETHBTC: 10 @ 0.05 | none
         bob sells 4 @ 0.05 on ETHBTC -> #2 new; #2 takes 4 @ 0.05 from #1 [#1 partial, #2 filled]
         bob: BTC 0.2, ETH 6
         alice: BTC 0 + 0.8 locked, ETH 4
         alice open: #1 sell 0 of 0.5 @ 100, #1 buy 4 of 10 @ 0.05",
    );
}
