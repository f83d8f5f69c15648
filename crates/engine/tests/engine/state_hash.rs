//! Different states have different hashes: of the whole, and of the part that is the whole where there is little.

use crate::script::Script;

/// Of the whole and of its part.
fn hash_after(lines: &[&str]) -> Hashes {
    let mut script = Script::new("");
    lines.iter().for_each(|line| script.run(line));
    Hashes(script.exchange.state_hash(), script.exchange.engine.part_hash())
}

/// Equal where both are equal; anything else but two differences is a hash that sees what the other does not.
#[derive(Debug)]
struct Hashes([u8; 32], [u8; 32]);

impl PartialEq for Hashes {
    fn eq(&self, other: &Hashes) -> bool {
        assert_eq!(self.0 == other.0, self.1 == other.1, "one hash sees what the other does not");
        self.0 == other.0
    }
}

#[test]
fn a_bid_is_not_an_ask() {
    // Two symbols that are each other's mirror: with a bid on each, the same is locked as with an ask on each.
    let funded = ["symbol USDTBTC USDT BTC", "alice deposits 1 BTC", "alice deposits 1 USDT"];
    let bids = ["alice buys 1 @ 1 as a", "alice buys 1 @ 1 as b on USDTBTC"];
    let asks = ["alice sells 1 @ 1 as a", "alice sells 1 @ 1 as b on USDTBTC"];
    let with = |orders: [&str; 2]| hash_after(&[&funded[..], &orders[..]].concat());
    assert_eq!(with(bids), with(bids));
    assert_ne!(with(bids), with(asks));
}

#[test]
fn whatever_the_next_outcome_depends_on_is_in_the_hash() {
    let base = ["alice deposits 10 USDT", "bob deposits 10 BTC", "alice buys 1 @ 1 as a"];
    let with = |line: &str| hash_after(&[&base[..], &[line]].concat());
    let alternatives = [
        "alice buys 1 @ 1 as b",
        "alice buys 1 @ 1 as c",
        "alice buys 1 @ 1.01 as b",
        "alice buys 1.001 @ 1 as b",
        "alice buys 1 @ 1 maker as b",
        "alice buys 1 @ 1 stp DECREMENT as b",
        "alice buys 1 @ 1 stp EXPIRE_MAKER as b",
        "bob sells 0.5 @ 1",
        "bob sells 0.5 @ 1 IOC",
        "alice cancels a",
        "alice withdraws 1 USDT",
        "alice withdraws 2 USDT",
        "record r/1 after 0: alice holds 1 USDT",
        "record r/2 after 0: alice holds 1 USDT",
        "record r/1 after 0: alice holds 0 USDT",
        "symbol ETHUSDT BTC USDT",
        "symbol ETHUSDT BTC USDT taker_fee=0.1",
        "symbol ETHUSDC BTC USDT",
        "symbol ETHUSDT BTC USDT prevention_default=EXPIRE_MAKER",
        "symbol ETHUSDT BTC USDT algo_orders_max=1",
        "alice buys 1 @ 1 show 0.5 as b",
        "alice buys 1 @ 1 peg primary as b",
        "alice buys 1 @ 1 strategy 1 1000000 as b",
        "alice buys 1 @ 1 stop-loss at 2 as b",
        "alice buys 1 @ 1 stop-loss at 3 as b",
        "alice buys 1 @ 1 take-profit at 2 as b",
        "alice buys 1 @ 1 stop-loss trail 5 as b",
        "alice buys 1 @ 1 stop-loss trail 6 as b",
        "alice amends a to 0.5 as a",
        "alice amends a to 0.5 as b",
        "alice replaces a: buys 1 @ 1 as a",
        "alice lists oto as l: buys 1 @ 1 as b | buys 1 @ 1 as c",
        "alice lists oto as m: buys 1 @ 1 as b | buys 1 @ 1 as c",
        "bob lists oco as m: sells 1 @ 9 maker as b | sells 1 market stop-loss at 0.5 as c",
        "status HALT",
        "status BREAK",
        "limits 1 0 0 0",
        "limits 0 0 0 1",
        "asset-limit 5 BTC",
        "asset-limit 5 USDT",
        "discount BTC 0.5",
        "discount USDT 0.5",
        "alice pays-discounted",
        "bob pays-discounted",
        "alice pays-rates 0.1 0 0 0",
        "alice pays-rates 0 0.1 0 0",
        "bob pays-rates 0 0.1 0 0",
        "block buy 1 @ 1",
        "carol opens spot",
        "carol opens spot group 0",
        "carol opens spot group 1",
        "alice opens funding",
        "bob opens funding",
        "house opens custody",
        "house opens custody 1",
    ];
    for (index, one) in alternatives.iter().enumerate() {
        for other in &alternatives[index + 1..] {
            // A trade leaves the same whether the rest of nothing would have rested or expired.
            if (*one, *other) != ("bob sells 0.5 @ 1", "bob sells 0.5 @ 1 IOC") {
                assert_ne!(with(one), with(other), "{one} | {other}");
            }
        }
    }
    assert_eq!(with("bob sells 0.5 @ 1"), with("bob sells 0.5 @ 1 IOC"));
}

#[test]
fn the_price_of_the_last_trade_is_in_the_hash() {
    // A trade with oneself moves nothing: only what market orders are valued at differs.
    let funded = ["alice deposits 10 USDT", "alice deposits 10 BTC"];
    let with = |trade: [&str; 2]| hash_after(&[&funded[..], &trade[..]].concat());
    assert_ne!(with(["alice sells 1 @ 1", "alice buys 1 @ 1"]), with(["alice sells 1 @ 2", "alice buys 1 @ 2"]));
}
