//! What each status of a symbol permits, and block trades, which none forbids.

use crate::script::check;

const FUNDED: &str = "
    alice deposits 1000 USDT
    alice buys 1 @ 100 as a -> #1 new
    alice lists oto as l: buys 1 @ 90 | sells 1 @ 110 -> refused InsufficientBalance needed 1 free 0
    bob deposits 1 BTC
";

#[test]
fn a_closed_market_permits_nothing() {
    for status in ["HALT", "BREAK", "END_OF_DAY"] {
        check(
            "",
            &format!(
                "{FUNDED}status {status} -> status set
                alice buys 1 @ 100 -> refused MarketClosed
                alice buys 1 market -> refused MarketClosed
                alice cancels a -> refused MarketClosed
                alice cancels all -> refused MarketClosed
                alice cancels list 1 -> refused MarketClosed
                alice amends a to 0.5 -> refused MarketClosed
                alice replaces a: buys 1 @ 100 -> refused MarketClosed
                alice lists oco: sells 1 @ 110 maker | sells 1 market stop-loss at 90 -> refused MarketClosed
                status TRADING -> status set
                bob sells 1 @ 100 -> #2 new; #2 takes 1 @ 100 from #1 [#1 filled, #2 filled]"
            ),
        );
    }
}

#[test]
fn cancel_only_permits_cancellation() {
    check(
        "",
        &format!(
            "{FUNDED}status CANCEL_ONLY -> status set
            alice buys 1 @ 100 -> refused MarketClosed
            alice amends a to 0.5 -> refused MarketClosed
            alice replaces a: buys 1 @ 100 -> refused MarketClosed
            alice cancels a -> #1 canceled after 0
            alice cancels all -> refused UnknownOrder"
        ),
    );
}

#[test]
fn a_block_trade_is_told_and_moves_nothing() {
    check(
        "",
        &format!(
            "{FUNDED}block buy 2000 @ 101 -> block trade 1 for 202000
            status HALT -> status set
            block sell 0.001 @ 0.01 -> block trade 2 for 0.00001
            block sell 1 @ 0.001 -> refused InvalidOrder price
            block sell 0.0001 @ 1 -> refused InvalidOrder quantity
            book: 1 @ 100 | none
            alice: USDT 900 + 100 locked"
        ),
    );
}
