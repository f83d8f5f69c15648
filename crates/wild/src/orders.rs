//! Orders near the market, whose terms mostly fit their type.

use crate::commands::FIRST_ACCOUNT;
use crate::{PEOPLE, SYMBOLS};
use proptest::prelude::*;
use proptest::sample::select;
use rialto_types::command::NewOrder;
use rialto_types::{
    AccountId, ClientOrderId, OrderTerms, OrderType, Peg, PegPrice, Price, Quantity, SelfTradePrevention, Side,
    SymbolId, TimeInForce,
};

pub fn account() -> impl Strategy<Value = AccountId> {
    (FIRST_ACCOUNT..FIRST_ACCOUNT + PEOPLE).prop_map(AccountId)
}

pub fn symbol() -> impl Strategy<Value = SymbolId> {
    prop_oneof![5 => Just(0), 3 => Just(1), 1 => 2..SYMBOLS].prop_map(SymbolId)
}

/// A price near one, rarely one that is no price of the symbol or no price at all.
pub fn price() -> impl Strategy<Value = Price> {
    let units = prop_oneof![150 => (90..111u64).prop_map(|ticks| ticks * 1_000_000), 1 => select(vec![0, 99_500_000])];
    units.prop_map(|units| Price::from_units(units).unwrap())
}

/// A few lots, rarely a quantity between two.
pub fn quantity() -> impl Strategy<Value = Quantity> {
    prop_oneof![150 => (1..12u64).prop_map(lots), 1 => select(vec![Quantity::ZERO, Quantity::from_units(75_000_000).unwrap()])]
}

/// Mostly less than a quantity.
pub fn part() -> impl Strategy<Value = Quantity> {
    prop_oneof![9 => (1..4u64).prop_map(lots), 1 => quantity()]
}

fn lots(count: u64) -> Quantity {
    Quantity::from_units(count * 50_000_000).unwrap()
}

pub fn name() -> impl Strategy<Value = ClientOrderId> {
    (0..50u32).prop_map(|number| ClientOrderId::new(&format!("n-{number}")).unwrap())
}

pub fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

pub fn terms() -> impl Strategy<Value = OrderTerms> {
    let peg = (select(vec![PegPrice::Primary, PegPrice::Market]), prop::option::of(0..3u8));
    let rarely = |strategy| prop_oneof![3 => Just(None), 1 => strategy];
    (
        prop::option::of(price()),
        prop_oneof![2 => Just(None), 1 => select(vec![Some(50u32), Some(300), Some(900)])],
        rarely(part().prop_map(Some).boxed()),
        prop_oneof![5 => Just(None), 1 => peg.prop_map(|(price, offset)| Some(Peg { price, offset }))],
    )
        .prop_map(|(stop_price, trailing_delta, iceberg_quantity, peg)| OrderTerms {
            stop_price,
            trailing_delta,
            iceberg_quantity,
            peg,
            ..OrderTerms::default()
        })
}

/// An order whose terms mostly fit its type.
pub fn order() -> impl Strategy<Value = NewOrder> {
    use OrderType::{Limit, LimitMaker, Market, StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit};
    use TimeInForce::{FillOrKill, GoodTillCanceled, ImmediateOrCancel};
    let types = select(vec![
        Limit,
        Limit,
        Limit,
        Limit,
        LimitMaker,
        Market,
        StopLoss,
        StopLoss,
        StopLossLimit,
        TakeProfit,
        TakeProfitLimit,
    ]);
    let patience = select(vec![GoodTillCanceled, GoodTillCanceled, GoodTillCanceled, ImmediateOrCancel, FillOrKill]);
    let mode = prop::option::weighted(0.3, select(&SelfTradePrevention::ALL[..]));
    let dice = (any::<u8>(), 0..30u8, price());
    (side(), types, patience, mode, name(), price(), quantity(), terms(), dice).prop_map(
        |(side, order_type, patience, mode, name, price, quantity, mut terms, (dice, blunder, stop_price))| {
            if blunder > 0 {
                fit(&mut terms, order_type, stop_price);
            }
            let is_patient = order_type == LimitMaker || !order_type.has_limit() || terms.iceberg_quantity.is_some();
            let by_quote = order_type == Market && dice < 80;
            NewOrder {
                client_order_id: name,
                side,
                order_type,
                time_in_force: if is_patient { GoodTillCanceled } else { patience },
                price: Some(price).filter(|_| order_type.has_limit() && (terms.peg.is_none() || dice < 128)),
                quantity: Some(quantity).filter(|_| !by_quote),
                quote_quantity: Some(quantity).filter(|_| by_quote),
                self_trade_prevention: mode,
                terms: Some(terms).filter(|terms| !terms.is_empty()),
            }
        },
    )
}

/// Leave of the terms what an order of a type may have, and let a stop order have a stop price if it follows nothing.
pub fn fit(terms: &mut OrderTerms, order_type: OrderType, stop_price: Price) {
    if !order_type.is_contingent() {
        (terms.stop_price, terms.trailing_delta) = (None, None);
    } else if terms.trailing_delta.is_none() {
        terms.stop_price = terms.stop_price.or(Some(stop_price));
    }
    if !order_type.has_limit() {
        (terms.peg, terms.iceberg_quantity) = (None, None);
    }
}
