//! Assets and symbols: what a definition must satisfy.

use crate::script::check;

#[test]
fn a_symbol_is_made_of_two_known_assets_and_has_a_name_of_its_own() {
    check(
        "",
        "symbol BTCUSDT BTC USDT -> refused SymbolExists
         symbol BTCBTC BTC BTC -> refused InvalidSymbol base
         symbol ETHUSDT ETH USDT -> symbol 1",
    );
}

#[test]
fn a_definition_that_contradicts_itself_is_refused() {
    let refused = |rules: &str, field: &str| {
        check("", &format!("symbol ETHUSDT ETH USDT {rules} -> refused InvalidSymbol {field}"));
    };
    let listed = |rules: &str| check("", &format!("symbol ETHUSDT ETH USDT {rules} -> symbol 1"));
    refused("tick=0", "tick");
    refused("tick=0.02 price_min=0.03", "price_min");
    refused("tick=0.02 price_max=0.03", "price_max");
    refused("tick=0.01 price_min=2 price_max=1", "price_max");
    listed("tick=0.01 price_min=2 price_max=0");
    listed("tick=0.01 price_min=2 price_max=2");
    refused("lot=0", "lot");
    refused("lot=0.02 quantity_min=0.03", "quantity_min");
    refused("quantity_max=0", "quantity_max");
    refused("quantity_min=2 quantity_max=1", "quantity_max");
    listed("quantity_min=2 quantity_max=2");
    refused("lot=0.02 market_lot=0.03", "market_lot");
    listed("lot=0.02 market_lot=0.04");
    refused("market_quantity_min=2 market_quantity_max=1", "market_quantity_max");
    listed("market_quantity_min=2 market_quantity_max=0");
    refused("notional_min=-1", "notional_min");
    refused("notional_max=-1", "notional_max");
    refused("notional_min=2 notional_max=1", "notional_max");
    listed("notional_min=2 notional_max=0");
    refused("open_orders_max=0", "open_orders_max");
}
