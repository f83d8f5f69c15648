//! The execution rule PRICE_RANGE and the reference price: the page "Price Range Execution Rule".

use crate::script::{Script, check};

const FUNDED: &str = "
    alice deposits 10000 USDT
    alice deposits 100 BTC
    bob deposits 100 BTC
    bob deposits 10000 USDT
    bob sells 1 @ 15 -> #1 new
    bob sells 1 @ 20 -> #2 new
    bob sells 1 @ 20.01 -> #3 new
    bob buys 1 @ 5 -> #4 new
    bob buys 1 @ 4.99 -> #5 new
";

/// The rule of the page: between half and twice the reference price of 10.
fn check_range(scenario: &str) {
    check("price_range=2/0.5/2/0.5 reference=told", &format!("{FUNDED}{scenario}"));
}

#[test]
fn a_trade_outside_the_range_ends_the_incoming_order() {
    check_range(
        "reference 10 -> reference set
        alice buys 3 @ 25 -> #6 new; #6 takes 1 @ 15 from #1 [#1 filled, #6 partial]; \
            #6 takes 1 @ 20 from #2 [#2 filled, #6 partial]; #6 expired after 2, price range
        alice sells 2 market -> #7 new; #7 takes 1 @ 5 from #4 [#4 filled, #7 partial]; #7 expired after 1, price range
        book: 1 @ 4.99 | 1 @ 20.01
        alice buys 1 market for 5 -> refused InvalidOrder quote_quantity
        alice buys market for 5 -> #8 new; #8 expired after 0, price range
        alice buys 1 @ 25 FOK -> #9 new; #9 expired after 0, FOK
        alice buys 1 @ 20 -> #10 new",
    );
}

#[test]
fn an_order_that_ended_in_a_match_meets_nothing_outside_the_range() {
    check_range(
        "reference 10 -> reference set
        bob cancels #1
        bob cancels #2
        alice sells 1 @ 14 as own -> #6 new
        alice buys market for 100 stp EXPIRE_BOTH -> #7 new; \
            match 1 @ 14 prevented by ExpireBoth [#6 loses 1, #7 loses 1]; #6 expired in match 1; #7 expired in match 1",
    );
}

#[test]
fn without_a_reference_price_there_is_no_limit() {
    check_range(
        "alice buys 3 @ 25 -> #6 new; #6 takes 1 @ 15 from #1 [#1 filled, #6 partial]; \
        #6 takes 1 @ 20 from #2 [#2 filled, #6 partial]; #6 takes 1 @ 20.01 from #3 [#3 filled, #6 filled]",
    );
    check_range("reference 10
        reference none
        alice sells 2 @ 4.99 -> #6 new; #6 takes 1 @ 5 from #4 [#4 filled, #6 partial]; #6 takes 1 @ 4.99 from #5 [#5 filled, #6 filled]");
}

#[test]
fn a_factor_that_is_not_set_is_no_limit() {
    check(
        "price_range=2/-/-/- reference=told",
        &format!(
            "{FUNDED}reference 10
            alice sells 2 @ 4.99 -> #6 new; #6 takes 1 @ 5 from #4 [#4 filled, #6 partial]; #6 takes 1 @ 4.99 from #5 [#5 filled, #6 filled]
            alice buys 3 @ 25 -> #7 new; #7 takes 1 @ 15 from #1 [#1 filled, #7 partial]; \
                #7 takes 1 @ 20 from #2 [#2 filled, #7 partial]; #7 expired after 2, price range"
        ),
    );
}

#[test]
fn only_a_symbol_whose_price_is_told_takes_one() {
    check("", "reference 10 -> refused InvalidReferencePrice");
    check("reference=told", "reference 0 -> refused InvalidReferencePrice");
}

/// Buckets of a second, two of them: of the oldest that straddles the beginning, only the part within counts.
#[test]
fn the_mean_of_the_trades_of_a_window() {
    use rialto_types::query::{Answer, Query};
    use rialto_types::{Price, SymbolId};
    let mut script = Script::new("reference=1000x2");
    for line in ["alice deposits 1000 USDT", "bob deposits 100 BTC"] {
        script.run(line);
    }
    let trade = |script: &mut Script, price: &str| {
        script.run(&format!("bob sells 1 @ {price}"));
        script.run(&format!("alice buys 1 @ {price}"));
    };
    let at = |script: &Script, now_us: u64| {
        let query = Query::ReferencePrice { symbol: SymbolId(0), now_us };
        match script.exchange.engine.answer(&query) {
            Answer::ReferencePrice { price, .. } => price.map(|price: Price| price.to_string()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(at(&script, 0), None);
    trade(&mut script, "10");
    trade(&mut script, "11");
    assert_eq!(at(&script, 999_999).as_deref(), Some("10.50000000"));
    script.exchange.pass_to(1_500_000);
    trade(&mut script, "20");
    assert_eq!(at(&script, 1_999_999).as_deref(), Some("13.66666666"));
    // At 2.5 s the window begins at 0.5 s: of 2 trades and 21, half is gone.
    assert_eq!(at(&script, 2_500_000).as_deref(), Some("15.25000000"));
    assert_eq!(at(&script, 3_000_000).as_deref(), Some("20.00000000"));
    assert_eq!(at(&script, 3_999_900).as_deref(), Some("20.00000000"));
    assert_eq!(at(&script, 4_000_000), None);
}
