//! What a trade does to the balances of its two sides and of the house.
//!
//! The taker pays from what is free, since it was checked to have it; the maker pays from what its order holds. Each
//! side's commission is taken from what it receives, or in the discount asset. Quote amounts are rounded down, holds up,
//! so that a hold always covers what is paid and the difference returns to its owner.

use crate::admission::Demand;
use crate::commissions::{Fee, Reserve, Tariff};
use crate::engine::Engine;
use crate::order::Order;
use crate::scale::Rounding;
use crate::statement::state;
use rialto_book::Resting;
use rialto_types::event::{Fill, TradeExecuted};
use rialto_types::{Amount, Event, Lots, OrderStatus, PostingReason, Price, Role, Side, SymbolId, TradeId};

/// What two sides exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchanged {
    pub(crate) price: Price,
    pub(crate) lots: Lots,
    pub(crate) base: Amount,
    pub(crate) quote: Amount,
}

impl Exchanged {
    pub(crate) fn gives(&self, side: Side) -> Amount {
        match side {
            Side::Buy => self.quote,
            Side::Sell => self.base,
        }
    }

    pub(crate) fn gets(&self, side: Side) -> Amount {
        self.gives(side.opposite())
    }
}

impl Engine {
    /// Trade as much as both orders have: state the trade, move the money, end or reduce the maker.
    pub(crate) fn settle(&mut self, taker: &mut Order, demand: Demand, resting: Resting, events: &mut Vec<Event>) {
        self.part_from_sibling(resting.tag, events);
        let lots = taker.remaining().min(resting.lots);
        let exchanged = self.exchange(taker.symbol, resting, lots);
        let (maker, released) = self.fill_maker(resting, &exchanged);
        taker.fill(&exchanged, self.time_us);
        let stated = events.len();
        let taker_status = match demand {
            Demand::MarketByQuote { is_spent: false, .. } => OrderStatus::PartiallyFilled,
            _ => taker.status(),
        };
        let trade_id = self.symbols[taker.symbol.index()].next_trade_id();
        let fills = (self.fill(&maker, maker.status()), self.fill(taker, taker_status));
        self.state_trade(taker.symbol, trade_id, &exchanged, taker.side, fills, events);
        self.pay_from_hold(&maker, released, exchanged.gives(maker.side), events);
        self.post_to(taker.pays, -exchanged.gives(taker.side), Amount::ZERO, PostingReason::Trade, events);
        let reserve = Reserve::of(taker, &self.symbols[taker.symbol.index()]);
        let maker_fee = self.receive(&maker, Role::Maker, &exchanged, reserve, events);
        let taker_fee = self.receive(taker, Role::Taker, &exchanged, reserve, events);
        if let Event::TradeExecuted(trade) = &mut events[stated] {
            (trade.maker.fee, trade.maker.fee_asset) = (maker_fee.amount, maker_fee.asset);
            (trade.taker.fee, trade.taker.fee_asset) = (taker_fee.amount, taker_fee.asset);
        }
        self.after_trade(taker.symbol, resting, &exchanged, &maker, events);
    }

    /// What so many lots of a resting order are worth.
    pub(crate) fn exchange(&self, symbol: SymbolId, resting: Resting, lots: Lots) -> Exchanged {
        let scale = &self.symbols[symbol.index()].scale;
        Exchanged {
            price: scale.price(resting.price),
            lots,
            base: scale.base(lots),
            quote: scale.quote(resting.price, lots, Rounding::Down),
        }
    }

    /// Reduce a resting order by what it trades. Returns it, and what its hold shrank by.
    pub(crate) fn fill_maker(&mut self, resting: Resting, exchanged: &Exchanged) -> (Order, Amount) {
        let maker = &mut self.open_orders.get_mut(resting.tag).order;
        let symbol = &self.symbols[maker.symbol.index()];
        let hold_before = maker.hold(symbol);
        maker.fill(exchanged, self.time_us);
        let maker = *maker;
        let released = hold_before.minus(maker.hold(symbol)).expect("holds shrink");
        self.reduce_resting(resting, exchanged.lots);
        (maker, released)
    }

    /// Let a maker pay from what its hold shrank by; the rest of that returns to it.
    pub(crate) fn pay_from_hold(&mut self, maker: &Order, released: Amount, gives: Amount, events: &mut Vec<Event>) {
        let change = released.minus(gives).expect("a hold covers its trades");
        self.post_to(maker.pays, change, -released, PostingReason::Trade, events);
    }

    /// Note the price, and end a maker that has nothing left.
    pub(crate) fn after_trade(
        &mut self,
        symbol: SymbolId,
        resting: Resting,
        exchanged: &Exchanged,
        maker: &Order,
        events: &mut Vec<Event>,
    ) {
        self.symbols[symbol.index()].note_trade(resting.price, exchanged.lots, self.time_us);
        self.course.note_price(symbol, resting.price);
        if maker.remaining().0 == 0 {
            self.forget(maker, Some(resting.tag));
            self.leave_list(maker, Some(resting.tag), true, events);
        }
    }

    /// Credit what a side gets, take its commission, and lock what it pays for the pending orders of its list.
    pub(crate) fn receive(
        &mut self,
        order: &Order,
        role: Role,
        exchanged: &Exchanged,
        reserve: Reserve,
        events: &mut Vec<Event>,
    ) -> Fee {
        let gets = exchanged.gets(order.side);
        let pays_others = order.list.is_some_and(|list| self.is_paid_for(list.slot, order));
        let free_before = self.ledger.balances.get(order.receives).free;
        self.post_to(order.receives, gets, Amount::ZERO, PostingReason::Trade, events);
        let tariff = Tariff {
            commissions: &self.commissions,
            assets: &self.assets,
            symbols: &self.symbols,
            pairs: &self.pairs,
            open_orders: &self.open_orders,
            balances: &self.ledger.balances,
        };
        let fee = tariff.fee(order, role, gets, reserve);
        if !fee.amount.is_zero() {
            self.post_to(fee.from, -fee.amount, Amount::ZERO, PostingReason::Fee, events);
            self.post_to(fee.house, fee.amount, Amount::ZERO, PostingReason::Fee, events);
        }
        if pays_others {
            let is_discount_asset = self.commissions.discount == Some(fee.asset);
            let is_spared = reserve.spares(order.receives, free_before, fee.amount);
            let is_deducted = fee.is_of_received && (is_discount_asset || !is_spared);
            let locked = if is_deducted { gets.minus(fee.amount).expect("a part of it") } else { gets };
            self.lock_for_list(order, locked, events);
        }
        fee
    }

    /// What a trade did to an order, but for its commission.
    pub(crate) fn fill(&self, order: &Order, status: OrderStatus) -> Fill {
        let symbol = &self.symbols[order.symbol.index()];
        Fill {
            order_id: order.id,
            account: order.guard.account,
            executed: symbol.scale.quantity(order.executed),
            executed_quote: order.executed_quote,
            status,
            fee: Amount::ZERO,
            fee_asset: crate::commissions::received(symbol, order.side),
        }
    }

    /// State a trade; its commissions are filled in when they are due.
    pub(crate) fn state_trade(
        &self,
        symbol: SymbolId,
        trade_id: TradeId,
        exchanged: &Exchanged,
        taker_side: Side,
        (maker, taker): (Fill, Fill),
        events: &mut Vec<Event>,
    ) {
        let quantity = self.symbols[symbol.index()].scale.quantity(exchanged.lots);
        state(events, || {
            Event::TradeExecuted(TradeExecuted {
                symbol,
                trade_id,
                price: exchanged.price,
                quantity,
                quote_quantity: exchanged.quote,
                taker_side,
                maker,
                taker,
            })
        });
    }
}

impl Order {
    /// Add what it trades to what it has.
    pub(crate) fn fill(&mut self, exchanged: &Exchanged, now_us: u64) {
        self.executed = Lots(self.executed.0 + exchanged.lots.0);
        self.executed_quote = self.executed_quote.plus(exchanged.quote).expect("bounded by supply");
        self.updated_at_us = now_us;
    }
}
