//! Smart order routing: the examples of the page "Smart Order Routing (SOR)".

use crate::script::check;

/// Three books of one base; the house has all three quotes.
const POOL: &str = "
    symbol BTCUSDC BTC USDC
    symbol BTCUSDP BTC USDP
    pool BTC BTCUSDT BTCUSDC BTCUSDP -> pool set
    maker deposits 100 BTC
    maker deposits 1000000 USDT
    maker deposits 1000000 USDC
    maker deposits 1000000 USDP
    house.treasury posts 1000000 USDT Adjustment
    house.treasury posts 1000000 USDC Adjustment
    house.treasury posts 1000000 USDP Adjustment
    alice deposits 1000000 USDT
    alice deposits 100 BTC
";

const ASKS: &str = "
    maker sells 3 @ 30800 -> #1 new
    maker sells 3 @ 30500 -> #2 new
    maker sells 1 @ 30000 on BTCUSDC -> #1 new
    maker sells 1 @ 28000 on BTCUSDC -> #2 new
    maker sells 1 @ 35000 on BTCUSDP -> #1 new
    maker sells 1 @ 29000 on BTCUSDP -> #2 new
";

fn check_pool(orders: &str, scenario: &str) {
    check("", &format!("{POOL}{orders}{scenario}"));
}

#[test]
fn example_1_the_best_book_of_all() {
    check_pool(ASKS, "alice buys 0.5 @ 31000 -> #3 new; #3 takes 0.5 @ 30500 from #2 [#2 partial, #3 filled]");
    check_pool(
        ASKS,
        "alice buys 0.5 @ 31000 routed -> #3 new; #3 takes 0.5 @ 28000 from #2 [#2 partial, #3 filled]; \
            #3 gets allocation 0: 0.5 @ 28000 of symbol 1
        alice: BTC 100.5, USDT 986000
        house.treasury: USDT 1014000, USDC 986000, USDP 1000000",
    );
}

#[test]
fn example_2_several_books_one_after_the_other() {
    check_pool(
        ASKS,
        "alice buys 5 @ 31000 routed -> #3 new; #3 takes 1 @ 28000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 0: 1 @ 28000 of symbol 1; #3 takes 1 @ 29000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 1: 1 @ 29000 of symbol 2; #3 takes 1 @ 30000 from #1 [#1 filled, #3 filled]; \
            #3 gets allocation 2: 1 @ 30000 of symbol 1; #4 takes 2 @ 30500 from #2 [#2 partial, #4 filled]; \
            #3 gets allocation 3: 2 @ 30500 of symbol 0
        alice: BTC 105, USDT 852000",
    );
}

#[test]
fn example_3_what_all_books_cannot_fill_expires() {
    check_pool(
        ASKS,
        "alice buys 11 market routed -> #3 new; #3 takes 1 @ 28000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 0: 1 @ 28000 of symbol 1; #3 takes 1 @ 29000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 1: 1 @ 29000 of symbol 2; #3 takes 1 @ 30000 from #1 [#1 filled, #3 filled]; \
            #3 gets allocation 2: 1 @ 30000 of symbol 1; #4 takes 3 @ 30500 from #2 [#2 filled, #4 filled]; \
            #3 gets allocation 3: 3 @ 30500 of symbol 0; #4 takes 3 @ 30800 from #1 [#1 filled, #4 filled]; \
            #3 gets allocation 4: 3 @ 30800 of symbol 0; #3 takes 1 @ 35000 from #1 [#1 filled, #3 filled]; \
            #3 gets allocation 5: 1 @ 35000 of symbol 2; #3 expired after 10, no liquidity
        alice: BTC 110, USDT 694100",
    );
}

#[test]
fn example_4_selling() {
    check_pool(
        "maker buys 5 @ 29500 -> #1 new
        maker buys 5 @ 35000 on BTCUSDC -> #1 new
        maker buys 5 @ 30000 on BTCUSDC -> #2 new
        maker buys 5 @ 28000 on BTCUSDP -> #1 new\n",
        "alice sells 10 @ 29000 routed -> #2 new; #3 takes 5 @ 35000 from #1 [#1 filled, #3 filled]; \
            #2 gets allocation 0: 5 @ 35000 of symbol 1; #3 takes 5 @ 30000 from #2 [#2 filled, #3 filled]; \
            #2 gets allocation 1: 5 @ 30000 of symbol 1
        alice: BTC 90, USDT 1325000",
    );
}

#[test]
fn what_is_left_rests_on_the_orders_own_book() {
    check_pool(
        ASKS,
        "alice buys 2 @ 28500 routed -> #3 new; #3 takes 1 @ 28000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 0: 1 @ 28000 of symbol 1
        book: 1 @ 28500 | 3 @ 30500, 3 @ 30800
        maker sells 1 @ 28500 -> #4 new; #4 takes 1 @ 28500 from #3 [#3 filled, #4 filled]",
    );
}

#[test]
fn a_book_counts_as_far_as_the_house_can_pay() {
    check_pool(
        ASKS,
        "house.treasury posts -980000 USDC Adjustment
        alice buys 1 @ 29500 IOC routed -> #3 new; #3 takes 1 @ 29000 from #2 [#2 filled, #3 filled]; \
            #3 gets allocation 0: 1 @ 29000 of symbol 2
        alice buys 8 @ 30500 FOK routed -> #4 new; #4 expired after 0, FOK",
    );
}

#[test]
fn what_can_be_pooled_and_routed() {
    check(
        "",
        "symbol ETHUSDT ETH USDT
        symbol BTCUSDC BTC USDC lot=0.01
        alice deposits 1000 USDT
        alice buys 1 @ 1 routed -> refused NotPooled
        pool BTC BTCUSDT -> refused InvalidPool
        pool BTC BTCUSDT ETHUSDT -> refused InvalidPool
        pool BTC BTCUSDT BTCUSDT -> refused InvalidPool
        pool BTC BTCUSDT BTCUSDC -> refused InvalidPool
        symbol BTCUSDP BTC USDP
        pool BTC BTCUSDT BTCUSDP -> pool set
        alice buys market for 1 routed -> refused InvalidOrder is_routed
        alice buys 1 @ peg market routed -> refused InvalidOrder is_routed
        alice buys 1 @ 1 maker routed -> refused InvalidOrder is_routed
        alice buys 1 @ 1 routed -> #1 new
        pool BTC -> pool set
        alice buys 1 @ 1 routed -> refused NotPooled",
    );
}

#[test]
fn transfer_on_another_book_goes_through_the_treasury_too() {
    check(
        "",
        &format!(
            "alice opens spot group 1
            bob opens spot group 1
            {POOL}
            bob deposits 1 BTC
            bob sells 1 @ 28000 stp TRANSFER on BTCUSDC -> #1 new
            alice buys 1 @ 31000 stp TRANSFER routed -> #1 new; \
                match 1 @ 28000 prevented by Transfer in group 1 [#1 loses 1, #1 loses 1]; \
                #1 expired in match 1; #1 expired in match 1
            alice: BTC 101, USDT 972000
            bob: USDC 28000
            house.treasury: USDT 1028000, USDC 972000, USDP 1000000"
        ),
    );
}

#[test]
fn what_the_treasury_pays_for_transfers_is_gone_when_a_market_order_is_valued() {
    check(
        "",
        &format!(
            "carol opens spot group 1
            bob opens spot group 1
            {POOL}
            house.treasury posts -970000 USDC Adjustment
            carol deposits 58000 USDT
            bob deposits 1 BTC
            bob sells 1 @ 28000 stp TRANSFER on BTCUSDC -> #1 new
            maker sells 1 @ 28500 on BTCUSDC -> #2 new
            maker sells 1 @ 30800 -> #1 new
            carol buys 2 market stp TRANSFER routed -> refused InsufficientBalance needed 58800 free 58000"
        ),
    );
}
