//! Random streams of every command there is, with stops near the market, icebergs, pegs, lists, replacements, settings
//! and pools: whatever they do to each other, every posting continues the last, nothing is made or lost, and a recount of
//! the whole state finds nothing wrong.

use crate::exchange::{Exchange, FIRST_ACCOUNT, list_symbol, open_account, open_spec, post, register_asset};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rialto_types::command::{
    AmendOrder, CancelAllOrders, CancelOrder, CancelOrderList, CancelRestriction, ListReference, NewOrder,
    OrderReference, PlaceOrder, PlaceOrderList, PoolSymbols, ReplaceMode, ReplaceOrder, ReportBlockTrade,
    SetAccountDiscount, SetAssetLimit, SetCommission, SetDiscount, SetExchangeLimits, SetReferencePrice,
    SetSymbolStatus,
};
use rialto_types::{
    AccountClass, AccountId, Amount, AssetId, ClientOrderId, Command, Commission, Contingency, Event, ExchangeLimits,
    OrderId, OrderListId, OrderTerms, OrderType, Peg, PegPrice, Price, PriceRange, Quantity, Rate, Reference,
    ReferenceMethod, SelfTradePrevention, Side, SymbolId, SymbolRules, SymbolStatus, TimeInForce, codec,
};

use std::collections::BTreeMap;

/// Two bases, two quotes that are pooled, and a discount asset that is a base as well.
const ASSETS: u32 = 3;
const SYMBOLS: u32 = 3;
const PEOPLE: u32 = 3;

fn founding() -> Exchange {
    let mut exchange = Exchange::default();
    founding_commands().iter().for_each(|command| drop(exchange.accept(command)));
    exchange
}

/// What is there before the random commands.
pub fn founding_commands() -> Vec<Command> {
    let mut commands = vec![register_asset("BTC"), register_asset("USDT"), register_asset("USDC")];
    for (name, base, quote, method) in [
        ("BTCUSDT", 0, 1, ReferenceMethod::ArithmeticMean),
        ("BTCUSDC", 0, 2, ReferenceMethod::None),
        ("USDCUSDT", 2, 1, ReferenceMethod::External),
    ] {
        let mut spec = open_spec(name, AssetId(base), AssetId(quote));
        (spec.tick, spec.lot) = ("0.01".parse().unwrap(), "0.5".parse().unwrap());
        let rate = |units| Rate::from_units(units).unwrap();
        spec.commission = Commission::of(rate(100_000), rate(200_000));
        let factor = |text: &str| Some(text.parse().unwrap());
        spec.rules = SymbolRules {
            average_minutes: 1,
            amendments_max: 3,
            price_range: Some(PriceRange { bid_up: factor("1.03"), ask_down: factor("0.97"), ..PriceRange::default() }),
            reference: Reference { method, bucket_width_ms: 1, bucket_count: 3, calculation_id: 0 },
            ..SymbolRules::OPEN
        };
        commands.push(list_symbol(spec));
    }
    for owner in 1..=u64::from(PEOPLE) {
        commands.push(open_account(owner, AccountClass::Spot));
    }
    for asset in (0..ASSETS).map(AssetId) {
        for (account, units) in [(5, 1 << 60), (6, 1 << 50), (7, 2_000_000_000)] {
            commands.push(post(AccountId(account), asset, units));
        }
    }
    commands
}

fn account() -> impl Strategy<Value = AccountId> {
    (FIRST_ACCOUNT..FIRST_ACCOUNT + PEOPLE).prop_map(AccountId)
}

fn symbol() -> impl Strategy<Value = SymbolId> {
    prop_oneof![4 => Just(0), 1 => 1..SYMBOLS].prop_map(SymbolId)
}

fn price() -> impl Strategy<Value = Price> {
    (90..111u64).prop_map(|ticks| Price::from_units(ticks * 1_000_000).unwrap())
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (1..12u64).prop_map(|lots| Quantity::from_units(lots * 50_000_000).unwrap())
}

fn name() -> impl Strategy<Value = ClientOrderId> {
    (0..50u32).prop_map(|number| ClientOrderId::new(&format!("n-{number}")).unwrap())
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

fn terms() -> impl Strategy<Value = OrderTerms> {
    let peg = (select(vec![PegPrice::Primary, PegPrice::Market]), prop::option::of(0..3u8));
    let rarely = |strategy| prop_oneof![3 => Just(None), 1 => strategy];
    (
        prop::option::of(price()),
        prop_oneof![2 => Just(None), 1 => select(vec![Some(50u32), Some(300), Some(900)])],
        rarely(quantity().prop_map(Some).boxed()),
        prop_oneof![5 => Just(None), 1 => peg.prop_map(|(price, offset)| Some(Peg { price, offset }))],
    )
        .prop_map(|(stop_price, trailing_delta, iceberg_quantity, peg)| OrderTerms {
            stop_price,
            trailing_delta,
            iceberg_quantity,
            peg,
            strategy_id: None,
            strategy_type: None,
        })
}

/// An order whose terms mostly fit its type.
fn order() -> impl Strategy<Value = NewOrder> {
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
    let mode = prop::option::of(select(&SelfTradePrevention::ALL[..]));
    (side(), types, patience, mode, name(), price(), quantity(), terms(), any::<u8>()).prop_map(
        |(side, order_type, patience, mode, name, price, quantity, mut terms, dice)| {
            if !order_type.is_contingent() {
                (terms.stop_price, terms.trailing_delta) = (None, None);
            }
            if !order_type.has_limit() {
                (terms.peg, terms.iceberg_quantity) = (None, None);
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

/// A list that mostly is one: the sides and types are put right.
fn order_list() -> impl Strategy<Value = PlaceOrderList> {
    let contingency = select(vec![
        Contingency::OneCancelsTheOther,
        Contingency::OneTriggersTheOther,
        Contingency::OneTriggersOneCancelsTheOther,
    ]);
    (account(), symbol(), name(), contingency, any::<bool>(), prop::collection::vec(order(), 3), side()).prop_map(
        |(account, symbol, client_order_id, contingency, pays, mut orders, side)| {
            orders.truncate(contingency.size());
            let pays = pays && contingency.has_working_order();
            if contingency.has_working_order() {
                orders[0].order_type = OrderType::Limit;
                orders[0].side = if pays { Side::Buy } else { orders[0].side };
                orders[0].terms = None;
                orders[0].price = orders[0].price.or("1".parse().ok());
                orders[0].quantity = orders[0].quantity.or("1".parse().ok());
                orders[0].quote_quantity = None;
            }
            let first_pending = usize::from(contingency.has_working_order());
            let quantity = orders[0].quantity;
            for order in &mut orders[first_pending..] {
                order.side = if pays { Side::Sell } else { side };
                order.quote_quantity = None;
                order.quantity = if pays { None } else { quantity };
            }
            if contingency.has_pair() {
                let (above, below) = if orders[first_pending].side == Side::Sell { (0, 1) } else { (1, 0) };
                let limit = &mut orders[first_pending + above];
                (limit.order_type, limit.time_in_force) = (OrderType::LimitMaker, TimeInForce::GoodTillCanceled);
                (limit.terms, limit.price) = (None, limit.price.or("1.1".parse().ok()));
                let stop = &mut orders[first_pending + below];
                (stop.order_type, stop.time_in_force) = (OrderType::StopLoss, TimeInForce::GoodTillCanceled);
                let stop_price = stop.terms.and_then(|terms| terms.stop_price).or("0.95".parse().ok());
                (stop.price, stop.terms) = (None, Some(OrderTerms { stop_price, ..OrderTerms::default() }));
            }
            PlaceOrderList { account, symbol, client_order_id, contingency, one_pays_the_other: pays, orders }
        },
    )
}

fn reference() -> impl Strategy<Value = OrderReference> {
    prop_oneof![
        (1..60u64).prop_map(|id| OrderReference { order_id: Some(OrderId(id)), client_order_id: None }),
        name().prop_map(|name| OrderReference { order_id: None, client_order_id: Some(name) }),
    ]
}

fn setting() -> impl Strategy<Value = Command> {
    let status =
        select(vec![SymbolStatus::Trading, SymbolStatus::Trading, SymbolStatus::Halt, SymbolStatus::CancelOnly]);
    let rate = (0..50_000_000u64).prop_map(|units| Rate::from_units(units).unwrap());
    prop_oneof![
        (symbol(), status).prop_map(|(symbol, status)| Command::SetSymbolStatus(SetSymbolStatus { symbol, status })),
        prop::option::of(price())
            .prop_map(|price| Command::SetReferencePrice(SetReferencePrice { symbol: SymbolId(2), price })),
        (account(), prop::option::of(symbol()), rate.clone(), rate).prop_map(|(account, symbol, maker, taker)| {
            let commission = Some(Commission::of(maker, taker));
            Command::SetCommission(Box::new(SetCommission { account, symbol, commission }))
        }),
        (0..ASSETS, 0..100_000_000u64).prop_map(|(asset, units)| {
            let multiplier = Rate::from_units(units).unwrap();
            Command::SetDiscount(SetDiscount { asset: Some(AssetId(asset)), multiplier })
        }),
        (account(), any::<bool>()).prop_map(|(account, is_enabled)| {
            Command::SetAccountDiscount(SetAccountDiscount { account, is_enabled })
        }),
        (8..60u32).prop_map(|orders_max| {
            let limits = ExchangeLimits { orders_max, ..ExchangeLimits::default() };
            Command::SetExchangeLimits(SetExchangeLimits { limits })
        }),
        (0..ASSETS, 1_000_000_000..9_000_000_000i128).prop_map(|(asset, units)| {
            Command::SetAssetLimit(SetAssetLimit { asset: AssetId(asset), limit: Some(Amount::from_units(units)) })
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

pub fn command() -> impl Strategy<Value = Command> {
    let restriction =
        prop::option::of(select(vec![CancelRestriction::OnlyNew, CancelRestriction::OnlyPartiallyFilled]));
    let mode = select(vec![ReplaceMode::StopOnFailure, ReplaceMode::AllowFailure]);
    prop_oneof![
        50 => (account(), symbol(), order(), any::<u8>()).prop_map(|(account, symbol, order, dice)| {
            Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed: dice < 60 })
        }),
        14 => order_list().prop_map(|list| Command::PlaceOrderList(Box::new(list))),
        8 => (account(), symbol(), reference(), restriction.clone()).prop_map(|(account, symbol, order, restriction)| {
            Command::CancelOrder(CancelOrder { account, symbol, order, restriction })
        }),
        8 => (account(), symbol(), reference(), restriction, mode, order()).prop_map(
            |(account, symbol, cancel, restriction, mode, order)| {
                Command::ReplaceOrder(ReplaceOrder { account, symbol, cancel, restriction, mode, order })
            }
        ),
        8 => (account(), symbol(), reference(), name(), quantity()).prop_map(
            |(account, symbol, order, client_order_id, quantity)| {
                Command::AmendOrder(AmendOrder { account, symbol, order, client_order_id, quantity })
            }
        ),
        2 => (account(), symbol(), 1..20u64).prop_map(|(account, symbol, id)| {
            let list = ListReference { list_id: Some(OrderListId(id)), client_order_id: None };
            Command::CancelOrderList(CancelOrderList { account, symbol, list })
        }),
        1 => (account(), symbol()).prop_map(|(account, symbol)| {
            Command::CancelAllOrders(CancelAllOrders { account, symbol })
        }),
        6 => setting(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_commanded_nothing_is_made_or_lost(commands in prop::collection::vec(command(), 1..120)) {
        let (mut exchange, mut twin) = (founding(), founding());
        let mut books = crate::properties::Books::default();
        books.open(&exchange, (0..FIRST_ACCOUNT + PEOPLE).map(AccountId));
        for command in &commands {
            let events = exchange.apply(command);
            books.follow(&events);
            exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation} after {command:?}: {events:#?}"));
            let mut bytes = Vec::new();
            codec::encode(command, &mut bytes);
            prop_assert_eq!(&events, &twin.apply(&codec::decode(&bytes).unwrap()));
        }
        prop_assert_eq!(exchange.state_hash(), twin.state_hash());
    }
}

/// The streams reach what they are there for: every event of orders, and every reason for which orders end.
#[test]
fn wild_streams_are_wild() {
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let commands = prop::collection::vec(command(), 100..120).new_tree(&mut runner).unwrap().current();
        let mut exchange = founding();
        for event in commands.iter().flat_map(|command| exchange.apply(command)) {
            let text = format!("{event:?}");
            let name = text.split(['(', ' ']).next().unwrap_or_default();
            *met.entry(name.to_owned()).or_default() += 1;
            if let Event::OrderExpired(expired) = event {
                *met.entry(format!("{:?}", expired.reason)).or_default() += 1;
            }
        }
    }
    let wanted = "OrderPlaced TradeExecuted MatchPrevented OrderCanceled OrderExpired OrderActivated OrderTriggered \
        TrailingStarted OrderAmended OrderListPlaced OrderListEnded AllocationMade PartRefused ImmediateOrCancel FillOrKill \
        NoLiquidity SelfTradePrevention OtherOrderOfList WorkingOrderOfList Rejected PriceRange";
    let seldom: Vec<&str> = wanted.split(' ').filter(|name| met.get(*name).is_none_or(|times| *times < 10)).collect();
    assert_eq!(seldom, Vec::<&str>::new(), "met too seldom in {met:#?}");
}
