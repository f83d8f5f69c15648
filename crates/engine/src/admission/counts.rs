//! The filters that look at everything an account has open: how many orders and lists, and how much it holds.

use super::Party;
use crate::engine::Engine;
use crate::seats::Counts;
use crate::symbols::Symbol;
use rialto_types::command::NewOrder;
use rialto_types::{Amount, Lots, OrderType, Rejection, Side};

impl Engine {
    /// Refuse a single order that would be one too many. A market order is never open.
    pub(crate) fn check_single(&self, party: &Party, order: &NewOrder) -> Result<(), Rejection> {
        if order.order_type == OrderType::Market {
            return Ok(());
        }
        self.check_counts(party, Engine::counts_of(order))
    }

    /// MAX_NUM_ORDERS, MAX_NUM_ALGO_ORDERS, MAX_NUM_ICEBERG_ORDERS, those of the exchange, and the same of lists.
    pub(crate) fn check_counts(&self, party: &Party, added: Counts) -> Result<(), Rejection> {
        let spec = &self.symbols[party.symbol.index()].spec;
        let (rules, exchange) = (&spec.rules, &self.limits);
        let seats = &self.open_orders.seats;
        let here = party.seat.map_or(Counts::default(), |seat| seats.get(seat).counts).plus(added);
        let is_over = |count: u32, added: u32, limit: u32| added > 0 && limit > 0 && count > limit;
        if is_over(here.orders, added.orders, spec.open_orders_max) {
            return Err(Rejection::TooManyOrders { limit: spec.open_orders_max });
        }
        if is_over(here.algo_orders, added.algo_orders, rules.algo_orders_max) {
            return Err(Rejection::TooManyAlgoOrders { limit: rules.algo_orders_max });
        }
        if is_over(here.iceberg_orders, added.iceberg_orders, rules.iceberg_orders_max) {
            return Err(Rejection::TooManyIcebergOrders { limit: rules.iceberg_orders_max });
        }
        let all = seats.of_exchange(party.account).plus(added);
        if is_over(all.orders, added.orders, exchange.orders_max) {
            return Err(Rejection::TooManyOrdersOnExchange { limit: exchange.orders_max });
        }
        if is_over(all.algo_orders, added.algo_orders, exchange.algo_orders_max) {
            return Err(Rejection::TooManyAlgoOrdersOnExchange { limit: exchange.algo_orders_max });
        }
        if is_over(all.iceberg_orders, added.iceberg_orders, exchange.iceberg_orders_max) {
            return Err(Rejection::TooManyIcebergOrdersOnExchange { limit: exchange.iceberg_orders_max });
        }
        if is_over(here.lists, added.lists, rules.order_lists_max) {
            return Err(Rejection::TooManyOrderLists { limit: rules.order_lists_max });
        }
        if is_over(all.lists, added.lists, exchange.order_lists_max) {
            return Err(Rejection::TooManyOrderListsOnExchange { limit: exchange.order_lists_max });
        }
        Ok(())
    }

    /// MAX_POSITION: what the account holds, what it is buying, and what it would buy.
    pub(crate) fn check_position(
        &self,
        party: &Party,
        symbol: &Symbol,
        order: &NewOrder,
        lots: Lots,
    ) -> Result<(), Rejection> {
        let limit = symbol.spec.rules.position_max;
        if limit.is_zero() || order.side == Side::Sell {
            return Ok(());
        }
        let balances = &self.ledger.balances;
        let held =
            balances.find(party.account, symbol.spec.base).map_or(Amount::ZERO, |slot| balances.get(slot).total());
        let buying = self.open_orders.on_symbol(party.account, party.symbol).map(|open| &open.order);
        let buying = buying.filter(|order| order.side == Side::Buy).map(|order| symbol.scale.base(order.remaining()));
        let sum = |one: Amount, other: Amount| one.plus(other).expect("positions are bounded");
        let position = buying.fold(sum(held, symbol.scale.base(lots)), sum);
        if position.units() > i128::from(limit.units()) {
            return Err(Rejection::MaxPosition { position, limit });
        }
        Ok(())
    }
}
