//! Every command, in the proportions in which they meet each other most, and the time that passes before each.

use crate::ASSETS;
use crate::commands::post;
use crate::lists::order_list;
use crate::orders::{account, name, order, part, price, quantity, side, symbol};
use crate::rules::commission;
use proptest::prelude::*;
use proptest::sample::select;
use rialto_types::command::{
    AmendOrder, CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, ListReference, OrderReference,
    PlaceOrder, PoolSymbols, ReplaceMode, ReplaceOrder, ReportBlockTrade, SetAccountDiscount, SetAssetLimit,
    SetCommission, SetDiscount, SetExchangeLimits, SetReferencePrice, SetSymbolStatus,
};
use rialto_types::{
    Amount, AssetId, ClientOrderId, Command, ExchangeLimits, OrderId, OrderListId, OrderState, OrderType, Rate,
    SymbolId, SymbolStatus,
};

fn reference() -> impl Strategy<Value = OrderReference> {
    prop_oneof![
        (1..35u64).prop_map(|id| OrderReference { order_id: Some(OrderId(id)), client_order_id: None }),
        name().prop_map(|name| OrderReference { order_id: None, client_order_id: Some(name) }),
    ]
}

fn list_reference() -> impl Strategy<Value = ListReference> {
    prop_oneof![
        (1..8u64).prop_map(|id| ListReference { list_id: Some(OrderListId(id)), client_order_id: None }),
        name().prop_map(|name| ListReference { list_id: None, client_order_id: Some(name) }),
    ]
}

/// Mostly no limit.
fn limit(counts: std::ops::Range<u32>) -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), counts]
}

fn setting() -> impl Strategy<Value = Command> {
    use SymbolStatus::{Break, CancelOnly, EndOfDay, Halt, Trading};
    let status = prop_oneof![9 => Just(Trading), 1 => select(vec![Halt, Break, EndOfDay, CancelOnly, CancelOnly])];
    prop_oneof![
        (symbol(), status).prop_map(|(symbol, status)| Command::SetSymbolStatus(SetSymbolStatus { symbol, status })),
        (symbol(), prop::option::of(price()))
            .prop_map(|(symbol, price)| Command::SetReferencePrice(SetReferencePrice { symbol, price })),
        (account(), prop::option::of(symbol()), prop::option::of(commission())).prop_map(
            |(account, symbol, commission)| {
                Command::SetCommission(Box::new(SetCommission { account, symbol, commission }))
            }
        ),
        (prop::option::weighted(0.9, 0..ASSETS), 0..100_000_001u64).prop_map(|(asset, units)| {
            let multiplier = Rate::from_units(units).unwrap();
            Command::SetDiscount(SetDiscount { asset: asset.map(AssetId), multiplier })
        }),
        (account(), any::<bool>()).prop_map(|(account, is_enabled)| {
            Command::SetAccountDiscount(SetAccountDiscount { account, is_enabled })
        }),
        (limit(3..12), limit(1..8), limit(1..6), limit(1..6)).prop_map(
            |(orders_max, algo_orders_max, iceberg_orders_max, order_lists_max)| {
                let limits = ExchangeLimits { orders_max, algo_orders_max, iceberg_orders_max, order_lists_max };
                Command::SetExchangeLimits(SetExchangeLimits { limits })
            }
        ),
        (0..ASSETS, prop::option::of(200_000_000..900_000_000i128)).prop_map(|(asset, units)| {
            Command::SetAssetLimit(SetAssetLimit { asset: AssetId(asset), limit: units.map(Amount::from_units) })
        }),
        select(vec![true, true, true, false]).prop_map(|is_pooled| {
            let symbols = if is_pooled { vec![SymbolId(0), SymbolId(1)] } else { Vec::new() };
            Command::PoolSymbols(PoolSymbols { base: AssetId(0), symbols })
        }),
        (1..3u32, 0..5_000_000_000i128)
            .prop_map(|(asset, units)| { post(rialto_types::account::TREASURY, AssetId(asset), units + 1) }),
        (symbol(), price(), quantity(), side()).prop_map(|(symbol, price, quantity, taker_side)| {
            Command::ReportBlockTrade(ReportBlockTrade { symbol, price, quantity, taker_side })
        }),
    ]
}

/// A command, and how long after the last it comes: mostly at once, now and then so much later that averages forget.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Microseconds since the last.
    pub after_us: u64,
    /// Which open order is meant, counted round, where the command means one; otherwise whatever it names.
    pub aim: Option<usize>,
    /// What is commanded.
    pub command: Command,
}

impl Turn {
    /// The command, aimed at one of the orders that are open, the oldest of each account first.
    pub fn aimed_at(&self, open: &[OrderState]) -> Command {
        let mut command = self.command.clone();
        let Some(state) = self.aim.and_then(|aim| open.get(aim.checked_rem(open.len())?)) else { return command };
        let named = OrderReference { order_id: Some(state.order_id), client_order_id: None };
        match &mut command {
            Command::CancelOrder(CancelOrder { account, symbol, order, .. })
            | Command::AmendOrder(AmendOrder { account, symbol, order, .. })
            | Command::ReplaceOrder(ReplaceOrder { account, symbol, cancel: order, .. }) => {
                (*account, *symbol, *order) = (state.account, state.symbol, named);
            }
            Command::CancelOrderList(CancelOrderList { account, symbol, list, .. }) if state.list_id.is_some() => {
                (*account, *symbol) = (state.account, state.symbol);
                *list = ListReference { list_id: state.list_id, client_order_id: None };
            }
            _ => {}
        }
        command
    }
}

/// Any command, at any time.
pub fn turn() -> impl Strategy<Value = Turn> {
    let after_us = prop_oneof![
        12 => Just(7),
        6 => 1..3_000u64,
        3 => 1_000..2_000_000u64,
        1 => 10_000_000..90_000_000u64,
    ];
    let aim = prop::option::weighted(0.8, 0..1_000usize);
    (after_us, aim, command()).prop_map(|(after_us, aim, command)| Turn { after_us, aim, command })
}

fn cancel_id() -> impl Strategy<Value = Option<ClientOrderId>> {
    prop::option::of(name())
}

fn command() -> impl Strategy<Value = Command> {
    let restriction =
        prop::option::weighted(0.3, select(vec![CancelRestriction::OnlyNew, CancelRestriction::OnlyPartiallyFilled]));
    let mode = select(vec![ReplaceMode::StopOnFailure, ReplaceMode::AllowFailure]);
    prop_oneof![
        60 => (account(), symbol(), order(), any::<u8>()).prop_map(|(account, symbol, order, dice)| {
            let may_be = matches!(order.order_type, OrderType::Limit | OrderType::Market) && order.quote_quantity.is_none();
            let is_routed = dice < if may_be { 100 } else { 5 };
            Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed })
        }),
        14 => order_list().prop_map(|list| Command::PlaceOrderList(Box::new(list))),
        4 => (account(), symbol(), reference(), restriction.clone(), cancel_id()).prop_map(|(account, symbol, order, restriction, cancel_id)| {
            Command::CancelOrder(CancelOrder { account, symbol, order, restriction, cancel_id })
        }),
        6 => (account(), symbol(), reference(), (restriction, cancel_id()), mode, order()).prop_map(
            |(account, symbol, cancel, (restriction, cancel_id), mode, order)| {
                Command::ReplaceOrder(ReplaceOrder { account, symbol, cancel, restriction, cancel_id, mode, order })
            }
        ),
        8 => (account(), symbol(), reference(), name(), part()).prop_map(
            |(account, symbol, order, client_order_id, quantity)| {
                Command::AmendOrder(AmendOrder { account, symbol, order, client_order_id, quantity })
            }
        ),
        2 => (account(), symbol(), list_reference(), cancel_id()).prop_map(|(account, symbol, list, cancel_id)| {
            Command::CancelOrderList(CancelOrderList { account, symbol, list, cancel_id })
        }),
        1 => (account(), symbol(), cancel_id()).prop_map(|(account, symbol, cancel_id)| {
            Command::CancelAllOrders(CancelAllOrders { account, symbol, cancel_id })
        }),
        6 => setting(),
    ]
}
