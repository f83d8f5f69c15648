//! What an operator says in a scenario.

use super::Script;
use super::words::{self, Words};
use rialto_types::command::{
    PoolSymbols, ReportBlockTrade, SetAssetLimit, SetDiscount, SetExchangeLimits, SetReferencePrice, SetSymbolStatus,
};
use rialto_types::{Command, ExchangeLimits, Side, SymbolId};

impl Script {
    /// What an operator says: `status HALT`, `reference 100`, `limits 5 1 1 1`, ...
    pub(super) fn read_setting(&mut self, words: &mut Words) -> Option<Command> {
        let symbol = self.symbol_at_end(words);
        Some(match words.peek()? {
            "status" => {
                words.next();
                Command::SetSymbolStatus(SetSymbolStatus { symbol, status: words::status_named(words.next()) })
            }
            "reference" => {
                words.next();
                let price = if words.take("none") { None } else { Some(words.parse()) };
                Command::SetReferencePrice(SetReferencePrice { symbol, price })
            }
            "limits" => {
                words.next();
                let limits = ExchangeLimits {
                    orders_max: words.parse(),
                    algo_orders_max: words.parse(),
                    iceberg_orders_max: words.parse(),
                    order_lists_max: words.parse(),
                };
                Command::SetExchangeLimits(SetExchangeLimits { limits })
            }
            "asset-limit" => {
                words.next();
                let (limit, asset) = (Some(words.parse()), self.asset(words.next()));
                Command::SetAssetLimit(SetAssetLimit { asset, limit })
            }
            "discount" => {
                words.next();
                let (asset, multiplier) = (Some(self.asset(words.next())), words.parse());
                Command::SetDiscount(SetDiscount { asset, multiplier })
            }
            "pool" => {
                words.next();
                let base = self.asset(words.next());
                let mut symbols = Vec::new();
                while let Some(name) = words.peek() {
                    words.next();
                    let place = self.symbols.iter().position(|symbol| symbol == name);
                    symbols.push(SymbolId(place.unwrap_or_else(|| panic!("no symbol {name}")) as u32));
                }
                Command::PoolSymbols(PoolSymbols { base, symbols })
            }
            "block" => {
                words.next();
                let taker_side = if words.take("buy") { Side::Buy } else { Side::Sell };
                if taker_side == Side::Sell {
                    words.expect("sell");
                }
                let quantity = words.parse();
                words.expect("@");
                Command::ReportBlockTrade(ReportBlockTrade { symbol, price: words.parse(), quantity, taker_side })
            }
            _ => return None,
        })
    }
}
