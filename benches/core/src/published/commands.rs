//! The steps as commands of our engine.
//!
//! A move is a cancel-replace: the API has no move, and a replaced order gets a new number and a new name, gives its hold
//! back and takes another. A reduction is an amendment that keeps priority, or a cancellation when nothing stays. Orders
//! are referred to by the exchange's number.

use super::steps::{Action, Step, Style};
use crate::market::TICK;
use rialto_types::command::{AmendOrder, CancelOrder, NewOrder, OrderReference, PlaceOrder, ReplaceMode, ReplaceOrder};
use rialto_types::{
    AccountId, ClientOrderId, Command, OrderId, OrderType, Price, Quantity, Side, SymbolId, TimeInForce,
};

/// A lot: a tenth of the base asset, so that a lot at the lowest price is worth what NOTIONAL asks.
pub(crate) const LOT: u64 = 10_000_000;

/// What an order of the workload is to the engine.
#[derive(Clone, Copy, Default)]
struct Known {
    id: u64,
    /// Which name it has.
    name: u64,
    /// What it was placed with, less what it was reduced by.
    lots: u64,
}

/// Turns steps into commands, one after the other.
pub(crate) struct Translator {
    /// By symbol.
    last_ids: Vec<u64>,
    /// By symbol, then by the workload's number.
    orders: Vec<Vec<Known>>,
    names: u64,
    trader: fn(u32) -> AccountId,
}

impl Translator {
    /// For a number of symbols of which the first has so many orders already.
    pub(crate) fn new(symbols: u32, taken_ids: u64, trader: fn(u32) -> AccountId) -> Translator {
        let mut last_ids = vec![0; symbols as usize];
        last_ids[0] = taken_ids;
        Translator { last_ids, orders: vec![Vec::new(); symbols as usize], names: 0, trader }
    }

    pub(crate) fn command(&mut self, step: &Step) -> Command {
        let (account, symbol) = ((self.trader)(step.user), SymbolId(step.symbol));
        let known = |orders: &[Vec<Known>]| orders[step.symbol as usize][step.order as usize - 1];
        let reference = |id| OrderReference { order_id: Some(OrderId(id)), client_order_id: None };
        match step.action {
            Action::Place { side, price, lots, style } => {
                let order = self.enter(step, side, price, lots, style);
                Command::PlaceOrder(PlaceOrder { account, symbol, order, is_routed: false })
            }
            Action::Move { side, price, lots } => {
                let cancel = reference(known(&self.orders).id);
                let order = self.enter(step, side, price, lots, Style::Resting);
                let mode = ReplaceMode::StopOnFailure;
                Command::ReplaceOrder(ReplaceOrder {
                    account,
                    symbol,
                    cancel,
                    restriction: None,
                    cancel_id: None,
                    mode,
                    order,
                })
            }
            Action::Reduce { lots, left } if lots < left => {
                let known = &mut self.orders[step.symbol as usize][step.order as usize - 1];
                known.lots -= lots;
                Command::AmendOrder(AmendOrder {
                    account,
                    symbol,
                    order: reference(known.id),
                    client_order_id: name(known.name),
                    quantity: Quantity::from_units(known.lots * LOT).expect("a quantity in range"),
                })
            }
            Action::Cancel | Action::Reduce { .. } => {
                let order = reference(known(&self.orders).id);
                Command::CancelOrder(CancelOrder { account, symbol, order, restriction: None, cancel_id: None })
            }
        }
    }

    /// Number and name an order that is placed.
    fn enter(&mut self, step: &Step, side: Side, price: u64, lots: u64, style: Style) -> NewOrder {
        let id = &mut self.last_ids[step.symbol as usize];
        *id += 1;
        self.names += 1;
        let known = Known { id: *id, name: self.names, lots };
        let orders = &mut self.orders[step.symbol as usize];
        match orders.get_mut(step.order as usize - 1) {
            Some(moved) => *moved = known,
            None => orders.push(known),
        }
        limit_order(self.names, side, price, lots, style)
    }
}

/// A limit order; its name is of the length that trading programs give.
pub(crate) fn limit_order(number: u64, side: Side, price: u64, lots: u64, style: Style) -> NewOrder {
    NewOrder {
        client_order_id: name(number),
        side,
        order_type: OrderType::Limit,
        time_in_force: match style {
            Style::Resting => TimeInForce::GoodTillCanceled,
            Style::Immediate => TimeInForce::ImmediateOrCancel,
            Style::WholeOrNothing { .. } => TimeInForce::FillOrKill,
        },
        price: Price::from_units(price * TICK),
        quantity: Quantity::from_units(lots * LOT),
        quote_quantity: None,
        self_trade_prevention: None,
        terms: None,
    }
}

fn name(number: u64) -> ClientOrderId {
    ClientOrderId::new(&format!("x-{number:020}")).expect("22 characters")
}
