//! Trailing stops: the scenarios of the page "Spot Trailing Stop order FAQ", and what it says besides.

use crate::script::{Script, check};

/// An exchange where two people can trade at any price, and one who waits.
fn market(last: &str) -> Script {
    let mut script = Script::new("");
    for line in [
        "maker deposits 1000 BTC",
        "taker deposits 90000000 USDT",
        "alice deposits 100000 USDT",
        "alice deposits 1 BTC",
    ] {
        script.run(line);
    }
    trade(&mut script, last);
    script
}

/// Trade at a price between the two; returns what else happened.
fn trade(script: &mut Script, price: &str) -> String {
    script.run(&format!("maker sells 0.001 @ {price} as offer"));
    let happened = script.tell(&format!("taker buys 0.001 @ {price}"));
    let (_, rest) = happened.split_once(" filled]").unwrap_or_else(|| panic!("no trade at {price}: {happened}"));
    rest.trim_start_matches("; ").to_owned()
}

/// Trade along a path, along which nothing else happens.
fn quiet(script: &mut Script, path: &[&str]) {
    for price in path {
        assert_eq!(trade(script, price), "", "at {price}");
    }
}

#[test]
fn scenario_a_stop_loss_limit_to_buy() {
    let mut script = market("40000");
    script.run("alice buys 0.1 @ 45000 stop-loss at 44000 trail 500 as a");
    quiet(&mut script, &["39000", "37000", "40000", "43000"]);
    assert_eq!(trade(&mut script, "44000"), "#3 follows");
    quiet(&mut script, &["45000", "46000", "44000", "42000", "43000", "44099.99"]);
    assert_eq!(trade(&mut script, "44100"), "#3 triggered");
    script.run("book: 0.1 @ 45000 | none");
}

#[test]
fn scenario_b_stop_loss_limit_to_sell() {
    let mut script = market("40000");
    script.run("alice sells 0.1 @ 38000 stop-loss at 39000 trail 1000");
    quiet(&mut script, &["41500", "40000"]);
    assert_eq!(trade(&mut script, "39000"), "#3 follows");
    quiet(&mut script, &["38000", "37000", "40000", "41000", "36900.01"]);
    assert_eq!(trade(&mut script, "36900"), "#3 triggered");
    script.run("book: none | 0.1 @ 38000");
}

#[test]
fn scenario_c_take_profit_limit_to_buy() {
    let mut script = market("40000");
    script.run("alice buys 0.1 @ 38500 take-profit at 38000 trail 850");
    quiet(&mut script, &["42000", "39000"]);
    assert_eq!(trade(&mut script, "38000"), "#3 follows");
    quiet(&mut script, &["37000", "39000", "38000", "40144.99"]);
    assert_eq!(trade(&mut script, "40145"), "#3 triggered");
    script.run("book: 0.1 @ 38500 | none");
}

#[test]
fn scenario_d_take_profit_limit_to_sell() {
    let mut script = market("40000");
    script.run("alice sells 0.1 @ 41000 take-profit at 42000 trail 750");
    quiet(&mut script, &["41500", "39000", "41999.99"]);
    assert_eq!(trade(&mut script, "42000"), "#3 follows");
    quiet(&mut script, &["45000", "44000", "46500", "43012.51"]);
    assert_eq!(trade(&mut script, "43012.50"), "#3 triggered");
    script.run("book: none | 0.1 @ 41000");
}

#[test]
fn scenario_e_without_a_stop_price() {
    let mut script = market("40000");
    script.run("alice sells 0.1 @ 39000 stop-loss trail 700");
    quiet(&mut script, &["42000", "39500", "45500", "42315.01"]);
    assert_eq!(trade(&mut script, "42315"), "#3 triggered");
    script.run("book: none | 0.1 @ 39000");
}

#[test]
fn without_a_last_price_it_follows_from_the_next_trade() {
    check(
        "",
        "alice deposits 10 BTC
        bob deposits 1000 USDT
        alice sells 1 market stop-loss trail 1000 -> #1 new
        alice sells 1 @ 100 -> #2 new
        bob buys 1 @ 100 -> #3 new; #3 takes 1 @ 100 from #2 [#2 filled, #3 filled]; #1 follows
        bob buys 3 @ 90 -> #4 new
        alice sells 1 @ 90 -> #5 new; #5 takes 1 @ 90 from #4 [#4 partial, #5 filled]; #1 triggered; \
            #1 takes 1 @ 90 from #4 [#4 partial, #1 filled]",
    );
}

#[test]
fn a_canceled_order_follows_no_more() {
    let mut script = market("100");
    script.run("alice sells 0.1 market stop-loss trail 100 as a");
    script.run("alice cancels a -> #3 canceled after 0");
    quiet(&mut script, &["200", "50"]);
    script.run("alice: BTC 1, USDT 100000");
}

#[test]
fn the_filter_has_a_range_for_each_direction() {
    check(
        "trailing=10/20/30/40",
        "alice deposits 9 BTC
        alice deposits 1000 USDT
        alice sells 1 market stop-loss trail 29 -> refused TRAILING_DELTA minimum 30
        alice sells 1 market stop-loss trail 41 -> refused TRAILING_DELTA maximum 40
        alice buys 1 market take-profit trail 29 -> refused TRAILING_DELTA minimum 30
        alice buys 1 market stop-loss trail 9 -> refused TRAILING_DELTA minimum 10
        alice sells 1 market take-profit trail 21 -> refused TRAILING_DELTA maximum 20
        alice sells 1 market stop-loss trail 30 -> #1 new
        alice sells 1 market take-profit trail 20 -> #2 new",
    );
}
