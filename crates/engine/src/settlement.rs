//! What a trade does to the balances of its two sides and of the house.
//!
//! The taker pays from what is free, since it was checked to have it; the maker pays from what its order holds. Each
//! side's commission is taken from what it receives. Quote amounts are rounded down, holds up, so that a hold always
//! covers what is paid and the difference returns to its owner.

use crate::accounts::post;
use crate::admission::Demand;
use crate::matching::hold_of;
use crate::open_orders::{OpenOrders, Order};
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_ledger::{BalanceSlot, Balances};
use rialto_types::event::{Fill, TradeExecuted};
use rialto_types::{Amount, Event, Lots, OrderStatus, PostingReason, Rate, Side, Ticks};

/// One trade to be settled: the maker has already been reduced in the book.
pub(crate) struct Traded {
    /// The maker's slot among the open orders.
    pub(crate) maker: u32,
    pub(crate) price: Ticks,
    pub(crate) lots: Lots,
}

/// The parts of the engine a settlement touches.
pub(crate) struct Settlement<'a> {
    pub(crate) symbol: &'a mut Symbol,
    pub(crate) balances: &'a mut Balances,
    pub(crate) open_orders: &'a mut OpenOrders,
    pub(crate) base_fees: BalanceSlot,
    pub(crate) quote_fees: BalanceSlot,
    pub(crate) time_us: u64,
}

/// What one side gives and gets.
struct Exchange {
    gives: Amount,
    gets: Amount,
    fee: Amount,
}

impl Settlement<'_> {
    /// Move the money, update both orders, and state the trade followed by its postings.
    pub(crate) fn settle(&mut self, taker: &mut Order, demand: Demand, traded: Traded, events: &mut Vec<Event>) {
        let Traded { maker: maker_slot, price, lots } = traded;
        let quote = self.symbol.scale.quote(price, lots, Rounding::Down);
        let base = self.symbol.scale.base(lots);
        let maker = &mut self.open_orders.get_mut(maker_slot).order;
        let hold_before = hold_of(self.symbol, maker, maker.remaining());
        for order in [&mut *maker, &mut *taker] {
            order.executed = Lots(order.executed.0 + lots.0);
            order.executed_quote = order.executed_quote.plus(quote).expect("bounded by supply");
            order.updated_at_us = self.time_us;
        }
        let maker = *maker;
        let hold_released = hold_before.minus(hold_of(self.symbol, &maker, maker.remaining())).expect("holds shrink");
        let maker_exchange = exchange(maker.side, base, quote, self.symbol.spec.maker_fee);
        let taker_exchange = exchange(taker.side, base, quote, self.symbol.spec.taker_fee);

        self.state_trade(&maker, taker, demand, &traded, (maker_exchange.fee, taker_exchange.fee), quote, events);
        let change = hold_released.minus(maker_exchange.gives).expect("a hold covers its trades");
        post(self.balances, maker.pays, change, -hold_released, PostingReason::Trade, events);
        post(self.balances, taker.pays, -taker_exchange.gives, Amount::ZERO, PostingReason::Trade, events);
        self.receive(&maker, &maker_exchange, events);
        self.receive(taker, &taker_exchange, events);
        if maker.remaining().0 == 0 {
            self.open_orders.remove(maker_slot);
        }
        self.symbol.last_price = self.symbol.scale.price(price);
    }

    /// Credit what a side gets, then take its commission.
    fn receive(&mut self, order: &Order, exchange: &Exchange, events: &mut Vec<Event>) {
        post(self.balances, order.receives, exchange.gets, Amount::ZERO, PostingReason::Trade, events);
        if !exchange.fee.is_zero() {
            let house = match order.side {
                Side::Buy => self.base_fees,
                Side::Sell => self.quote_fees,
            };
            post(self.balances, order.receives, -exchange.fee, Amount::ZERO, PostingReason::Fee, events);
            post(self.balances, house, exchange.fee, Amount::ZERO, PostingReason::Fee, events);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the facts of one trade, used once")]
    fn state_trade(
        &mut self,
        maker: &Order,
        taker: &Order,
        demand: Demand,
        traded: &Traded,
        (maker_fee, taker_fee): (Amount, Amount),
        quote: Amount,
        events: &mut Vec<Event>,
    ) {
        let fill = |order: &Order, fee, status| Fill {
            order_id: order.id,
            account: order.guard.account,
            executed: self.symbol.scale.quantity(order.executed),
            executed_quote: order.executed_quote,
            status,
            fee,
            fee_asset: match order.side {
                Side::Buy => self.symbol.spec.base,
                Side::Sell => self.symbol.spec.quote,
            },
        };
        let taker_status = match demand {
            Demand::MarketByQuote { is_spent: false, .. } => OrderStatus::PartiallyFilled,
            _ => taker.status(),
        };
        let (maker_fill, taker_fill) = (fill(maker, maker_fee, maker.status()), fill(taker, taker_fee, taker_status));
        events.push(Event::TradeExecuted(TradeExecuted {
            trade_id: self.symbol.next_trade_id(),
            symbol: self.symbol.id,
            price: self.symbol.scale.price(traded.price),
            quantity: self.symbol.scale.quantity(traded.lots),
            quote_quantity: quote,
            taker_side: taker.side,
            maker: maker_fill,
            taker: taker_fill,
        }));
    }
}

fn exchange(side: Side, base: Amount, quote: Amount, fee: Rate) -> Exchange {
    let (gives, gets) = match side {
        Side::Buy => (quote, base),
        Side::Sell => (base, quote),
    };
    Exchange { gives, gets, fee: fee.of(gets) }
}
