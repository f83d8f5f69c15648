//! How many orders and lists an account may have open.

use super::{Asked, Order, Reference};
use rialto_types::{AccountId, OrderType, Rejection, SymbolId};

type Checked = Result<(), Rejection>;

fn is_shown_in_parts(order: &Order) -> bool {
    order.iceberg().is_some()
}

fn is_algo(order: &Order) -> bool {
    order.state.order_type.is_contingent()
}

impl Reference {
    /// The limits of the symbol, then those of the exchange, for orders that come together.
    pub(super) fn check_counts(&self, account: AccountId, symbol: SymbolId, asked: &[Asked], in_list: bool) -> Checked {
        let counted: Vec<&Asked> = asked.iter().filter(|a| in_list || a.order_type != OrderType::Market).collect();
        let orders = counted.len();
        let algos = counted.iter().filter(|asked| asked.order_type.is_contingent()).count();
        let icebergs = counted.iter().filter(|asked| asked.iceberg().is_some()).count();
        let spec = self.spec(symbol);
        let own = |order: &&Order| order.state.account == account;
        let here = |order: &&Order| own(order) && order.state.symbol == symbol;
        let exceeds = |open: usize, more: usize, limit: u32| more > 0 && open + more > limit as usize;
        let on_symbol = |kind: fn(&Order) -> bool| self.orders.iter().filter(here).filter(|o| kind(o)).count();
        let on_exchange = |kind: fn(&Order) -> bool| self.orders.iter().filter(own).filter(|o| kind(o)).count();
        let limit = spec.open_orders_max;
        if exceeds(on_symbol(|_| true), orders, limit) {
            return Err(Rejection::TooManyOrders { limit });
        }
        let limit = spec.rules.algo_orders_max;
        if limit > 0 && exceeds(on_symbol(is_algo), algos, limit) {
            return Err(Rejection::TooManyAlgoOrders { limit });
        }
        let limit = spec.rules.iceberg_orders_max;
        if limit > 0 && exceeds(on_symbol(is_shown_in_parts), icebergs, limit) {
            return Err(Rejection::TooManyIcebergOrders { limit });
        }
        let limit = self.limits.orders_max;
        if limit > 0 && exceeds(on_exchange(|_| true), orders, limit) {
            return Err(Rejection::TooManyOrdersOnExchange { limit });
        }
        let limit = self.limits.algo_orders_max;
        if limit > 0 && exceeds(on_exchange(is_algo), algos, limit) {
            return Err(Rejection::TooManyAlgoOrdersOnExchange { limit });
        }
        let limit = self.limits.iceberg_orders_max;
        if limit > 0 && exceeds(on_exchange(is_shown_in_parts), icebergs, limit) {
            return Err(Rejection::TooManyIcebergOrdersOnExchange { limit });
        }
        Ok(())
    }

    pub(super) fn check_list_counts(&self, account: AccountId, symbol: SymbolId) -> Checked {
        let own = self.lists.iter().filter(|list| list.state.account == account);
        let (on_exchange, here) = (own.clone().count(), own.filter(|list| list.state.symbol == symbol).count());
        let limit = self.spec(symbol).rules.order_lists_max;
        if limit > 0 && here >= limit as usize {
            return Err(Rejection::TooManyOrderLists { limit });
        }
        let limit = self.limits.order_lists_max;
        if limit > 0 && on_exchange >= limit as usize {
            return Err(Rejection::TooManyOrderListsOnExchange { limit });
        }
        Ok(())
    }
}
