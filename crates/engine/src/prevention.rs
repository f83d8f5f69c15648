//! Self-trade prevention: what happens to two orders that would trade and must not.
//!
//! Orders of one account must not trade with each other, nor those of accounts in one trade group, unless the incoming
//! order says that it may. A prevented match takes from what the orders can still trade; who has nothing left ends.

use crate::engine::Engine;
use crate::open_orders::Place;
use crate::order::Order;
use crate::scale::Rounding;
use rialto_book::Resting;
use rialto_types::event::{MatchPrevented, OrderExpired, Prevention};
use rialto_types::{
    AccountId, Amount, Event, ExpiryReason, Lots, OrderStatus, PostingReason, SelfTradePrevention, Side, Ticks,
    TradeGroupId,
};

/// Whom an order must not trade with, and what happens instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    pub(crate) account: AccountId,
    pub(crate) trade_group: Option<TradeGroupId>,
    pub(crate) mode: SelfTradePrevention,
}

impl Guard {
    /// What happens instead of a trade with a resting order; `None` when they trade.
    pub(crate) fn against(&self, maker: &Order) -> Option<SelfTradePrevention> {
        let theirs = &maker.guard;
        let is_own =
            self.account == theirs.account || self.trade_group.is_some_and(|group| theirs.trade_group == Some(group));
        match (self.mode, theirs.mode) {
            (SelfTradePrevention::None, _) => None,
            _ if !is_own => None,
            (SelfTradePrevention::Transfer, SelfTradePrevention::Transfer) => Some(SelfTradePrevention::Transfer),
            (SelfTradePrevention::Transfer, _) => Some(SelfTradePrevention::Decrement),
            (mode, _) => Some(mode),
        }
    }

    /// Whether a match with a resting order moves money: it is a trade, or a transfer between two accounts.
    pub(crate) fn settles(&self, maker: &Order) -> bool {
        match self.against(maker) {
            None => true,
            Some(mode) => mode == SelfTradePrevention::Transfer && self.account != maker.guard.account,
        }
    }
}

/// What the resting and the incoming order lose by a mode, of what they would have traded and of all they have left.
fn losses(mode: SelfTradePrevention, matched: Lots, of_maker: Lots, of_taker: Lots) -> (Lots, Lots) {
    match mode {
        SelfTradePrevention::None => (Lots(0), Lots(0)),
        SelfTradePrevention::ExpireTaker => (Lots(0), of_taker),
        SelfTradePrevention::ExpireMaker => (of_maker, Lots(0)),
        SelfTradePrevention::ExpireBoth => (of_maker, of_taker),
        SelfTradePrevention::Decrement | SelfTradePrevention::Transfer => (matched, matched),
    }
}

impl Engine {
    /// Take from both orders what the mode takes, and state it. An incoming order that has nothing left afterwards is
    /// the caller's to end.
    pub(crate) fn prevent(
        &mut self,
        mode: SelfTradePrevention,
        taker: &mut Order,
        resting: Resting,
        events: &mut Vec<Event>,
    ) {
        let matched = taker.remaining().min(resting.lots);
        let whole = self.open_orders.get(resting.tag).order.remaining();
        let (from_maker, from_taker) = losses(mode, matched, whole, taker.remaining());
        if from_maker.0 > 0 {
            self.part_from_sibling(resting.tag, events);
        }
        let maker = &mut self.open_orders.get_mut(resting.tag).order;
        let symbol = &mut self.symbols[maker.symbol.index()];
        let id = symbol.next_prevented_match_id();
        let hold_before = maker.hold(symbol);
        for (order, lots) in [(&mut *maker, from_maker), (&mut *taker, from_taker)] {
            if lots.0 > 0 {
                order.prevented = Lots(order.prevented.0 + lots.0);
                order.prevented_match_id = id;
                order.updated_at_us = self.time_us;
            }
        }
        let maker = *maker;
        let prevention = |order: &Order, lots| Prevention {
            order_id: order.id,
            account: order.guard.account,
            quantity: symbol.scale.quantity(lots),
            prevented: symbol.scale.quantity(order.prevented),
        };
        events.push(Event::MatchPrevented(MatchPrevented {
            symbol: symbol.id,
            prevented_match_id: id,
            mode,
            taker_symbol: taker.symbol,
            price: symbol.scale.price(resting.price),
            quantity: symbol.scale.quantity(matched),
            quote_quantity: symbol.scale.quote(resting.price, matched, Rounding::Down),
            trade_group: taker.guard.trade_group,
            maker: prevention(&maker, from_maker),
            taker: prevention(taker, from_taker),
        }));
        if from_maker.0 > 0 {
            let released = hold_before.minus(maker.hold(symbol)).expect("holds shrink");
            if maker.remaining().0 == 0 {
                symbol.book.remove(resting.slot);
            } else {
                self.reduce_resting(resting, from_maker);
            }
            if !released.is_zero() {
                self.post_to(maker.pays, released, -released, PostingReason::OrderRelease, events);
            }
        }
        if taker.guard.settles(&maker) {
            self.transfer(&maker, taker, resting.price, matched, events);
        }
        if maker.remaining().0 == 0 {
            let reason = ExpiryReason::SelfTradePrevention;
            let symbol = &self.symbols[maker.symbol.index()];
            let order = maker.expired(symbol, OrderStatus::ExpiredInMatch, reason);
            events.push(Event::OrderExpired(OrderExpired { order, reason, rejection: None }));
            debug_assert!(matches!(self.open_orders.get(resting.tag).place, Place::Book(_)));
            self.forget(&maker, Some(resting.tag));
            self.leave_list(&maker, Some(resting.tag), false, events);
        }
    }

    /// Let what would have traded change hands, free of commission. The maker pays from what its hold just released,
    /// the taker from what it was checked to have.
    fn transfer(&mut self, maker: &Order, taker: &Order, price: Ticks, lots: Lots, events: &mut Vec<Event>) {
        let scale = &self.symbols[maker.symbol.index()].scale;
        let (base, quote) = (scale.base(lots), scale.quote(price, lots, Rounding::Down));
        let (maker_gives, taker_gives) = match maker.side {
            Side::Buy => (quote, base),
            Side::Sell => (base, quote),
        };
        let reason = PostingReason::Transfer;
        self.post_to(maker.pays, -maker_gives, Amount::ZERO, reason, events);
        self.post_to(taker.pays, -taker_gives, Amount::ZERO, reason, events);
        self.change_quotes(taker, maker.symbol, quote, reason, events);
        self.post_to(maker.receives, taker_gives, Amount::ZERO, reason, events);
        self.post_to(taker.receives, maker_gives, Amount::ZERO, reason, events);
    }
}
