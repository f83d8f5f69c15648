//! The mixed load: placing near the touch, taking back, and trading, made beforehand from a fixed seed.
//!
//! The load is made by running it through an engine, so that every cancel names an order that is open at that point
//! and every marketable order meets the book it was meant for. Of a hundred commands 45 place an order that rests, 35
//! take a random open order back, half of them by the exchange's id and half by the client's, and 20 trade, half as
//! market orders and half as immediate-or-cancel limits. Marketable orders are half as large as resting ones, so that
//! the number of open orders stays about where it begins.

use crate::market::{LOT, TICK, opening, trader};
use rialto_engine::Engine;
use rialto_types::command::{CancelOrder, NewOrder, OrderReference, PlaceOrder};
use rialto_types::{
    AccountId, ClientOrderId, Command, Event, OrderId, OrderStatus, OrderType, Price, Quantity, Side, SymbolId,
    TimeInForce,
};
use std::collections::{BTreeMap, HashMap};

/// Where trading begins: 60,000.00, in ticks.
const FIRST_PRICE: u64 = 6_000_000;
/// Resting orders are of 0.00020 to 0.04 of the base asset.
const LOTS_MIN: u64 = 20;
const RESTING_LOTS_MAX: u64 = 4_000;
const MARKETABLE_LOTS_MAX: u64 = RESTING_LOTS_MAX / 2;

/// How large a load is.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) symbols: u32,
    pub(crate) traders: u32,
    /// Orders that rest before the measured part begins.
    pub(crate) open_orders: usize,
    /// Commands of the measured part.
    pub(crate) commands: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { symbols: 1, traders: 1_000, open_orders: 20_000, commands: 1_000_000 }
    }
}

/// Commands to begin with, and commands to measure.
pub(crate) struct Load {
    pub(crate) plan: Plan,
    pub(crate) opening: Vec<Command>,
    pub(crate) commands: Vec<Command>,
    /// How many trades the measured commands lead to: what every engine that runs them must come to.
    pub(crate) trades: usize,
    /// How many events they lead to.
    pub(crate) events: usize,
}

impl Load {
    /// Make the load of a plan; always the same.
    pub(crate) fn make(plan: Plan) -> Load {
        let mut maker = Maker::new(plan);
        let mut before = opening(plan.symbols, plan.traders);
        before.iter().for_each(|command| maker.apply(command));
        for _ in 0..plan.open_orders {
            let command = maker.resting_order();
            maker.apply(&command);
            before.push(command);
        }
        (maker.trades, maker.events) = (0, 0);
        let mut commands = Vec::with_capacity(plan.commands);
        for _ in 0..plan.commands {
            let command = maker.next();
            maker.apply(&command);
            commands.push(command);
        }
        Load { plan, opening: before, commands, trades: maker.trades, events: maker.events }
    }

    /// What the figures of this load are filed under.
    pub(crate) fn case(&self) -> String {
        let plural = if self.plan.symbols == 1 { "" } else { "s" };
        format!("{} symbol{plural}", self.plan.symbols)
    }
}

struct OpenOrder {
    symbol: SymbolId,
    account: AccountId,
    id: OrderId,
    client_order_id: ClientOrderId,
}

/// The totals of one book's levels, by price.
#[derive(Default)]
struct Levels {
    bids: BTreeMap<Price, Quantity>,
    asks: BTreeMap<Price, Quantity>,
}

struct Maker {
    plan: Plan,
    random: fastrand::Rng,
    engine: Engine,
    output: Vec<Event>,
    books: Vec<Levels>,
    open: Vec<OpenOrder>,
    /// Where an order stands among the open ones.
    places: HashMap<(SymbolId, OrderId), usize>,
    trades: usize,
    events: usize,
}

impl Maker {
    fn new(plan: Plan) -> Maker {
        Maker {
            plan,
            random: fastrand::Rng::with_seed(20_260_101),
            engine: Engine::new(),
            output: Vec::new(),
            books: (0..plan.symbols).map(|_| Levels::default()).collect(),
            open: Vec::new(),
            places: HashMap::new(),
            trades: 0,
            events: 0,
        }
    }

    fn apply(&mut self, command: &Command) {
        let mut output = std::mem::take(&mut self.output);
        let sequence = self.engine.sequence() + 1;
        self.engine.apply(sequence, sequence, command, &mut output);
        self.events += output.len();
        for event in &output {
            self.note(event, command);
        }
        output.clear();
        self.output = output;
    }

    fn note(&mut self, event: &Event, command: &Command) {
        match event {
            Event::BookChanged(changed) => {
                let levels = &mut self.books[changed.symbol.index()];
                let side = if changed.side == Side::Buy { &mut levels.bids } else { &mut levels.asks };
                if changed.quantity.is_zero() {
                    side.remove(&changed.price);
                } else {
                    side.insert(changed.price, changed.quantity);
                }
            }
            Event::OrderPlaced(placed) => {
                let order = &placed.order;
                if order.order_type == OrderType::Limit && order.time_in_force == TimeInForce::GoodTillCanceled {
                    self.places.insert((order.symbol, order.order_id), self.open.len());
                    let (symbol, account, id) = (order.symbol, order.account, order.order_id);
                    self.open.push(OpenOrder { symbol, account, id, client_order_id: order.client_order_id });
                }
            }
            Event::TradeExecuted(trade) => {
                self.trades += 1;
                for fill in [&trade.maker, &trade.taker] {
                    if fill.status == OrderStatus::Filled {
                        self.close(trade.symbol, fill.order_id);
                    }
                }
            }
            Event::OrderCanceled(canceled) => self.close(canceled.order.symbol, canceled.order.order_id),
            Event::CommandRejected(rejected) => panic!("{command:?} was refused: {:?}", rejected.rejection),
            _ => {}
        }
    }

    fn close(&mut self, symbol: SymbolId, id: OrderId) {
        let Some(place) = self.places.remove(&(symbol, id)) else { return };
        self.open.swap_remove(place);
        if let Some(moved) = self.open.get(place) {
            self.places.insert((moved.symbol, moved.id), place);
        }
    }

    fn next(&mut self) -> Command {
        match self.random.u32(0..100) {
            0..45 => self.resting_order(),
            45..80 => self.cancel().unwrap_or_else(|| self.resting_order()),
            _ => self.marketable_order().unwrap_or_else(|| self.resting_order()),
        }
    }

    /// A limit order a little away from the best price of the other side: four of five within 20 ticks.
    fn resting_order(&mut self) -> Command {
        let (symbol, side) = self.somewhere();
        let distance = 1 + if self.random.u32(0..5) < 4 { self.random.u64(0..20) } else { self.random.u64(0..500) };
        let opposite = self.best(symbol, side.opposite());
        let own = self.best(symbol, side);
        let ticks = match side {
            Side::Buy => opposite.or(own).unwrap_or(FIRST_PRICE) - distance,
            Side::Sell => opposite.or(own).unwrap_or(FIRST_PRICE) + distance,
        };
        let lots = self.random.u64(LOTS_MIN..=RESTING_LOTS_MAX);
        let template = self.order(side, lots);
        let price = Price::from_units(ticks * TICK);
        self.placed(symbol, NewOrder { price, ..template })
    }

    /// An order that trades at once; none while the other side is empty.
    fn marketable_order(&mut self) -> Option<Command> {
        let (symbol, side) = self.somewhere();
        let opposite = self.best(symbol, side.opposite())?;
        let lots = self.random.u64(LOTS_MIN..=MARKETABLE_LOTS_MAX);
        let template = self.order(side, lots);
        if self.random.bool() {
            return Some(self.placed(symbol, NewOrder { order_type: OrderType::Market, ..template }));
        }
        let ticks = if side == Side::Buy { opposite + 5 } else { opposite - 5 };
        let (price, time_in_force) = (Price::from_units(ticks * TICK), TimeInForce::ImmediateOrCancel);
        Some(self.placed(symbol, NewOrder { price, time_in_force, ..template }))
    }

    fn cancel(&mut self) -> Option<Command> {
        let place = (!self.open.is_empty()).then(|| self.random.usize(0..self.open.len()))?;
        let by_id = self.random.bool();
        let order = &self.open[place];
        let reference = OrderReference {
            order_id: by_id.then_some(order.id),
            client_order_id: (!by_id).then_some(order.client_order_id),
        };
        Some(Command::CancelOrder(CancelOrder {
            account: order.account,
            symbol: order.symbol,
            order: reference,
            restriction: None,
            cancel_id: None,
        }))
    }

    fn somewhere(&mut self) -> (SymbolId, Side) {
        let symbol = SymbolId(self.random.u32(0..self.plan.symbols));
        (symbol, if self.random.bool() { Side::Buy } else { Side::Sell })
    }

    fn placed(&mut self, symbol: SymbolId, order: NewOrder) -> Command {
        let account = trader(self.random.u32(0..self.plan.traders));
        Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed: false })
    }

    fn order(&mut self, side: Side, lots: u64) -> NewOrder {
        let name: String = (0..22).map(|_| self.random.alphanumeric()).collect();
        NewOrder {
            client_order_id: ClientOrderId::new(&name).expect("22 letters and digits"),
            side,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::GoodTillCanceled,
            price: None,
            quantity: Quantity::from_units(lots * LOT),
            quote_quantity: None,
            self_trade_prevention: None,
            terms: None,
        }
    }

    /// The best price of a side, in ticks.
    fn best(&self, symbol: SymbolId, side: Side) -> Option<u64> {
        let levels = &self.books[symbol.index()];
        let best = match side {
            Side::Buy => levels.bids.last_key_value(),
            Side::Sell => levels.asks.first_key_value(),
        };
        best.map(|(price, _)| price.units() / TICK)
    }
}
