//! Placing an order: trade what crosses, then let the rest stand or expire.

use crate::admission::{Admission, Demand, amount_of, crosses};
use crate::engine::Engine;
use crate::liquidity::Liquidity;
use crate::open_orders::Order;
use crate::prevention::PreventedMatch;
use crate::scale::Rounding;
use crate::settlement::{Settlement, Traded};
use crate::symbols::Symbol;
use rialto_book::Resting;
use rialto_types::command::PlaceOrder;
use rialto_types::event::{OrderExpired, OrderPlaced};
use rialto_types::{
    Amount, Event, ExpiryReason, Lots, OrderStatus, PostingReason, PreventedMatchId, Rejection, SelfTradePrevention,
    Side, Ticks, TimeInForce,
};

impl Engine {
    pub(crate) fn place_order(&mut self, command: &PlaceOrder, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let admission = self.admit(command)?;
        let demand = admission.demand;
        let mut order = self.enter(command, admission);
        let symbol = &self.symbols[command.symbol.index()];
        events.push(Event::OrderPlaced(OrderPlaced { order: order.state(&symbol.scale, OrderStatus::New) }));
        let liquidity = Liquidity { symbol, open_orders: &self.open_orders, guard: order.guard, side: order.side };
        let may_trade = match demand {
            Demand::Limit { price, lots } if order.time_in_force == TimeInForce::FillOrKill => {
                liquidity.can_fill(price, lots)
            }
            _ => true,
        };
        let is_prevented = may_trade && self.trade(&mut order, demand, events);
        self.conclude(order, demand, is_prevented, events);
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
            guard: admission.guard,
            client_order_id: command.client_order_id,
            side: command.side,
            order_type: command.order_type,
            time_in_force: command.time_in_force,
            price,
            lots,
            quote_quantity: command.quote_quantity.map_or(Amount::ZERO, amount_of),
            executed: Lots(0),
            executed_quote: Amount::ZERO,
            prevented: Lots(0),
            prevented_match_id: PreventedMatchId::default(),
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

    /// Match with resting orders, best first, as long as price and demand allow. Whether self-trade prevention took the
    /// last of the order.
    fn trade(&mut self, order: &mut Order, demand: Demand, events: &mut Vec<Event>) -> bool {
        let opposite = order.side.opposite();
        let mut touched: Option<Ticks> = None;
        let mut is_prevented = false;
        loop {
            let symbol = &mut self.symbols[order.symbol.index()];
            let next = symbol.book.front(opposite).filter(|resting| reaches(order, demand, resting.price));
            let Some(resting) = next else { break };
            let prevention = order.guard.against(&self.open_orders.get(resting.tag).order);
            if order.remaining().0 == 0 && !looks_on(demand, prevention) {
                break;
            }
            if prevention != Some(SelfTradePrevention::ExpireTaker) {
                if touched.is_some_and(|price| price != resting.price) {
                    touched.iter().for_each(|&price| symbol.state_level(opposite, price, events));
                }
                touched = Some(resting.price);
            }
            let taken_before = order.prevented;
            match prevention {
                Some(mode) => self.prevent(mode, order, resting, events),
                None => self.settle(order, demand, resting, events),
            }
            is_prevented = order.prevented > taken_before && order.remaining().0 == 0;
        }
        if let Some(price) = touched {
            self.symbols[order.symbol.index()].state_level(opposite, price, events);
        }
        is_prevented
    }

    /// Trade as much as both orders have.
    fn settle(&mut self, order: &mut Order, demand: Demand, resting: Resting, events: &mut Vec<Event>) {
        let symbol = &mut self.symbols[order.symbol.index()];
        let lots = order.remaining().min(resting.lots);
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

    fn prevent(&mut self, mode: SelfTradePrevention, order: &mut Order, resting: Resting, events: &mut Vec<Event>) {
        let mut prevented = PreventedMatch {
            symbol: &mut self.symbols[order.symbol.index()],
            balances: &mut self.ledger.balances,
            open_orders: &mut self.open_orders,
            time_us: self.time_us,
        };
        prevented.carry_out(mode, order, resting, events);
    }

    /// Let what is left rest, or end the order.
    fn conclude(&mut self, order: Order, demand: Demand, is_prevented: bool, events: &mut Vec<Event>) {
        let symbol = &self.symbols[order.symbol.index()];
        let (status, reason) = match (demand, order.time_in_force) {
            _ if is_prevented => (OrderStatus::ExpiredInMatch, ExpiryReason::SelfTradePrevention),
            (Demand::MarketByQuote { is_spent: false, .. }, _) => (OrderStatus::Expired, ExpiryReason::NoLiquidity),
            _ if order.remaining().0 == 0 => return,
            (Demand::Market { .. } | Demand::MarketByQuote { .. }, _) => {
                (OrderStatus::Expired, ExpiryReason::NoLiquidity)
            }
            (Demand::Limit { .. }, TimeInForce::ImmediateOrCancel) => {
                (OrderStatus::Expired, ExpiryReason::ImmediateOrCancel)
            }
            (Demand::Limit { .. }, TimeInForce::FillOrKill) => (OrderStatus::Expired, ExpiryReason::FillOrKill),
            (Demand::Limit { price, .. }, TimeInForce::GoodTillCanceled) => {
                self.rest(order, price, events);
                return;
            }
        };
        let state = order.state(&symbol.scale, status);
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

/// Whether an order trades with one resting at a price.
fn reaches(order: &Order, demand: Demand, resting: Ticks) -> bool {
    match demand {
        Demand::Limit { price, .. } => crosses(order.side, price, resting),
        Demand::Market { .. } | Demand::MarketByQuote { .. } => true,
    }
}

/// Whether an order with nothing left to trade goes on all the same: one by quote amount that has money left where the
/// book holds nothing more for it but orders that give way.
fn looks_on(demand: Demand, prevention: Option<SelfTradePrevention>) -> bool {
    let has_budget = matches!(demand, Demand::MarketByQuote { is_spent: false, .. });
    has_budget && prevention == Some(SelfTradePrevention::ExpireMaker)
}

/// What an open order holds for so many lots: quote rounded up for a buyer, base for a seller.
pub(crate) fn hold_of(symbol: &Symbol, order: &Order, lots: Lots) -> Amount {
    match order.side {
        Side::Buy => symbol.scale.quote(order.price, lots, Rounding::Up),
        Side::Sell => symbol.scale.base(lots),
    }
}
