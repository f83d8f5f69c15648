//! Placing an order: trade what crosses, then let the rest stand or expire.

use crate::admission::{Admission, Demand, amount_of, crosses};
use crate::engine::Engine;
use crate::open_orders::Order;
use crate::scale::Rounding;
use crate::settlement::{Settlement, Traded};
use crate::symbols::Symbol;
use rialto_book::Resting;
use rialto_types::command::PlaceOrder;
use rialto_types::event::{OrderExpired, OrderPlaced};
use rialto_types::{
    Amount, Event, ExpiryReason, Lots, OrderStatus, PostingReason, Rejection, Side, Ticks, TimeInForce,
};

impl Engine {
    pub(crate) fn place_order(&mut self, command: &PlaceOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let admission = self.admit(command)?;
        let demand = admission.demand;
        let mut order = self.enter(command, admission);
        let symbol = &self.symbols[command.symbol.index()];
        events.push(Event::OrderPlaced(OrderPlaced { order: order.state(&symbol.scale, OrderStatus::New) }));
        let may_trade = order.time_in_force != TimeInForce::FillOrKill || can_fill(symbol, &order, demand);
        if may_trade {
            self.trade(&mut order, demand, events);
        }
        self.conclude(order, demand, events);
        Ok(())
    }

    /// Number an order and find the balances it moves.
    fn enter(&mut self, command: &PlaceOrder, admission: Admission) -> Order {
        let slot = admission.seat.unwrap_or_else(|| self.take_seat(command));
        let seat = self.open_orders.seats.get(slot);
        let symbol = &mut self.symbols[command.symbol.index()];
        let (price, lots) = match admission.demand {
            Demand::Limit { price, lots } => (price, lots),
            Demand::Market { lots } | Demand::MarketByQuote { lots, .. } => (Ticks(0), lots),
        };
        Order {
            id: symbol.next_order_id(),
            symbol: command.symbol,
            account: command.account,
            client_order_id: command.client_order_id,
            side: command.side,
            order_type: command.order_type,
            time_in_force: command.time_in_force,
            price,
            lots,
            quote_quantity: command.quote_quantity.map_or(Amount::ZERO, amount_of),
            executed: Lots(0),
            executed_quote: Amount::ZERO,
            placed_at_us: self.time_us,
            updated_at_us: self.time_us,
            seat: slot,
            pays: seat.pays(command.side),
            receives: seat.receives(command.side),
        }
    }

    /// Open the balances that an account's orders on a symbol move, the one that is paid from first.
    fn take_seat(&mut self, command: &PlaceOrder) -> u32 {
        let PlaceOrder { account, symbol, side, .. } = *command;
        let spec = &self.symbols[symbol.index()].spec;
        let balances = &mut self.ledger.balances;
        let mut open = |asset| balances.find_or_open(account, asset, false);
        let (base, quote) = match side {
            Side::Buy => {
                let quote = open(spec.quote);
                (open(spec.base), quote)
            }
            Side::Sell => (open(spec.base), open(spec.quote)),
        };
        self.open_orders.seats.take(account, symbol, base, quote)
    }

    /// Trade with resting orders, best first, as long as price and demand allow.
    fn trade(&mut self, order: &mut Order, demand: Demand, events: &mut Vec<Event>) {
        let opposite = order.side.opposite();
        let mut touched: Option<Ticks> = None;
        loop {
            let symbol = &mut self.symbols[order.symbol.index()];
            let next = symbol.book.front(opposite).and_then(|resting| {
                let lots = wanted(order, demand, &resting);
                (lots.0 > 0).then_some((resting, lots))
            });
            let Some((resting, lots)) = next else { break };
            if touched.is_some_and(|price| price != resting.price) {
                touched.iter().for_each(|&price| symbol.state_level(opposite, price, events));
            }
            touched = Some(resting.price);
            symbol.book.fill(resting.slot, lots);
            let traded = Traded { maker: resting.tag, price: resting.price, lots };
            let fees = (self.assets[symbol.spec.base.index()].fees, self.assets[symbol.spec.quote.index()].fees);
            let mut settlement = Settlement {
                symbol,
                balances: &mut self.ledger.balances,
                open_orders: &mut self.open_orders,
                base_fees: fees.0,
                quote_fees: fees.1,
                time_us: self.time_us,
            };
            settlement.settle(order, demand, traded, events);
        }
        if let Some(price) = touched {
            self.symbols[order.symbol.index()].state_level(opposite, price, events);
        }
    }

    /// Let what is left rest, or end the order.
    fn conclude(&mut self, order: Order, demand: Demand, events: &mut Vec<Event>) {
        let symbol = &self.symbols[order.symbol.index()];
        let reason = match (demand, order.time_in_force) {
            (Demand::MarketByQuote { is_spent: false, .. }, _) => ExpiryReason::NoLiquidity,
            _ if order.remaining().0 == 0 => return,
            (Demand::Market { .. } | Demand::MarketByQuote { .. }, _) => ExpiryReason::NoLiquidity,
            (Demand::Limit { .. }, TimeInForce::ImmediateOrCancel) => ExpiryReason::ImmediateOrCancel,
            (Demand::Limit { .. }, TimeInForce::FillOrKill) => ExpiryReason::FillOrKill,
            (Demand::Limit { price, .. }, TimeInForce::GoodTillCanceled) => {
                self.rest(order, price, events);
                return;
            }
        };
        let state = order.state(&symbol.scale, OrderStatus::Expired);
        events.push(Event::OrderExpired(OrderExpired { order: state, reason }));
    }

    /// Set aside what the rest of an order may pay, and let it stand in the book.
    fn rest(&mut self, order: Order, price: Ticks, events: &mut Vec<Event>) {
        let hold = hold_of(&self.symbols[order.symbol.index()], &order, order.remaining());
        self.post_to(order.pays, -hold, hold, PostingReason::OrderHold, events);
        let symbol = &mut self.symbols[order.symbol.index()];
        let slot = symbol.book.add(order.side, price, order.remaining(), self.open_orders.next_slot());
        self.open_orders.insert(order, slot);
        symbol.state_level(order.side, price, events);
    }
}

/// How many lots to trade with a resting order: none when price or demand forbid it.
fn wanted(order: &Order, demand: Demand, resting: &Resting) -> Lots {
    match demand {
        Demand::Limit { price, .. } if !crosses(order.side, price, resting.price) => Lots(0),
        _ => order.remaining().min(resting.lots),
    }
}

/// Whether all of an order can trade at once.
fn can_fill(symbol: &Symbol, order: &Order, demand: Demand) -> bool {
    let Demand::Limit { price, lots } = demand else { return true };
    let mut left = lots.0;
    for level in symbol.book.levels(order.side.opposite()) {
        if !crosses(order.side, price, level.price) {
            break;
        }
        left = left.saturating_sub(level.total.0);
        if left == 0 {
            return true;
        }
    }
    false
}

/// What an open order holds for so many lots: quote rounded up for a buyer, base for a seller.
pub(crate) fn hold_of(symbol: &Symbol, order: &Order, lots: Lots) -> Amount {
    match order.side {
        Side::Buy => symbol.scale.quote(order.price, lots, Rounding::Up),
        Side::Sell => symbol.scale.base(lots),
    }
}
