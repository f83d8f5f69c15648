//! Commissions: the page "Commission Rates".

use crate::script::check;

/// 1 BNB = 260 USDT, and a bid for all that is sold.
const FUNDED: &str = "
    symbol BNBUSDT BNB USDT
    maker deposits 1000000 USDT
    maker deposits 1000 BNB
    taker deposits 1000 USDT
    maker sells 1 @ 260 on BNBUSDT -> #1 new
    taker buys 1 @ 260 on BNBUSDT -> #2 new; #2 takes 1 @ 260 from #1 [#1 filled, #2 filled]
    maker buys 10 @ 35000 -> #1 new
    alice deposits 10 BTC
";

fn check_funded(rules: &str, scenario: &str) {
    check(rules, &format!("{FUNDED}{scenario}"));
}

const RATES: &str = "alice pays-rates 0.00000010 0.00000020 0.00000030 0.00000040 \
    0.01 0.02 0.03 0.04 0.00000112 0.00000114 0.00000118 0.00000116 -> commission set\n";

/// 17,491.25 USDT received: 0.01049475 + 0.040229875 + 1,049.475 are due, together rounded down.
#[test]
fn the_three_kinds_are_added_up_and_deducted() {
    check_funded(
        "lot=0.00001",
        &format!(
            "{RATES}alice sells 0.49975 market -> #2 new; #2 takes 0.49975 @ 35000 from #1 [#1 partial, #2 filled]
            alice: BTC 9.50025, USDT 16441.72427538
            house.fees: USDT 1049.52572462"
        ),
    );
}

/// The page's own figure for the same trade, 4.036607129 BNB, of which our smallest unit is 1e-8.
#[test]
fn in_the_discount_asset_the_standard_kind_is_reduced() {
    check_funded(
        "lot=0.00001",
        &format!(
            "{RATES}discount BNB 0.25 -> discount set
            alice deposits 5 BNB
            alice pays-discounted -> discount set
            alice sells 0.49975 market -> #2 new; #2 takes 0.49975 @ 35000 from #1 [#1 partial, #2 filled]
            alice: BTC 9.50025, USDT 17491.25, BNB 0.96339288
            house.fees: BNB 4.03660712"
        ),
    );
}

#[test]
fn without_enough_of_it_the_whole_commission_is_deducted() {
    check_funded(
        "lot=0.00001",
        &format!(
            "{RATES}discount BNB 0.25 -> discount set
            alice deposits 4 BNB
            alice pays-discounted -> discount set
            alice sells 0.49975 market -> #2 new; #2 takes 0.49975 @ 35000 from #1 [#1 partial, #2 filled]
            alice: BTC 9.50025, USDT 16441.72427538, BNB 4"
        ),
    );
}

#[test]
fn rates_of_an_account_on_a_symbol_come_before_the_symbols_own() {
    check_funded(
        "taker_fee=0.01 maker_fee=0.02",
        "alice sells 1 market -> #2 new; #2 takes 1 @ 35000 from #1 [#1 partial, #2 filled]
        alice: BTC 9, USDT 34650
        maker pays-rates 0 0 0.5 0 -> commission set
        alice pays-rates 0.5 0.1 0 0 -> commission set
        alice sells 1 market -> #3 new; #3 takes 1 @ 35000 from #1 [#1 partial, #3 filled]
        alice: BTC 8, USDT 66150
        house.fees: BTC 0.52, USDT 3850",
    );
}

#[test]
fn an_order_that_pays_with_the_discount_asset_keeps_what_it_may_still_pay() {
    // Selling all BNB leaves none to pay with: the commission is deducted in full.
    check_funded(
        "",
        "discount BNB 0.75 -> discount set
        bob deposits 2 BNB
        bob pays-discounted -> discount set
        bob pays-rates 0.1 0.1 0 0 on BNBUSDT -> commission set
        maker buys 2 @ 260 on BNBUSDT -> #3 new
        bob sells 1 market on BNBUSDT -> #4 new; #4 takes 1 @ 260 from #3 [#3 partial, #4 filled]
        bob: USDT 260, BNB 0.925
        bob sells 0.925 market on BNBUSDT -> #5 new; #5 takes 0.925 @ 260 from #3 [#3 partial, #5 filled]
        bob: USDT 476.45",
    );
}

/// The first fill leaves one to sell and one that is free: nothing is left to pay a commission with.
#[test]
fn a_commission_never_spends_what_the_order_still_has_to_pay() {
    check_funded(
        "",
        "discount BNB 0.75 -> discount set
        bob deposits 2 BNB
        bob pays-discounted -> discount set
        bob pays-rates 0.1 0.1 0 0 on BNBUSDT -> commission set
        maker buys 1 @ 260 on BNBUSDT -> #3 new
        maker buys 1 @ 259 on BNBUSDT -> #4 new
        bob sells 2 market on BNBUSDT -> #5 new; #5 takes 1 @ 260 from #3 [#3 filled, #5 partial]; \
            #5 takes 1 @ 259 from #4 [#4 filled, #5 filled]
        bob: USDT 467.1",
    );
}
