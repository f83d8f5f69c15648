//! The filters of a symbol, each at its bounds.

use crate::script::check;

/// Funds and one resting order on each side, so that every order below is refused for its filter alone.
const FUNDED: &str = "bob deposits 1000000 USDT\nbob deposits 1000 BTC\n";

fn check_filter(rules: &str, lines: &str) {
    check(rules, &format!("{FUNDED}{lines}"));
}

#[test]
fn price_filter() {
    check_filter(
        "tick=0.05 price_min=0.10 price_max=20",
        "bob buys 1 @ 0.05 -> refused PRICE_FILTER minimum 0.1
         bob buys 1 @ 0.1 -> #1 new
         bob sells 1 @ 20 -> #2 new
         bob sells 1 @ 20.05 -> refused PRICE_FILTER maximum 20
         bob buys 1 @ 10.01 -> refused PRICE_FILTER step 0.05
         bob buys 1 @ 10.05 -> #3 new
         bob buys 1 @ 10.07 maker -> refused PRICE_FILTER step 0.05",
    );
    check_filter("tick=0.05", "bob buys 1 @ 0.05 -> #1 new\nbob sells 0.001 @ 92233720368.50 -> #2 new");
}

#[test]
fn lot_size() {
    check_filter(
        "lot=0.01 quantity_min=0.02 quantity_max=3",
        "bob buys 0.01 @ 1 -> refused LOT_SIZE minimum 0.02
         bob buys 0.02 @ 1 -> #1 new
         bob buys 3 @ 1 -> #2 new
         bob buys 3.01 @ 1 -> refused LOT_SIZE maximum 3
         bob buys 0.025 @ 1 -> refused LOT_SIZE step 0.01
         bob buys 0 @ 1 -> refused LOT_SIZE minimum 0.02
         bob sells 0.01 market -> refused LOT_SIZE minimum 0.02
         bob sells 0.025 market -> refused LOT_SIZE step 0.01
         bob sells 3.01 market -> refused LOT_SIZE maximum 3",
    );
    check_filter("lot=0.01", "bob buys 0 @ 1 -> refused LOT_SIZE minimum 0");
}

#[test]
fn market_lot_size() {
    check_filter(
        "lot=0.01 market_lot=0.05 market_quantity_min=0.1 market_quantity_max=2",
        "bob buys 10 @ 1 -> #1 new
         bob sells 0.05 market -> refused MARKET_LOT_SIZE minimum 0.1
         bob sells 2.05 market -> refused MARKET_LOT_SIZE maximum 2
         bob sells 0.11 market -> refused MARKET_LOT_SIZE step 0.05
         bob sells 0.1 market -> #2 new; #2 takes 0.1 @ 1 from #1 [#1 partial, #2 filled]
         bob sells 2 market -> #3 new; #3 takes 2 @ 1 from #1 [#1 partial, #3 filled]
         bob sells 0.01 @ 2 -> #4 new",
    );
    check_filter("market_quantity_min=0.1", "bob sells 0.001 market -> refused MARKET_LOT_SIZE minimum 0.1");
    check_filter("market_quantity_min=0.1", "bob sells 900 market -> #1 new; #1 expired after 0, no liquidity");
}

#[test]
fn notional_of_limit_orders() {
    check_filter(
        "notional_min=10 notional_max=1000",
        "bob buys 1 @ 9.99 -> refused NOTIONAL minimum 10
         bob buys 1 @ 10 -> #1 new
         bob buys 100 @ 10 -> #2 new
         bob buys 100 @ 10.01 -> refused NOTIONAL maximum 1000",
    );
}

#[test]
fn notional_spares_market_orders_unless_it_applies_to_them() {
    let trade = "bob buys 200 @ 10\nbob sells 1 @ 10 -> #2 new; #2 takes 1 @ 10 from #1 [#1 partial, #2 filled]\n";
    check_filter(
        "notional_min=5",
        &format!(
            "{trade}bob sells 0.4 market -> #3 new; #3 takes 0.4 @ 10 from #1 [#1 partial, #3 filled]
             bob sells market for 4 -> #4 new; #4 takes 0.4 @ 10 from #1 [#1 partial, #4 filled]"
        ),
    );
    check_filter(
        "notional_min=5 notional_min_applies_to_market=true notional_max=2000",
        &format!(
            "{trade}bob sells 0.499 market -> refused NOTIONAL minimum 5
             bob sells market for 4.99999999 -> refused NOTIONAL minimum 5
             bob sells 0.5 market -> #3 new; #3 takes 0.5 @ 10 from #1 [#1 partial, #3 filled]
             bob buys market for 2001 -> #4 new; #4 expired after 0, no liquidity"
        ),
    );
    check_filter(
        "notional_min=5 notional_max=2000 notional_max_applies_to_market=true",
        &format!(
            "{trade}bob sells 200.001 market -> refused NOTIONAL maximum 2000
             bob sells market for 2000.00000001 -> refused NOTIONAL maximum 2000
             bob sells market for 4 -> #3 new; #3 takes 0.4 @ 10 from #1 [#1 partial, #3 filled]"
        ),
    );
}

#[test]
fn a_market_order_is_valued_at_the_last_trade_and_before_it_at_the_best_price() {
    check_filter(
        "notional_min=5 notional_min_applies_to_market=true",
        "bob sells 0.001 market -> #1 new; #1 expired after 0, no liquidity
         bob buys 1 @ 8
         bob buys 10 @ 5
         bob sells 0.624 market -> refused NOTIONAL minimum 5
         bob sells 1 market -> #4 new; #4 takes 1 @ 8 from #2 [#2 filled, #4 filled]
         bob sells 0.624 market -> refused NOTIONAL minimum 5
         bob sells 0.625 market -> #5 new; #5 takes 0.625 @ 5 from #3 [#3 partial, #5 filled]
         bob sells 0.999 market -> refused NOTIONAL minimum 5
         bob sells 1 market -> #6 new; #6 takes 1 @ 5 from #3 [#3 partial, #6 filled]",
    );
}

#[test]
fn max_num_orders_counts_the_open_orders_of_an_account_on_a_symbol() {
    check_filter(
        "open_orders_max=2",
        "symbol ETHUSDT ETH USDT open_orders_max=1
         alice deposits 100 USDT
         bob buys 1 @ 1
         bob buys 1 @ 2
         bob buys 1 @ 3 -> refused MAX_NUM_ORDERS 2
         bob sells 1 market -> #3 new; #3 takes 1 @ 2 from #2 [#2 filled, #3 filled]
         bob buys 1 @ 3 -> #4 new
         bob buys 1 @ 3 IOC -> refused MAX_NUM_ORDERS 2
         bob buys 1 @ 3 on ETHUSDT -> #1 new
         alice buys 1 @ 1 -> #5 new
         bob cancels #1
         bob buys 1 @ 1 -> #6 new",
    );
}

#[test]
fn the_filters_are_checked_before_the_name_and_the_balance() {
    check(
        "notional_min=5",
        "bob deposits 10 USDT
         bob buys 1 @ 5 as mine
         bob buys 100 @ 0.001 as mine -> refused PRICE_FILTER step 0.01
         bob buys 0.0001 @ 1 as mine -> refused LOT_SIZE step 0.001
         bob buys 1 @ 1 as mine -> refused NOTIONAL minimum 5
         bob buys 100 @ 1 as mine -> refused DuplicateClientOrderId
         bob buys 100 @ 1 as other -> refused InsufficientBalance needed 100 free 5",
    );
}

#[test]
fn a_level_holds_no_more_than_a_quantity_can_say() {
    check(
        "tick=0.00000001 lot=0.00000001",
        "bob deposits 100000 USDT
         bob buys 92233720368.54775807 @ 0.00000001 -> #1 new
         bob buys 0.00000001 @ 0.00000001 -> refused CapacityReached price level
         bob buys 0.00000001 @ 0.00000002 -> #2 new
         bob cancels #1
         bob buys 0.00000001 @ 0.00000001 -> #3 new",
    );
}
