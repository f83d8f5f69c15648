//! Taking orders back.

use crate::script::check;

#[test]
fn a_canceled_order_gives_back_what_it_held() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 300 USDT
         bob buys 2 @ 100 as bid
         alice sells 0.5 market
         bob: BTC 0.5, USDT 100 + 150 locked
         bob cancels bid -> #1 canceled after 0.5
         bob: BTC 0.5, USDT 250
         book: none | none
         alice sells 0.5 @ 100 as ask
         alice cancels ask -> #3 canceled after 0
         alice: BTC 0.5, USDT 50",
    );
}

#[test]
fn an_order_is_named_by_its_id_its_client_id_or_both() {
    check(
        "",
        "bob deposits 300 USDT
         bob buys 1 @ 10 as a
         bob buys 1 @ 11 as b
         bob buys 1 @ 12 as c
         bob cancels #1 b -> refused UnknownOrder
         bob cancels #9 -> refused UnknownOrder
         bob cancels nothing -> refused UnknownOrder
         bob cancels #1 -> #1 canceled after 0
         bob cancels b -> #2 canceled after 0
         bob cancels #3 c -> #3 canceled after 0
         bob cancels #3 c -> refused UnknownOrder
         bob cancels -> refused InvalidOrder order_id",
    );
}

#[test]
fn nobody_cancels_the_orders_of_others_or_of_another_symbol() {
    check(
        "",
        "symbol ETHUSDT ETH USDT
         bob deposits 300 USDT
         bob buys 1 @ 10 as mine
         alice cancels #1 -> refused UnknownOrder
         alice cancels mine -> refused UnknownOrder
         bob cancels #1 on ETHUSDT -> refused UnknownOrder
         bob cancels mine on ETHUSDT -> refused UnknownOrder
         bob open: #1 buy 0 of 1 @ 10",
    );
}

#[test]
fn filled_and_expired_orders_cannot_be_canceled() {
    check(
        "",
        "alice deposits 1 BTC
         bob deposits 300 USDT
         alice sells 1 @ 100 as ask
         bob buys 2 @ 100 IOC as taker
         alice cancels ask -> refused UnknownOrder
         bob cancels taker -> refused UnknownOrder",
    );
}

#[test]
fn cancel_all_takes_back_the_orders_of_one_symbol_oldest_first() {
    check(
        "",
        "symbol ETHUSDT ETH USDT
         bob deposits 300 USDT
         alice deposits 300 USDT
         bob buys 1 @ 10
         alice buys 1 @ 10
         bob buys 2 @ 10
         bob buys 1 @ 20 on ETHUSDT
         bob buys 1 @ 9
         bob cancels all -> #1 canceled after 0; #3 canceled after 0; #4 canceled after 0
         bob cancels all -> refused UnknownOrder
         book: 1 @ 10 | none
         bob open: #1 buy 0 of 1 @ 20
         bob: USDT 280 + 20 locked",
    );
}

#[test]
fn a_client_order_id_is_unique_on_its_symbol_alone() {
    check(
        "",
        "symbol ETHUSDT ETH USDT
         bob deposits 300 USDT
         bob buys 1 @ 10 as mine
         bob buys 1 @ 20 as mine on ETHUSDT -> #1 new
         bob buys 1 @ 30 as mine on ETHUSDT -> refused DuplicateClientOrderId
         bob cancels mine on ETHUSDT -> #1 canceled after 0
         bob: USDT 290 + 10 locked
         bob cancels mine on ETHUSDT -> refused UnknownOrder
         bob cancels mine -> #1 canceled after 0
         bob: USDT 300",
    );
}

#[test]
fn a_client_order_id_is_free_again_once_its_order_is_done() {
    check(
        "",
        "bob deposits 300 USDT
         alice deposits 300 USDT
         bob buys 1 @ 10 as mine
         bob buys 1 @ 10 as mine -> refused DuplicateClientOrderId
         bob buys 1 @ 10 IOC as mine -> refused DuplicateClientOrderId
         alice buys 1 @ 10 as mine -> #2 new
         bob cancels mine -> #1 canceled after 0
         bob buys 1 @ 10 as mine -> #3 new",
    );
}
