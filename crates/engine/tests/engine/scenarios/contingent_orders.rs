//! STOP_LOSS, STOP_LOSS_LIMIT, TAKE_PROFIT and TAKE_PROFIT_LIMIT: what they wait for, what they hold, how they start.

use crate::script::check;

/// Carol trades at a price with Dave, so that it is the last one.
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

#[test]
fn a_stop_loss_to_sell_waits_for_a_fall() {
    check_funded(
        "alice sells 2 market stop-loss at 90 -> #3 new
        alice: BTC 8 + 2 locked, USDT 1000
        book: none | none
        dave buys 5 @ 95 -> #4 new
        carol sells 1 @ 95 -> #5 new; #5 takes 1 @ 95 from #4 [#4 partial, #5 filled]
        dave buys 5 @ 90 -> #6 new
        carol sells 5 @ 90 -> #7 new; #7 takes 4 @ 95 from #4 [#4 filled, #7 partial]; \
            #7 takes 1 @ 90 from #6 [#6 partial, #7 filled]; #3 triggered; #3 takes 2 @ 90 from #6 [#6 partial, #3 filled]
        alice: BTC 8, USDT 1180
        book: 2 @ 90 | none",
    );
}

#[test]
fn a_stop_loss_to_buy_waits_for_a_rise_and_holds_at_its_stop_price() {
    check_funded(
        "alice buys 2 market stop-loss at 110 -> #3 new
        alice: BTC 10, USDT 780 + 220 locked
        carol sells 5 @ 111 -> #4 new
        dave buys 1 @ 111 -> #5 new; #5 takes 1 @ 111 from #4 [#4 partial, #5 filled]; #3 triggered; \
            #3 takes 2 @ 111 from #4 [#4 partial, #3 filled]
        alice: BTC 12, USDT 778",
    );
}

#[test]
fn a_take_profit_waits_for_the_other_direction() {
    check_funded(
        "alice sells 1 market take-profit at 110 -> #3 new
        alice buys 1 market take-profit at 90 -> #4 new
        dave buys 3 @ 110 -> #5 new
        carol sells 1 @ 110 -> #6 new; #6 takes 1 @ 110 from #5 [#5 partial, #6 filled]; #3 triggered; \
            #3 takes 1 @ 110 from #5 [#5 partial, #3 filled]
        dave cancels all -> #5 canceled after 2
        carol sells 3 @ 90 -> #7 new
        dave buys 1 @ 90 -> #8 new; #8 takes 1 @ 90 from #7 [#7 partial, #8 filled]; #4 triggered; \
            #4 takes 1 @ 90 from #7 [#7 partial, #4 filled]",
    );
}

#[test]
fn a_stop_limit_order_rests_when_it_finds_nothing() {
    check_funded(
        "alice sells 2 @ 88 stop-loss at 90 as s -> #3 new
        alice: BTC 8 + 2 locked, USDT 1000
        dave buys 1 @ 90 -> #4 new
        carol sells 1 @ 90 -> #5 new; #5 takes 1 @ 90 from #4 [#4 filled, #5 filled]; #3 triggered
        book: none | 2 @ 88
        alice: BTC 8 + 2 locked, USDT 1000
        alice cancels s -> #3 canceled after 0
        alice: BTC 10, USDT 1000",
    );
}

#[test]
fn a_stop_limit_order_keeps_its_time_in_force() {
    check_funded(
        "alice sells 2 @ 88 IOC stop-loss at 90 -> #3 new
        alice sells 2 @ 88 FOK stop-loss at 90 -> #4 new
        dave buys 2 @ 90 -> #5 new
        carol sells 1 @ 90 -> #6 new; #6 takes 1 @ 90 from #5 [#5 partial, #6 filled]; #3 triggered; \
            #3 takes 1 @ 90 from #5 [#5 filled, #3 partial]; #3 expired after 1, IOC; #4 triggered; #4 expired after 0, FOK
        alice: BTC 9, USDT 1090",
    );
}

#[test]
fn a_stop_that_is_met_already_is_refused() {
    check_funded(
        "alice sells 1 market stop-loss at 100 -> refused WouldTrigger 100
        alice sells 1 market stop-loss at 101 -> refused WouldTrigger 100
        alice buys 1 market stop-loss at 100 -> refused WouldTrigger 100
        alice sells 1 @ 99 take-profit at 99 -> refused WouldTrigger 100
        alice buys 1 @ 99 take-profit at 101 -> refused WouldTrigger 100
        alice buys 1 @ 99 take-profit at 99.99 -> #3 new",
    );
}

#[test]
fn before_the_first_trade_no_stop_is_met() {
    check(
        "",
        "alice deposits 1 BTC
        alice sells 1 market stop-loss at 1000000 -> #1 new",
    );
}

#[test]
fn stops_trigger_stops_nearest_first() {
    check_funded(
        "alice sells 1 market stop-loss at 90 -> #3 new
        carol sells 1 market stop-loss at 95 -> #4 new
        alice sells 1 market stop-loss at 95 -> #5 new
        alice sells 1 market stop-loss at 80 -> #6 new
        dave buys 1 @ 95 -> #7 new
        dave buys 2 @ 85 -> #8 new
        dave buys 9 @ 70 -> #9 new
        carol sells 1 @ 95 -> #10 new; #10 takes 1 @ 95 from #7 [#7 filled, #10 filled]; \
            #4 triggered; #4 takes 1 @ 85 from #8 [#8 partial, #4 filled]; \
            #5 triggered; #5 takes 1 @ 85 from #8 [#8 filled, #5 filled]; \
            #3 triggered; #3 takes 1 @ 70 from #9 [#9 partial, #3 filled]; \
            #6 triggered; #6 takes 1 @ 70 from #9 [#9 partial, #6 filled]",
    );
}

#[test]
fn what_a_triggered_market_order_cannot_pay_for_is_rejected() {
    check_funded(
        "alice buys 9 market stop-loss at 110 -> #3 new
        alice: BTC 10, USDT 10 + 990 locked
        carol sells 20 @ 120 -> #4 new
        dave buys 1 @ 120 -> #5 new; #5 takes 1 @ 120 from #4 [#4 partial, #5 filled]; #3 triggered; \
            #3 rejected InsufficientBalance needed 1080 free 1000
        alice: BTC 10, USDT 1000",
    );
}

#[test]
fn the_shape_of_an_order_with_a_condition() {
    check_funded(
        "alice sells 1 market stop-loss -> refused InvalidOrder stop_price
        alice sells 1 market stop-loss at 0 -> refused InvalidOrder stop_price
        alice sells 1 market stop-loss IOC at 90 -> refused InvalidOrder time_in_force
        alice sells 1 market stop-loss trail 0 -> refused InvalidOrder trailing_delta
        alice sells 1 market stop-loss trail 10000 -> refused InvalidOrder trailing_delta
        alice sells 1 @ 90 at 91 -> refused InvalidOrder stop_price
        alice sells 1 @ 90 trail 10 -> refused InvalidOrder trailing_delta
        alice buys market stop-loss at 110 for 5 -> refused InvalidOrder quote_quantity
        alice buys 1 market stop-loss at 110.001 -> refused PRICE_FILTER step 0.01
        alice buys 0 market stop-loss at 110 -> refused LOT_SIZE minimum 0
        alice buys 1 @ 100 strategy 7 999999 -> refused InvalidOrder strategy_type
        alice buys 1 @ 99 strategy 7 1000000 -> #3 new",
    );
}

#[test]
fn types_that_a_symbol_forbids() {
    for (feature, line) in [
        ("StopLoss", "alice sells 1 market stop-loss at 90"),
        ("StopLossLimit", "alice sells 1 @ 1 stop-loss at 90"),
        ("TakeProfit", "alice sells 1 market take-profit at 110"),
        ("TakeProfitLimit", "alice sells 1 @ 1 take-profit at 110"),
        ("Trailing", "alice sells 1 market stop-loss trail 10"),
        ("Market", "alice sells 1 market"),
        ("QuoteOrderQuantity", "alice sells market for 1"),
        ("Iceberg", "alice sells 2 @ 1 show 1"),
        ("Peg", "alice sells 2 @ peg market"),
        ("CancelReplace", "alice replaces #1: sells 1 @ 1"),
        ("Amend", "alice amends #1 to 1"),
        ("Oco", "alice lists oco: sells 1 @ 1 maker | sells 1 market stop-loss at 1"),
        ("Oto", "alice lists oto: sells 1 @ 1 | sells 1 market"),
        ("Opo", "alice lists oto paid: buys 1 @ 1 | sells market"),
    ] {
        check(&format!("forbids={feature}"), &format!("{FUNDED}{line} -> refused NotAllowed {feature}"));
    }
}

#[test]
fn counts_and_filters_of_orders_with_a_condition() {
    check(
        "algo_orders_max=1 market_quantity_max=5",
        &format!(
            "{FUNDED}alice sells 6 market stop-loss at 90 -> refused MARKET_LOT_SIZE maximum 5
            alice sells 1 market stop-loss at 90 as a -> #3 new
            alice sells 1 @ 80 stop-loss at 90 -> refused TooManyAlgoOrders
            alice sells 1 @ 200 -> #4 new
            alice cancels a -> #3 canceled after 0
            alice sells 1 @ 80 stop-loss at 90 -> #5 new"
        ),
    );
}
