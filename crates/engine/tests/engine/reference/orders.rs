//! Orders: what is asked, what it trades, what becomes of the rest.

use super::{Reference, insufficient, left_of};
use rialto_types::account::FEES;
use rialto_types::command::{CancelAllOrders, CancelOrder, NewOrder, PlaceOrder};
use rialto_types::event::{BookChanged, Fill, OrderCanceled, OrderExpired, OrderPlaced, TradeExecuted};
use rialto_types::{
    AccountId, Amount, Event, ExpiryReason, OrderId, OrderState, OrderStatus, OrderType, PostingReason,
    PreventedMatchId, Price, Quantity, Rejection, SelfTradePrevention, Side, SymbolId, SymbolSpec, TimeInForce,
    TradeId,
};

mod admission;
mod prevention;
mod worth;

use worth::{quantity_of, worth_down, worth_up};

/// An order, and who wants it where.
pub(super) struct Asked {
    pub(super) account: AccountId,
    pub(super) symbol: SymbolId,
    pub(super) order: NewOrder,
}

impl std::ops::Deref for Asked {
    type Target = NewOrder;

    fn deref(&self) -> &NewOrder {
        &self.order
    }
}

/// What an accepted order may trade.
pub(super) struct Accepted {
    pub(super) quantity: i128,
    /// Whether an order by quote amount ends because its amount is used up, not because the book is.
    pub(super) is_amount_used_up: bool,
    pub(super) mode: SelfTradePrevention,
}

impl Reference {
    pub(super) fn place_order(&mut self, command: &PlaceOrder) -> Result<(), Rejection> {
        let command = &Asked { account: command.account, symbol: command.symbol, order: command.order };
        let accepted = self.admit(command)?;
        let symbol = &mut self.symbols[command.symbol.index()];
        symbol.orders_ever += 1;
        let mut order = OrderState {
            order_id: OrderId(symbol.orders_ever),
            symbol: command.symbol,
            account: command.account,
            client_order_id: command.client_order_id,
            side: command.side,
            order_type: command.order_type,
            time_in_force: command.time_in_force,
            price: command.price.unwrap_or(Price::ZERO),
            quantity: quantity_of(accepted.quantity),
            quote_quantity: Amount::from_units(command.quote_quantity.map_or(0, |quote| i128::from(quote.units()))),
            executed: Quantity::ZERO,
            executed_quote: Amount::ZERO,
            self_trade_prevention: accepted.mode,
            prevented: Quantity::ZERO,
            prevented_match_id: PreventedMatchId(0),
            status: OrderStatus::New,
            placed_at_us: self.now_us,
            updated_at_us: self.now_us,
            working_at_us: self.now_us,
            list_id: None,
            terms: None,
            trailing_since_us: 0,
            pegged_price: Price::ZERO,
            working_floor: None,
            expiry_reason: None,
        };
        self.events.push(Event::OrderPlaced(OrderPlaced { order }));
        if order.time_in_force != TimeInForce::FillOrKill || self.tradable(&order) >= left_of(&order) {
            self.trade(&mut order, accepted.is_amount_used_up);
        }
        if order.status == OrderStatus::ExpiredInMatch {
            let reason = ExpiryReason::SelfTradePrevention;
            order.expiry_reason = Some(reason);
            self.events.push(Event::OrderExpired(OrderExpired { order, reason, rejection: None }));
            return Ok(());
        }
        let reason = match (order.order_type, order.time_in_force) {
            (OrderType::Market, _) if left_of(&order) == 0 && accepted.is_amount_used_up => return Ok(()),
            (OrderType::Market, _) => ExpiryReason::NoLiquidity,
            _ if left_of(&order) == 0 => return Ok(()),
            (_, TimeInForce::ImmediateOrCancel) => ExpiryReason::ImmediateOrCancel,
            (_, TimeInForce::FillOrKill) => ExpiryReason::FillOrKill,
            (_, TimeInForce::GoodTillCanceled) => {
                self.rest(order);
                return Ok(());
            }
        };
        order.status = OrderStatus::Expired;
        order.expiry_reason = Some(reason);
        self.events.push(Event::OrderExpired(OrderExpired { order, reason, rejection: None }));
        Ok(())
    }

    /// The orders an order would trade with, in the order in which it would: best price first, then oldest.
    fn matches(&self, order: &OrderState) -> Vec<OrderState> {
        let is_match = |other: &&OrderState| {
            let reaches = match order.side {
                Side::Buy => order.price >= other.price,
                Side::Sell => order.price <= other.price,
            };
            let is_other_side = other.symbol == order.symbol && other.side != order.side;
            is_other_side && (order.order_type == OrderType::Market || reaches)
        };
        let mut matches: Vec<OrderState> = self.orders.iter().filter(is_match).copied().collect();
        // The sort keeps orders of one price in order of arrival.
        match order.side {
            Side::Buy => matches.sort_by_key(|other| other.price),
            Side::Sell => matches.sort_by_key(|other| std::cmp::Reverse(other.price)),
        }
        matches
    }

    /// How much an order would trade before it would meet one that it must not trade with and that stays.
    fn tradable(&self, order: &OrderState) -> i128 {
        let mut tradable = 0;
        for maker in self.matches(order) {
            match self.prevention(order.account, order.self_trade_prevention, &maker) {
                None => tradable += left_of(&maker),
                Some(SelfTradePrevention::ExpireMaker) => {}
                Some(_) => break,
            }
        }
        tradable
    }

    /// Trade as much as there is, and say once for each price what is left there.
    fn trade(&mut self, order: &mut OrderState, is_amount_used_up: bool) {
        let mut price_before = None;
        let by_amount = order.order_type == OrderType::Market && order.quote_quantity != Amount::ZERO;
        for maker in self.matches(order) {
            let prevention = self.prevention(order.account, order.self_trade_prevention, &maker);
            // An order by amount that has money left still meets what gives way to it.
            let gives_way = prevention == Some(SelfTradePrevention::ExpireMaker);
            if left_of(order) == 0 && !(by_amount && !is_amount_used_up && gives_way) {
                break;
            }
            if prevention != Some(SelfTradePrevention::ExpireTaker) {
                if let Some(price) = price_before.filter(|price| *price != maker.price) {
                    self.tell_level(order.symbol, order.side.opposite(), price);
                }
                price_before = Some(maker.price);
            }
            match prevention {
                Some(mode) => self.prevent(order, maker, mode),
                None => self.trade_with(order, maker, is_amount_used_up),
            }
        }
        if let Some(price) = price_before {
            self.tell_level(order.symbol, order.side.opposite(), price);
        }
    }

    fn trade_with(&mut self, taker: &mut OrderState, mut maker: OrderState, is_amount_used_up: bool) {
        let quantity = left_of(taker).min(left_of(&maker));
        let quote = worth_down(maker.price, quantity);
        let held_before = hold_of(&maker);
        for order in [&mut maker, &mut *taker] {
            order.executed = quantity_of(i128::from(order.executed.units()) + quantity);
            order.executed_quote = Amount::from_units(order.executed_quote.units() + quote);
            order.updated_at_us = self.now_us;
            let is_filled = left_of(order) == 0;
            order.status = if is_filled { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
        }
        if !is_amount_used_up && taker.order_type == OrderType::Market && taker.quote_quantity != Amount::ZERO {
            taker.status = OrderStatus::PartiallyFilled;
        }
        self.keep(&maker);
        self.settle(taker, &maker, quantity, quote, held_before - hold_of(&maker));
    }

    /// Put an order that changed in its place, or take it out when nothing of it is left.
    fn keep(&mut self, maker: &OrderState) {
        let position = self.orders.iter().position(|order| is_same(order, maker)).unwrap();
        if left_of(maker) == 0 {
            self.orders.remove(position);
        } else {
            self.orders[position] = *maker;
        }
    }

    /// Say the trade, then move the money: the maker pays from its hold, the taker from what is free; each then gets
    /// its side and pays its commission out of it.
    fn settle(&mut self, taker: &OrderState, maker: &OrderState, quantity: i128, quote: i128, released: i128) {
        let symbol = &mut self.symbols[taker.symbol.index()];
        symbol.trades_ever += 1;
        symbol.last_price = Some(maker.price);
        let (trade_id, spec) = (TradeId(symbol.trades_ever), symbol.spec.clone());
        let gives = |order: &OrderState| if order.side == Side::Buy { quote } else { quantity };
        let gets = |order: &OrderState| if order.side == Side::Buy { quantity } else { quote };
        let fee = |order: &OrderState, rate: rialto_types::Rate| gets(order) * i128::from(rate.units()) / super::ONE;
        let rates = spec.commission.standard;
        let (maker_fee, taker_fee) = (fee(maker, rates.maker), fee(taker, rates.taker));
        let fill = |order: &OrderState, fee: i128| Fill {
            order_id: order.order_id,
            account: order.account,
            executed: order.executed,
            executed_quote: order.executed_quote,
            status: order.status,
            fee: Amount::from_units(fee),
            fee_asset: received(&spec, order.side),
        };
        self.events.push(Event::TradeExecuted(TradeExecuted {
            symbol: taker.symbol,
            trade_id,
            price: maker.price,
            quantity: quantity_of(quantity),
            quote_quantity: Amount::from_units(quote),
            taker_side: taker.side,
            maker: fill(maker, maker_fee),
            taker: fill(taker, taker_fee),
        }));
        let trade = PostingReason::Trade;
        self.change(maker.account, paid(&spec, maker.side), released - gives(maker), -released, trade);
        self.change(taker.account, paid(&spec, taker.side), -gives(taker), 0, trade);
        for (order, fee) in [(maker, maker_fee), (taker, taker_fee)] {
            let asset = received(&spec, order.side);
            self.change(order.account, asset, gets(order), 0, trade);
            if fee != 0 {
                self.change(order.account, asset, -fee, 0, PostingReason::Fee);
                self.change(FEES, asset, fee, 0, PostingReason::Fee);
            }
        }
    }

    fn rest(&mut self, order: OrderState) {
        let asset = paid(&self.symbols[order.symbol.index()].spec, order.side);
        let hold = hold_of(&order);
        self.change(order.account, asset, -hold, hold, PostingReason::OrderHold);
        self.orders.push(order);
        self.tell_level(order.symbol, order.side, order.price);
    }

    /// Say what rests at a price now.
    fn tell_level(&mut self, symbol: SymbolId, side: Side, price: Price) {
        let there = self.orders.iter().filter(|o| (o.symbol, o.side, o.price) == (symbol, side, price));
        let quantity = quantity_of(there.map(left_of).sum());
        let updates = &mut self.symbols[symbol.index()].updates_ever;
        *updates += 1;
        let update_id = *updates;
        self.events.push(Event::BookChanged(BookChanged { symbol, update_id, side, price, quantity }));
    }

    pub(super) fn cancel_order(&mut self, command: &CancelOrder) -> Result<(), Rejection> {
        self.must_know_symbol(command.symbol)?;
        let (id, client_order_id) = (command.order.order_id, command.order.client_order_id);
        if id.is_none() && client_order_id.is_none() {
            return Err(Rejection::InvalidOrder { field: "order_id" });
        }
        let is_meant = |order: &OrderState| {
            let is_own = (order.account, order.symbol) == (command.account, command.symbol);
            let fits_id = id.is_none_or(|id| id == order.order_id);
            is_own && fits_id && client_order_id.is_none_or(|id| id == order.client_order_id)
        };
        let order = self.orders.iter().copied().find(is_meant).ok_or(Rejection::UnknownOrder {})?;
        self.cancel(order);
        Ok(())
    }

    pub(super) fn cancel_all_orders(&mut self, command: &CancelAllOrders) -> Result<(), Rejection> {
        self.must_know_symbol(command.symbol)?;
        let is_meant = |order: &&OrderState| (order.account, order.symbol) == (command.account, command.symbol);
        let orders: Vec<OrderState> = self.orders.iter().filter(is_meant).copied().collect();
        if orders.is_empty() {
            return Err(Rejection::UnknownOrder {});
        }
        orders.into_iter().for_each(|order| self.cancel(order));
        Ok(())
    }

    fn cancel(&mut self, order: OrderState) {
        self.orders.retain(|other| !is_same(other, &order));
        let ended = OrderState { status: OrderStatus::Canceled, updated_at_us: self.now_us, ..order };
        self.events.push(Event::OrderCanceled(OrderCanceled { order: ended }));
        self.tell_level(order.symbol, order.side, order.price);
        let (asset, hold) = (paid(&self.symbols[order.symbol.index()].spec, order.side), hold_of(&order));
        self.change(order.account, asset, hold, -hold, PostingReason::OrderRelease);
    }

    fn must_know_symbol(&self, symbol: SymbolId) -> Result<&SymbolSpec, Rejection> {
        let found = self.symbols.get(symbol.index()).ok_or(Rejection::UnknownSymbol { symbol })?;
        Ok(&found.spec)
    }
}

fn is_same(one: &OrderState, other: &OrderState) -> bool {
    (one.symbol, one.order_id) == (other.symbol, other.order_id)
}

/// What an open order sets aside: a buyer the worth of what is left, rounded up; a seller what is left itself.
fn hold_of(order: &OrderState) -> i128 {
    match order.side {
        Side::Buy => worth_up(order.price, left_of(order)),
        Side::Sell => left_of(order),
    }
}

fn paid(spec: &SymbolSpec, side: Side) -> rialto_types::AssetId {
    if side == Side::Buy { spec.quote } else { spec.base }
}

fn received(spec: &SymbolSpec, side: Side) -> rialto_types::AssetId {
    paid(spec, side.opposite())
}
