//! An incoming order, or one that starts to work: what it trades, and what becomes of the rest.

use super::liquidity::Seeker;
use super::routing::Venue;
use super::settlement::Deal;
use super::{Id, Place, Reference, quantity_of, units_of, worth_down};
use rialto_types::{Amount, ExpiryReason, OrderStatus, SelfTradePrevention, TimeInForce};

impl Reference {
    /// Match an order and put in its place what is left of it.
    pub(super) fn match_order(&mut self, id: Id) {
        let order = self.order(id);
        let time_in_force = order.state.time_in_force;
        let seeker = self.seeker_of(order);
        let mut is_outside = false;
        if time_in_force != TimeInForce::FillOrKill || self.can_fill(order, &seeker) {
            is_outside = self.trade(id, &seeker);
        }
        self.leave_if_filled(id);
        let Some(order) = self.find(id) else { return };
        if order.state.status == OrderStatus::ExpiredInMatch {
            return self.expire(id, ExpiryReason::SelfTradePrevention, None);
        }
        if is_outside {
            return self.expire(id, ExpiryReason::PriceRange, None);
        }
        let reason = match (order.state.order_type.has_limit(), time_in_force) {
            (false, _) => ExpiryReason::NoLiquidity,
            (true, TimeInForce::ImmediateOrCancel) => ExpiryReason::ImmediateOrCancel,
            (true, TimeInForce::FillOrKill) => ExpiryReason::FillOrKill,
            (true, TimeInForce::GoodTillCanceled) => return self.rest(id),
        };
        self.expire(id, reason, None);
    }

    /// Trade as much as there is, and say once for each price what is left there. Whether the next match would be
    /// outside the price range.
    fn trade(&mut self, id: Id, seeker: &Seeker) -> bool {
        let mut venues: Vec<Venue> = seeker.books.iter().copied().map(Venue::new).collect();
        let mut is_outside = false;
        while let Some(taker) = self.find(id) {
            let Some(maker) = self.next_maker(seeker, taker.left()) else { break };
            let (maker_id, price) = (maker.id(), maker.limit().unwrap());
            let prevention = self.prevention(seeker, maker);
            let (is_done, has_money) = (taker.left() == 0, taker.is_by_amount() && !taker.is_amount_used_up);
            if (is_done && !has_money) || taker.state.status == OrderStatus::ExpiredInMatch {
                break;
            }
            if !seeker.limits.allow(price) {
                is_outside = true;
                break;
            }
            // An order by amount that has money left still meets what gives way to it.
            if is_done && prevention != Some(SelfTradePrevention::ExpireMaker) {
                break;
            }
            let venue = venues.iter_mut().find(|venue| venue.symbol == maker_id.0).unwrap();
            if prevention != Some(SelfTradePrevention::ExpireTaker) {
                if let Some(before) = venue.changed.filter(|changed| *changed != price) {
                    self.tell_level(venue.symbol, seeker.side.opposite(), before);
                }
                venue.changed = Some(price);
            }
            match prevention {
                Some(mode) => self.prevent(id, maker_id, mode),
                None => self.trade_with(id, maker_id, venue),
            }
        }
        for venue in venues {
            if let Some(price) = venue.changed {
                self.tell_level(venue.symbol, seeker.side.opposite(), price);
            }
        }
        is_outside
    }

    fn trade_with(&mut self, taker_id: Id, maker_id: Id, venue: &mut Venue) {
        self.end_pair_of(maker_id);
        let maker = self.order(maker_id);
        let (price, quantity) = (maker.limit().unwrap(), self.order(taker_id).left().min(maker.shown));
        let quote = worth_down(price, quantity);
        let released = self.fill_maker(maker_id, quantity, quote);
        self.fill(taker_id, quantity, quote);
        self.settle(taker_id, maker_id, venue, &Deal { price, quantity, quote, released });
        self.traded.push((venue.symbol, price));
        self.leave_if_filled(maker_id);
    }

    /// What an order has traded, and what it is then.
    pub(super) fn fill(&mut self, id: Id, quantity: i128, quote: i128) {
        let now_us = self.now_us;
        let order = self.order_mut(id);
        let state = &mut order.state;
        state.executed = quantity_of(units_of(state.executed) + quantity);
        state.executed_quote = Amount::from_units(state.executed_quote.units() + quote);
        state.updated_at_us = now_us;
        let is_filled = super::left_of(state) == 0 && order.is_amount_used_up;
        order.state.status = if is_filled { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
    }

    /// The same for an order that rests; what it no longer has to set aside.
    pub(super) fn fill_maker(&mut self, id: Id, quantity: i128, quote: i128) -> i128 {
        self.fill(id, quantity, quote);
        let order = self.order_mut(id);
        let released = order.hold - order.need();
        order.hold -= released;
        self.show_next(id, quantity);
        released
    }

    /// Take a quantity from what is shown; when it is gone, the next part is shown behind the other orders.
    pub(super) fn show_next(&mut self, id: Id, quantity: i128) {
        let entry = self.next_entry();
        let order = self.order_mut(id);
        order.shown -= quantity;
        if order.shown == 0 && order.left() > 0 {
            (order.shown, order.entry) = (order.part(), entry);
        }
    }

    /// A filled order is no longer open.
    pub(super) fn leave_if_filled(&mut self, id: Id) {
        let order = self.order(id);
        if order.state.status != OrderStatus::Filled {
            return;
        }
        debug_assert!(order.place == Place::Book || order.place == Place::Moving);
        let state = order.state;
        self.orders.retain(|order| order.id() != id);
        if self.is_working_order(&state) {
            self.filled.extend(state.list_id);
        }
        self.end_list_if_done(state.list_id);
    }
}
