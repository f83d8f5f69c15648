//! Bytes of resident memory that one more order, account, balance or symbol takes.
//!
//! One kind a process, since memory that was used once is not given back. What is counted is what the system counts,
//! so the slack of growing tables and of the allocator is in it.

use crate::market::{LOT, QUOTE, TICK, deposit, list_symbol, open_account, opening, register_assets, trader};
use crate::measures::write_trials;
use crate::naive::Exchange;
use rialto_engine::Engine;
use rialto_market::MarketViews;
use rialto_types::command::{NewOrder, PlaceOrder};
use rialto_types::{ClientOrderId, Command, Event, OrderType, Price, Quantity, Side, SymbolId, TimeInForce};

/// Resting orders are spread over this many prices of each side.
const PRICES: u64 = 5_000;
const TRADERS: u32 = 1_000;

/// Measure one kind.
pub(crate) fn run(what: &str, count: usize) {
    let number = 0..count as u32;
    let case = format!("{count} {what}");
    match what {
        "orders" => {
            let mut engine = EngineAndViews::opened(opening(1, TRADERS));
            let bytes = growth(count, || number.for_each(|number| engine.engine_only(&resting_order(number, TRADERS))));
            write_trials(&case, "engine", "B", &[bytes]);
        }
        "naive-orders" => {
            let mut exchange = Exchange::default();
            let mut facts = Vec::new();
            let mut apply = |command: &Command| {
                exchange.apply(0, command, &mut facts);
                facts.clear();
            };
            opening(1, TRADERS).iter().for_each(&mut apply);
            let bytes = growth(count, || number.for_each(|number| apply(&resting_order(number, TRADERS))));
            write_trials(&case, "plain engine", "B", &[bytes]);
        }
        "accounts" => {
            let mut engine = EngineAndViews::opened(register_assets(0).collect());
            let bytes = growth(count, || number.for_each(|number| engine.engine_only(&open_account(number))));
            write_trials(&case, "engine", "B", &[bytes]);
        }
        "balances" => {
            let accounts = number.clone().map(open_account);
            let mut engine = EngineAndViews::opened(register_assets(0).chain(accounts).collect());
            let bytes = growth(count, || number.for_each(|number| engine.engine_only(&deposit(number, QUOTE))));
            write_trials(&case, "engine", "B", &[bytes]);
        }
        "symbols" => {
            let mut engine = EngineAndViews::opened(register_assets(count as u32).collect());
            let bytes = growth(count, || number.for_each(|number| engine.both(&list_symbol(number))));
            write_trials(&case, "engine and market views", "B", &[bytes]);
        }
        _ => {
            eprintln!("there is no memory measure {what:?}");
            std::process::exit(2);
        }
    }
}

struct EngineAndViews {
    engine: Engine,
    views: MarketViews,
    events: Vec<Event>,
}

impl EngineAndViews {
    fn opened(opening: Vec<Command>) -> EngineAndViews {
        let mut both =
            EngineAndViews { engine: Engine::new(), views: MarketViews::default(), events: Vec::with_capacity(64) };
        opening.iter().for_each(|command| both.engine_only(command));
        both
    }

    fn engine_only(&mut self, command: &Command) {
        let sequence = self.engine.sequence() + 1;
        self.events.clear();
        self.engine.apply(sequence, sequence, command, &mut self.events);
        let refused = self.events.iter().any(|event| matches!(event, Event::CommandRejected(_)));
        assert!(!refused, "{command:?}: {:?}", self.events);
    }

    fn both(&mut self, command: &Command) {
        self.engine_only(command);
        self.views.apply(0, &self.events, &mut Vec::new());
    }
}

/// An order far from crossing, of one of so many traders in turn.
pub(crate) fn resting_order(number: u32, traders: u32) -> Command {
    let side = if number.is_multiple_of(2) { Side::Buy } else { Side::Sell };
    let distance = 1 + u64::from(number) * 2_654_435_761 % PRICES;
    let ticks = if side == Side::Buy { 6_000_000 - distance } else { 6_000_000 + distance };
    Command::PlaceOrder(PlaceOrder {
        account: trader(number % traders),
        symbol: SymbolId(0),
        order: NewOrder {
            client_order_id: ClientOrderId::new(&format!("x-{number:020}")).expect("22 characters"),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: Price::from_units(ticks * TICK),
            quantity: Quantity::from_units(1_000 * LOT),
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        },
        is_routed: false,
    })
}

/// By how many bytes resident memory grows per thing, while so many are made.
fn growth(count: usize, make: impl FnOnce()) -> f64 {
    let before = resident_bytes();
    make();
    resident_bytes().saturating_sub(before) as f64 / count as f64
}

/// What the system counts as resident memory of this process.
pub(crate) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this measure reads /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the system tells resident memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number of kilobytes") * 1_024
}
