//! The exchange a workload runs on, and what else is on it: things that no measured command touches.

use super::Workload;
use super::commands::{LOT, Translator, limit_order};
use super::steps::{Step, Style};
use crate::market::{TICK, base, deposit, list, open_account, register_assets, spec, trader};
use rialto_types::command::{NewOrder, PlaceOrder};
use rialto_types::rules::{PercentPrice, TrailingRange};
use rialto_types::{Amount, Command, OrderTerms, OrderType, Price, Quantity, Side, SymbolId, SymbolRules, SymbolSpec};

/// Who places the orders of the background.
const MAKERS: u32 = 1_000;
/// Orders of the background that are to share prices do so at this many.
const SHARED_PRICES: u64 = 100;

/// What stands beside a workload. Accounts have a balance each; symbols are listed and empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Background {
    pub(crate) symbols: u32,
    pub(crate) accounts: u32,
    /// Orders that rest on the first symbol, away from the market, at a hundred prices.
    pub(crate) orders: u32,
    /// The same, each at a price of its own.
    pub(crate) levels: u32,
    /// Orders that wait on the first symbol for a stop price.
    pub(crate) stops: u32,
}

impl Background {
    fn makers(&self) -> u32 {
        if self.orders + self.levels + self.stops > 0 { MAKERS } else { 0 }
    }

    /// How many orders the first symbol has numbered.
    fn ids(&self) -> u64 {
        u64::from(self.orders) + u64::from(self.levels) + u64::from(self.stops)
    }
}

/// A symbol with every filter that a symbol of the demonstration exchange has, at ten basis points on either side.
fn published_spec(symbol: u32) -> SymbolSpec {
    let quantity = |lots: u64| Quantity::from_units(lots * LOT).expect("a quantity in range");
    let factor = |units| Price::from_units(units).expect("a factor in range");
    let (up, down) = (factor(500_000_000), factor(20_000_000));
    SymbolSpec {
        lot: quantity(1),
        quantity_min: quantity(1),
        quantity_max: quantity(1_000_000),
        market_lot: quantity(1),
        market_quantity_min: quantity(1),
        market_quantity_max: quantity(1_000_000),
        notional_min: Amount::from_units(100_000_000),
        rules: SymbolRules {
            average_minutes: 5,
            percent_price: Some(PercentPrice { bid_up: up, bid_down: down, ask_up: up, ask_down: down, by_side: true }),
            iceberg_parts_max: 100,
            algo_orders_max: 100_000,
            iceberg_orders_max: 50,
            order_lists_max: 50,
            amendments_max: 1_000,
            trailing: Some(TrailingRange { above_min: 10, above_max: 2_000, below_min: 10, below_max: 2_000 }),
            ..SymbolRules::OPEN
        },
        ..spec(symbol)
    }
}

/// Everything before the measured commands, and those.
pub(crate) struct Script {
    pub(crate) opening: Vec<Command>,
    pub(crate) measured: Vec<Command>,
}

impl Script {
    pub(crate) fn of(workload: &Workload) -> Script {
        let mut opening = Vec::new();
        let measured = open(workload, Background::default(), |command| opening.push(command));
        Script { opening, measured }
    }
}

/// Give each command of the opening to `apply`, the background's before the workload's; returns the measured ones.
pub(crate) fn open(workload: &Workload, background: Background, mut apply: impl FnMut(Command)) -> Vec<Command> {
    let plan = workload.plan;
    let (symbols, makers) = (plan.symbols + background.symbols, background.makers());
    register_assets(symbols).for_each(&mut apply);
    (0..symbols).map(|symbol| list(published_spec(symbol))).for_each(&mut apply);
    let accounts = plan.users + makers + background.accounts;
    (0..accounts).map(open_account).for_each(&mut apply);
    (0..accounts).map(|number| deposit(number, crate::market::QUOTE)).for_each(&mut apply);
    for (user, symbol) in seats(workload, makers) {
        apply(deposit(user, base(symbol)));
    }
    background_orders(workload, background).for_each(&mut apply);
    let mut translator = Translator::new(plan.symbols, background.ids(), trader);
    workload.opening.iter().map(|step| translator.command(step)).for_each(&mut apply);
    workload.measured.iter().map(|step| translator.command(step)).collect()
}

/// Who needs the base asset of which symbol: who trades there, and the makers of the background on the first.
fn seats(workload: &Workload, makers: u32) -> Vec<(u32, u32)> {
    let of_step = |step: &Step| (step.user, step.symbol);
    let mut seats: Vec<_> = workload.opening.iter().chain(&workload.measured).map(of_step).collect();
    let users = workload.plan.users;
    seats.extend((users..users + makers).map(|user| (user, 0)));
    seats.sort_unstable();
    seats.dedup();
    seats
}

/// The orders of the background: asks above every limit of the workload, and stops far below.
fn background_orders(workload: &Workload, background: Background) -> impl Iterator<Item = Command> {
    let (lowest, highest) = workload.limits[0];
    let users = workload.plan.users;
    let above = 2 * highest;
    let shared = (0..background.orders).map(move |number| (above + u64::from(number) % SHARED_PRICES, None));
    let above = above + SHARED_PRICES;
    let apart = (0..background.levels).map(move |number| (above + u64::from(number), None));
    let below = lowest / 2;
    let stops = (0..background.stops).map(move |number| {
        let stop = 1 + u64::from(number) % below;
        (stop, Price::from_units(stop * TICK))
    });
    shared.chain(apart).chain(stops).enumerate().map(move |(number, (price, stop_price))| {
        let number = number as u32;
        // Worth what NOTIONAL asks at any price.
        let lots = if stop_price.is_some() { 1_000 } else { 1 };
        let plain = limit_order(u64::MAX - u64::from(number), Side::Sell, price, lots, Style::Resting);
        let order = match stop_price {
            Some(_) => NewOrder {
                order_type: OrderType::StopLossLimit,
                terms: Some(OrderTerms { stop_price, ..OrderTerms::default() }),
                ..plain
            },
            None => plain,
        };
        let account = trader(users + number % MAKERS);
        Command::PlaceOrder(PlaceOrder { account, symbol: SymbolId(0), order, is_routed: false })
    })
}
