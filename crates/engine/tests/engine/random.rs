//! Random streams of commands: a few people on three symbols that share three assets, with awkward scales and rules,
//! now and then nonsense and values at the ends of their types.

use crate::exchange::{FIRST_ACCOUNT, list_symbol, open_account, open_spec, post, register_asset};
use proptest::prelude::*;
use proptest::sample::select;
use rialto_types::command::{
    CancelAllOrders, CancelOrder, NewOrder, OpenAccount, OrderReference, PlaceOrder, Post, Record,
};
use rialto_types::{
    AccountClass, AccountId, AccountKind, Amount, AssetId, ClientOrderId, Command, Commission, Event, Leg, OrderId,
    OrderType, OwnerId, PostingReason, PreventionModes, Price, Quantity, Rate, SelfTradePrevention, Side, StreamKey,
    SymbolId, SymbolSpec, Text, TimeInForce, TradeGroupId,
};
use std::collections::BTreeMap;

/// The first command stream's accounts: three that trade, two of them in a group, one that does not, and one of the house that mirrors the outside.
const ACCOUNTS: u32 = FIRST_ACCOUNT + 5;
const ASSETS: u32 = 3;

/// Ticks and lots in units of 1e-8, from ordinary to absurd.
const SCALES: [(u64, u64); 10] = [
    (1_000_000, 100_000),
    (1_000, 10_000),
    (1, 100_000_000),
    (1, 1),
    (7, 13),
    (30_000_001, 3),
    (3, 99_999_989),
    (250_000_000, 50_000_000),
    (i64::MAX as u64 / 3, 1),
    (1, i64::MAX as u64 / 2),
];
const FEES: [u64; 6] = [0, 0, 1, 100_000, 75_000_000, 100_000_000];
const EXTREMES: [i128; 8] = [0, 1, -1, 1 << 100, (1 << 100) + 1, -(1 << 100), i128::MAX, i128::MIN];

/// A command, and whether the version of its stream is filled in when it is applied.
#[derive(Clone, Debug)]
pub struct Step {
    command: Command,
    is_fresh: bool,
}

/// The versions of product streams, as their events tell them.
#[derive(Default)]
pub struct Versions(BTreeMap<StreamKey, u64>);

impl Versions {
    pub fn resolve(&self, step: &Step) -> Command {
        let mut command = step.command.clone();
        if let (Command::Record(record), true) = (&mut command, step.is_fresh) {
            record.expected_version = self.0.get(&record.stream).copied().unwrap_or_default();
        }
        command
    }

    pub fn follow(&mut self, events: &[Event]) {
        for event in events {
            if let Event::Recorded(recorded) = event {
                self.0.insert(recorded.stream, recorded.version);
            }
        }
    }
}

/// A whole stream: the setting up, then up to `most` random commands.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let specs = prop::collection::vec(spec(), ASSETS as usize).prop_map(|mut specs| {
        for (index, spec) in (0..).zip(&mut specs) {
            spec.name = Text::new(&format!("S{index}")).unwrap();
            (spec.base, spec.quote) = (AssetId(index), AssetId((index + 1) % ASSETS));
        }
        specs
    });
    specs.prop_flat_map(move |specs| {
        let setting_up = setting_up(&specs);
        prop::collection::vec(step(&specs), 1..most).prop_map(move |random| {
            let given = setting_up.iter().map(|command| Step { command: command.clone(), is_fresh: false });
            given.chain(random).collect()
        })
    })
}

fn setting_up(specs: &[SymbolSpec]) -> Vec<Command> {
    let mut commands: Vec<Command> = (0..ASSETS).map(|asset| register_asset(&format!("A{asset}"))).collect();
    commands.extend(specs.iter().map(|spec| list_symbol(spec.clone())));
    commands.extend([None, Some(TradeGroupId(1)), Some(TradeGroupId(1))].into_iter().zip(1..).map(|(group, owner)| {
        let kind = AccountKind::of(AccountClass::Spot);
        Command::OpenAccount(OpenAccount { owner: OwnerId(owner), kind, trade_group: group })
    }));
    commands.extend([open_account(1, AccountClass::Funding), open_account(0, AccountClass::Custody)]);
    for asset in (0..ASSETS).map(AssetId) {
        for (account, units) in [(0, 1 << 100), (0, 1 << 100), (1, 1 << 80), (2, 5_000)] {
            commands.push(post(AccountId(FIRST_ACCOUNT + account), asset, units));
        }
    }
    commands
}

/// A definition that contradicts nothing; its name and assets are given later.
pub fn spec() -> impl Strategy<Value = SymbolSpec> {
    let limits = (0..2u64, select(vec![0, 9]), 0..3u64, select(vec![0, 20u64]), 0..3u64, 0..4u64, 2..9u32);
    // Mostly all modes are allowed; otherwise the default and some others.
    let default = select(&SelfTradePrevention::ALL[..]);
    let preventions = (default, prop_oneof![4 => Just(0x3f), 1 => 0..64u8]);
    let notionals = (select(vec![0, 0, 0, 1, 7]), select(vec![0, 0, 0, 0, 1_000]), any::<bool>(), any::<bool>());
    (select(&SCALES[..]), limits, notionals, preventions, select(&FEES[..]), select(&FEES[..])).prop_map(
        |((tick, lot), limits, notionals, preventions, maker_fee, taker_fee)| {
            let (price_min, price_span, quantity_min, quantity_max, market_lot, market_min, open_orders_max) = limits;
            let price_max = if price_span == 0 { 0 } else { price_min + price_span };
            let mut spec = open_spec("S", AssetId(0), AssetId(1));
            (spec.tick, spec.lot) = (price(tick), quantity(lot));
            (spec.price_min, spec.price_max) = (steps_of(tick, price_min), steps_of(tick, price_max));
            spec.quantity_min = quantity_of(lot, quantity_min);
            spec.quantity_max = if quantity_max == 0 { Quantity::MAX } else { quantity_of(lot, quantity_max) };
            spec.market_lot = quantity_of(lot, market_lot);
            spec.market_quantity_min = quantity_of(lot, market_min);
            spec.notional_min = Amount::from_units(notionals.0);
            spec.notional_max = Amount::from_units(notionals.1);
            (spec.notional_min_applies_to_market, spec.notional_max_applies_to_market) = (notionals.2, notionals.3);
            spec.open_orders_max = open_orders_max;
            spec.prevention_default = preventions.0;
            spec.prevention_allowed = PreventionModes(preventions.1 | 1 << preventions.0 as u8);
            let rate = |units| Rate::from_units(units).unwrap();
            spec.commission = Commission::of(rate(maker_fee), rate(taker_fee));
            spec
        },
    )
}

fn price(units: u64) -> Price {
    Price::from_units(units).unwrap_or(Price::MAX)
}

fn quantity(units: u64) -> Quantity {
    Quantity::from_units(units).unwrap_or(Quantity::MAX)
}

/// So many ticks, as many as a price can hold.
fn steps_of(tick: u64, count: u64) -> Price {
    price(tick * count.min(Price::MAX.units() / tick))
}

fn quantity_of(lot: u64, count: u64) -> Quantity {
    quantity(lot * count.min(Quantity::MAX.units() / lot))
}

fn step(specs: &[SymbolSpec]) -> impl Strategy<Value = Step> + use<> {
    let orders: Vec<_> = (0..).zip(specs).map(|(id, spec)| order(SymbolId(id), spec).boxed()).collect();
    let commands = prop_oneof![
        60 => prop::strategy::Union::new(orders).prop_map(Command::PlaceOrder),
        12 => cancellation().prop_map(Command::CancelOrder),
        4 => (account(), symbol()).prop_map(|(account, symbol)| {
            Command::CancelAllOrders(CancelAllOrders { account, symbol, cancel_id: None })
        }),
        6 => (account(), asset(), amount(), reason()).prop_map(|(account, asset, amount, reason)| {
            Command::Post(Post { account, asset, amount, reason })
        }),
        1 => (0..3u64, kind()).prop_map(|(owner, kind)| {
            Command::OpenAccount(OpenAccount { owner: OwnerId(owner), kind, trade_group: None })
        }),
        1 => select(vec!["A1", "A9", ""]).prop_map(register_asset),
        1 => (spec(), asset(), asset(), select(vec!["S1", "S9", ""])).prop_map(|(mut spec, base, quote, name)| {
            (spec.base, spec.quote, spec.name) = (base, quote, Text::new(name).unwrap());
            list_symbol(spec)
        }),
    ];
    prop_oneof![
        85 => commands.prop_map(|command| Step { command, is_fresh: false }),
        15 => record(),
    ]
}

/// Mostly those that trade, sometimes any other, rarely one that is not there.
fn account() -> impl Strategy<Value = AccountId> {
    prop_oneof![60 => FIRST_ACCOUNT..FIRST_ACCOUNT + 3, 2 => 0..ACCOUNTS + 2, 1 => Just(u32::MAX)].prop_map(AccountId)
}

fn asset() -> impl Strategy<Value = AssetId> {
    prop_oneof![30 => 0..ASSETS, 1 => select(vec![ASSETS, ASSETS + 1, u32::MAX])].prop_map(AssetId)
}

fn symbol() -> impl Strategy<Value = SymbolId> {
    prop_oneof![30 => 0..ASSETS, 1 => select(vec![ASSETS, u32::MAX])].prop_map(SymbolId)
}

fn kind() -> impl Strategy<Value = AccountKind> {
    let class = select(vec![AccountClass::Spot, AccountClass::Custody, AccountClass::IsolatedMargin]);
    (class, select(vec![0, 1, u32::MAX])).prop_map(|(class, scope)| AccountKind { class, scope })
}

fn reason() -> impl Strategy<Value = PostingReason> {
    use PostingReason::{Adjustment, Deposit, OrderHold, OrderRelease, Reward, Trade, Withdrawal};
    prop_oneof![8 => select(vec![Deposit, Withdrawal, Adjustment]), 1 => select(vec![OrderHold, OrderRelease, Reward, Trade])]
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![8 => -2_000..2_000i128, 1 => select(&EXTREMES[..]), 1 => any::<i128>()].prop_map(Amount::from_units)
}

fn client_order_id() -> impl Strategy<Value = ClientOrderId> {
    let usual = (0..60u32).prop_map(|number| format!("order-{number}"));
    let odd = select(vec![String::new(), "not allowed".to_owned(), "Z:_/.9".repeat(6)]);
    prop_oneof![40 => usual, 1 => odd].prop_map(|text| ClientOrderId::new(&text).unwrap())
}

fn order(symbol_id: SymbolId, spec: &SymbolSpec) -> impl Strategy<Value = PlaceOrder> + use<> {
    let (tick, lot) = (spec.tick.units(), spec.lot.units());
    let prices = prop_oneof![
        80 => (1..11u64).prop_map(move |ticks| steps_of(tick, ticks)),
        2 => any::<u64>().prop_map(price),
        1 => Just(steps_of(tick, u64::MAX)),
        1 => Just(Price::ZERO),
    ];
    let quantities = prop_oneof![
        80 => (1..21u64).prop_map(move |lots| quantity_of(lot, lots)),
        3 => Just(quantity_of(lot, u64::MAX)),
        2 => any::<u64>().prop_map(quantity),
        1 => Just(Quantity::ZERO),
    ];
    let worth = u64::try_from(u128::from(tick) * u128::from(lot) / 100_000_000).unwrap_or(u64::MAX);
    let budgets = prop_oneof![
        10 => (0..100u64, 0..4u64).prop_map(move |(lots, more)| {
            quantity(worth.saturating_mul(lots).saturating_add(more))
        }),
        1 => any::<u64>().prop_map(quantity),
    ];
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let patience = prop_oneof![
        6 => Just(TimeInForce::GoodTillCanceled),
        1 => Just(TimeInForce::ImmediateOrCancel),
        1 => Just(TimeInForce::FillOrKill),
    ];
    let shape = prop_oneof![14 => Just(0), 3 => Just(1), 4 => Just(2), 4 => Just(3), 1 => Just(4)];
    let symbols = prop_oneof![60 => Just(symbol_id), 1 => symbol()];
    let mode = prop::option::of(select(&SelfTradePrevention::ALL[..]));
    let form = (side, patience, shape, mode);
    (account(), symbols, client_order_id(), form, prices, quantities, budgets).prop_map(
        |(account, symbol, client_order_id, form, price, quantity, budget)| {
            let (side, time_in_force, shape, self_trade_prevention) = form;
            let gtc = TimeInForce::GoodTillCanceled;
            let (order_type, time_in_force, price, quantity, quote_quantity) = match shape {
                0 => (OrderType::Limit, time_in_force, Some(price), Some(quantity), None),
                1 => (OrderType::LimitMaker, gtc, Some(price), Some(quantity), None),
                2 => (OrderType::Market, gtc, None, Some(quantity), None),
                3 => (OrderType::Market, gtc, None, None, Some(budget)),
                _ => (OrderType::Market, time_in_force, Some(price), None, Some(budget)),
            };
            let order = NewOrder {
                client_order_id,
                side,
                order_type,
                time_in_force,
                price,
                quantity,
                quote_quantity,
                self_trade_prevention,
                terms: None,
            };
            PlaceOrder { account, symbol, order, is_routed: false }
        },
    )
}

fn cancellation() -> impl Strategy<Value = CancelOrder> {
    let id = prop_oneof![20 => 1..25u64, 1 => Just(u64::MAX)].prop_map(|id| Some(OrderId(id)));
    let reference = (prop_oneof![3 => Just(None), 2 => id], prop::option::of(client_order_id()));
    (account(), symbol(), reference).prop_map(|(account, symbol, (order_id, client_order_id))| CancelOrder {
        account,
        symbol,
        order: OrderReference { order_id, client_order_id },
        restriction: None,
        cancel_id: None,
    })
}

/// A record of moves that balance, mostly; its version is mostly the right one.
fn record() -> impl Strategy<Value = Step> {
    let wild = (account(), asset(), amount(), amount(), reason())
        .prop_map(|(account, asset, free, locked, reason)| vec![Leg { account, asset, free, locked, reason }]);
    let parts = prop_oneof![20 => moves(), 1 => wild];
    let legs = prop_oneof![
        12 => prop::collection::vec(parts, 0..4),
        1 => prop::collection::vec(moves(), 140..180),
    ];
    (0..3u32, legs, 0..4u64, prop_oneof![9 => Just(true), 1 => Just(false)]).prop_map(
        |(id, legs, expected_version, is_fresh)| {
            let stream = StreamKey { kind: Text::new("pool").unwrap(), id: Text::new(&id.to_string()).unwrap() };
            let record = Record { stream, expected_version, legs: legs.concat(), payload: vec![id as u8; 3] };
            Step { command: Command::Record(Box::new(record)), is_fresh }
        },
    )
}

/// Between two accounts, or between the free and the locked part of one.
fn moves() -> impl Strategy<Value = Vec<Leg>> {
    let amounts = prop_oneof![30 => 0..2_000i128, 1 => Just(1i128 << 100)];
    (account(), account(), asset(), amounts, 0..5u32).prop_map(|(from, to, asset, units, way)| {
        let leg = |account, free: i128, locked: i128, reason| Leg {
            account,
            asset,
            free: Amount::from_units(free),
            locked: Amount::from_units(locked),
            reason,
        };
        match way {
            0 | 1 => vec![leg(from, -units, 0, PostingReason::Product), leg(to, units, 0, PostingReason::Product)],
            2 => vec![leg(from, -units, units, PostingReason::ProductHold)],
            3 => vec![leg(from, units, -units, PostingReason::ProductRelease)],
            _ => vec![leg(from, 0, -units, PostingReason::Product), leg(to, units, 0, PostingReason::Product)],
        }
    })
}
