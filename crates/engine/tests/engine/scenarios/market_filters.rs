//! Filters that look at the market, at what an account has, and at all of the exchange.

use crate::script::check;

const FUNDED: &str = "
    alice deposits 100000 USDT
    alice deposits 100 BTC
    bob deposits 100 BTC
    carol deposits 100000 USDT
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

const TRADES: &str = "
    bob sells 1 @ 100 -> #1 new
    carol buys 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]
    bob sells 3 @ 120 -> #3 new
    carol buys 3 @ 120 -> #4 new; #4 takes 3 @ 120 from #3 [#3 filled, #4 filled]
";

#[test]
fn percent_price_by_the_last_trade() {
    check_funded(
        "percent_price=1.3/0.7/1.3/0.7",
        &format!(
            "{TRADES}alice buys 1 @ 156.01 -> refused PERCENT_PRICE maximum 156
            alice buys 1 @ 83.99 -> refused PERCENT_PRICE minimum 84
            alice sells 1 @ 156.01 -> refused PERCENT_PRICE maximum 156
            alice buys 1 @ 84 -> #5 new
            alice sells 1 @ 156 -> #6 new"
        ),
    );
    check_funded("percent_price=1.3/0.7/1.3/0.7", "alice buys 1 @ 5000 -> #1 new");
}

#[test]
fn percent_price_by_side_and_by_the_mean_of_minutes() {
    // (100 x 1 + 120 x 3) / 4 = 115
    check_funded(
        "percent_price_by_side=1.2/0.2/5/0.8 average_minutes=5",
        &format!(
            "{TRADES}alice buys 1 @ 138.01 -> refused PERCENT_PRICE_BY_SIDE maximum 138
            alice buys 1 @ 22.99 -> refused PERCENT_PRICE_BY_SIDE minimum 23
            alice sells 1 @ 575.01 -> refused PERCENT_PRICE_BY_SIDE maximum 575
            alice sells 1 @ 91.99 -> refused PERCENT_PRICE_BY_SIDE minimum 92
            alice sells 1 @ 92 -> #5 new
            alice buys 1 market take-profit at 1 -> #6 new"
        ),
    );
}

#[test]
fn percent_price_by_the_reference_price() {
    check_funded(
        "percent_price_by_side=1.2/0.2/5/0.8 reference=told",
        &format!(
            "{TRADES}reference 1000 -> reference set
            alice buys 1 @ 1200.01 -> refused PERCENT_PRICE_BY_SIDE maximum 1200
            reference none -> reference set
            alice buys 1 @ 144.01 -> refused PERCENT_PRICE_BY_SIDE maximum 144"
        ),
    );
}

#[test]
fn market_orders_are_valued_at_the_mean() {
    check_funded(
        "notional_min=80 notional_min_applies_to_market=true average_minutes=1",
        &format!(
            "{TRADES}alice sells 0.695 market -> refused NOTIONAL minimum 80
            alice sells 0.695 market stop-loss at 50 -> refused NOTIONAL minimum 80
            alice sells 0.696 market stop-loss at 50 -> #5 new"
        ),
    );
}

#[test]
fn the_position_counts_what_is_held_and_what_is_being_bought() {
    check_funded(
        "position_max=10",
        "carol buys 4 @ 10 -> #1 new
        carol buys 4 @ 10 stop-loss at 20 -> #2 new
        carol buys 2.001 @ 10 -> refused MAX_POSITION 10.001 of 10
        carol buys 2 @ 10 -> #3 new
        bob sells 4 @ 10 -> #4 new; #4 takes 4 @ 10 from #1 [#1 filled, #4 filled]
        carol buys 0.001 @ 10 -> refused MAX_POSITION 10.001 of 10
        carol sells 1 @ 30 -> #5 new
        alice buys 1 @ 5 -> refused MAX_POSITION 101 of 10",
    );
}

#[test]
fn one_order_moves_only_so_much_of_an_asset() {
    check_funded(
        "",
        "asset-limit 5 BTC -> limits set
        asset-limit 1000 USDT -> limits set
        alice buys 5.001 @ 1 -> refused MAX_ASSET 5.001 of 5
        alice buys 5 @ 200.01 -> refused MAX_ASSET 1000.05 of 1000
        alice buys market for 1001 -> refused MAX_ASSET 1001 of 1000
        alice buys 5 @ 200 -> #1 new",
    );
}

#[test]
fn limits_of_the_exchange() {
    check_funded(
        "",
        "symbol ETHUSDT ETH USDT
        limits 4 1 1 1 -> limits set
        alice buys 1 @ 1 stop-loss at 2 -> #1 new
        alice buys 1 @ 1 stop-loss at 2 on ETHUSDT -> refused TooManyAlgoOrdersOnExchange
        alice buys 2 @ 1 show 1 on ETHUSDT -> #1 new
        alice buys 2 @ 1 show 1 -> refused TooManyIcebergOrdersOnExchange
        alice lists oto: buys 1 @ 1 | sells 1 @ 9 -> list 1; #2 new; #3 pending
        alice lists oto: buys 1 @ 1 | sells 1 @ 9 on ETHUSDT -> refused TooManyOrdersOnExchange
        alice buys 1 @ 1 -> refused TooManyOrdersOnExchange
        bob sells 1 market -> #4 new; #4 takes 1 @ 1 from #2 [#2 filled, #4 filled]; #3 activated
        limits 0 0 0 1 -> limits set
        alice lists oto: buys 1 @ 1 | sells 1 @ 9 -> refused TooManyOrderListsOnExchange",
    );
}
