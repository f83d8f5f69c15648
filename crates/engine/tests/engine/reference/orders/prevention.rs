//! Self-trade prevention.

use super::worth::{quantity_of, worth_down};
use super::{Reference, hold_of, left_of, paid, received};
use rialto_types::event::{MatchPrevented, OrderExpired, Prevention};
use rialto_types::{
    AccountId, Event, ExpiryReason, OrderState, OrderStatus, PostingReason, PreventedMatchId, SelfTradePrevention, Side,
};

impl Reference {
    /// What the exchange does instead of letting an order of an account trade with a resting one, if they may not.
    pub(super) fn prevention(
        &self,
        account: AccountId,
        mode: SelfTradePrevention,
        maker: &OrderState,
    ) -> Option<SelfTradePrevention> {
        let group = |account| self.trade_groups.get(&account).copied().flatten();
        let is_same_group = group(account).is_some() && group(account) == group(maker.account);
        if mode == SelfTradePrevention::None || (account != maker.account && !is_same_group) {
            return None;
        }
        let is_one_sided = maker.self_trade_prevention != SelfTradePrevention::Transfer;
        let becomes_decrement = mode == SelfTradePrevention::Transfer && is_one_sided;
        Some(if becomes_decrement { SelfTradePrevention::Decrement } else { mode })
    }

    /// Take what the mode takes from both orders; an order with nothing left has ended.
    pub(super) fn prevent(&mut self, taker: &mut OrderState, mut maker: OrderState, mode: SelfTradePrevention) {
        use SelfTradePrevention::*;
        let matched = left_of(taker).min(left_of(&maker));
        let from_maker = match mode {
            None | ExpireTaker => 0,
            ExpireMaker | ExpireBoth => left_of(&maker),
            Decrement | Transfer => matched,
        };
        let from_taker = match mode {
            None | ExpireMaker => 0,
            ExpireTaker | ExpireBoth => left_of(taker),
            Decrement | Transfer => matched,
        };
        let symbol = &mut self.symbols[taker.symbol.index()];
        symbol.preventions_ever += 1;
        let (id, spec) = (PreventedMatchId(symbol.preventions_ever), symbol.spec.clone());
        let held_before = hold_of(&maker);
        for (order, quantity) in [(&mut maker, from_maker), (&mut *taker, from_taker)] {
            if quantity == 0 {
                continue;
            }
            order.prevented = quantity_of(i128::from(order.prevented.units()) + quantity);
            order.prevented_match_id = id;
            order.updated_at_us = self.now_us;
            if left_of(order) == 0 {
                order.status = OrderStatus::ExpiredInMatch;
            }
        }
        let said = |order: &OrderState, quantity| Prevention {
            order_id: order.order_id,
            account: order.account,
            quantity: quantity_of(quantity),
            prevented: order.prevented,
        };
        self.events.push(Event::MatchPrevented(MatchPrevented {
            symbol: taker.symbol,
            prevented_match_id: id,
            mode,
            price: maker.price,
            trade_group: self.trade_groups[&taker.account],
            maker: said(&maker, from_maker),
            taker: said(taker, from_taker),
        }));
        self.keep(&maker);
        if from_maker > 0 {
            let released = held_before - hold_of(&maker);
            if released != 0 {
                self.change(maker.account, paid(&spec, maker.side), released, -released, PostingReason::OrderRelease);
            }
        }
        if mode == Transfer && maker.account != taker.account {
            let quote = worth_down(maker.price, matched);
            let gives = |order: &OrderState| if order.side == Side::Buy { quote } else { matched };
            let moved = PostingReason::Transfer;
            self.change(maker.account, paid(&spec, maker.side), -gives(&maker), 0, moved);
            self.change(taker.account, paid(&spec, taker.side), -gives(taker), 0, moved);
            self.change(maker.account, received(&spec, maker.side), gives(taker), 0, moved);
            self.change(taker.account, received(&spec, taker.side), gives(&maker), 0, moved);
        }
        if maker.status == OrderStatus::ExpiredInMatch {
            let reason = ExpiryReason::SelfTradePrevention;
            self.events.push(Event::OrderExpired(OrderExpired {
                order: OrderState { expiry_reason: Some(reason), ..maker },
                reason,
                rejection: Option::None,
            }));
        }
    }
}
