//! Self-trade prevention.

use super::liquidity::Seeker;
use super::{Id, Order, Reference, paid, quantity_of, received, units_of, worth_down};
use rialto_types::account::TREASURY;
use rialto_types::event::{MatchPrevented, Prevention};
use rialto_types::{
    Amount, Event, ExpiryReason, OrderStatus, PostingReason, PreventedMatchId, SelfTradePrevention, Side,
};

impl Reference {
    /// What the exchange does instead of letting an order trade with a resting one, if they may not.
    pub(super) fn prevention(&self, seeker: &Seeker, maker: &Order) -> Option<SelfTradePrevention> {
        let (account, mode) = (seeker.account, seeker.mode);
        let group = |account| self.trade_groups.get(&account).copied().flatten();
        let is_same_group = group(account).is_some() && group(account) == group(maker.state.account);
        if mode == SelfTradePrevention::None || (account != maker.state.account && !is_same_group) {
            return None;
        }
        let is_one_sided = maker.state.self_trade_prevention != SelfTradePrevention::Transfer;
        let becomes_decrement = mode == SelfTradePrevention::Transfer && is_one_sided;
        Some(if becomes_decrement { SelfTradePrevention::Decrement } else { mode })
    }

    /// Take what the mode takes from both orders; an order with nothing left has ended.
    pub(super) fn prevent(&mut self, taker_id: Id, maker_id: Id, mode: SelfTradePrevention) {
        use SelfTradePrevention::*;
        let (taker, maker) = (self.order(taker_id), self.order(maker_id));
        let (price, matched) = (maker.limit().unwrap(), taker.left().min(maker.shown));
        let from_maker = match mode {
            None | ExpireTaker => 0,
            ExpireMaker | ExpireBoth => maker.left(),
            Decrement | Transfer => matched,
        };
        let from_taker = match mode {
            None | ExpireMaker => 0,
            ExpireTaker | ExpireBoth => taker.left(),
            Decrement | Transfer => matched,
        };
        if from_maker > 0 {
            self.end_pair_of(maker_id);
        }
        let symbol = &mut self.symbols[maker_id.0.index()];
        symbol.preventions_ever += 1;
        let (id, spec) = (PreventedMatchId(symbol.preventions_ever), symbol.spec.clone());
        for (order_id, quantity) in [(maker_id, from_maker), (taker_id, from_taker)] {
            self.take_from(order_id, quantity, id);
        }
        let (taker, maker) = (self.order(taker_id).state, self.order(maker_id).state);
        let said = |order: &rialto_types::OrderState, quantity| Prevention {
            order_id: order.order_id,
            account: order.account,
            quantity: quantity_of(quantity),
            prevented: order.prevented,
        };
        self.events.push(Event::MatchPrevented(MatchPrevented {
            symbol: maker_id.0,
            prevented_match_id: id,
            mode,
            taker_symbol: taker.symbol,
            price,
            quantity: quantity_of(matched),
            quote_quantity: Amount::from_units(worth_down(price, matched)),
            trade_group: self.trade_groups[&taker.account],
            maker: said(&maker, from_maker),
            taker: said(&taker, from_taker),
        }));
        if from_maker > 0 {
            let order = self.order_mut(maker_id);
            let released = order.hold - order.need();
            order.hold -= released;
            self.show_next(maker_id, if mode == ExpireMaker || mode == ExpireBoth { 0 } else { from_maker });
            self.lock(maker.account, paid(&spec, maker.side), -released);
        }
        if mode == Transfer && maker.account != taker.account {
            let (own, quote) = (self.spec(taker.symbol).clone(), worth_down(price, matched));
            let gives = |side: Side| if side == Side::Buy { quote } else { matched };
            let moved = PostingReason::Transfer;
            self.change(maker.account, paid(&spec, maker.side), -gives(maker.side), 0, moved);
            self.change(taker.account, paid(&own, taker.side), -gives(taker.side), 0, moved);
            for (asset, change) in self.treasury_changes(&taker, maker.symbol, quote) {
                self.change(TREASURY, asset, change, 0, moved);
            }
            self.change(maker.account, received(&spec, maker.side), gives(taker.side), 0, moved);
            self.change(taker.account, received(&own, taker.side), gives(maker.side), 0, moved);
        }
        if maker.status == OrderStatus::ExpiredInMatch {
            // Its level is said with the others that the incoming order changed.
            self.order_mut(maker_id).place = super::Place::Moving;
            self.expire(maker_id, ExpiryReason::SelfTradePrevention, Option::None);
        }
    }

    fn take_from(&mut self, order_id: Id, quantity: i128, id: PreventedMatchId) {
        if quantity == 0 {
            return;
        }
        let now_us = self.now_us;
        let state = &mut self.order_mut(order_id).state;
        state.prevented = quantity_of(units_of(state.prevented) + quantity);
        state.prevented_match_id = id;
        state.updated_at_us = now_us;
        if super::left_of(state) == 0 {
            state.status = OrderStatus::ExpiredInMatch;
        }
    }
}
