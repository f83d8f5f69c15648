//! Open orders: found by id, by client order id, and walked per account and symbol, each in constant time per order.

use rialto_book::OrderSlot;
use rialto_ledger::BalanceSlot;
use rialto_types::index::SlotIndex;
use rialto_types::{
    AccountId, Amount, ClientOrderId, Lots, OrderId, OrderState, OrderStatus, OrderType, Side, SymbolId, Ticks,
    TimeInForce,
};
use slab::Slab;

/// The end of a chain.
const NONE: u32 = u32::MAX;

/// An order while it is being matched or rests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) symbol: SymbolId,
    pub(crate) account: AccountId,
    pub(crate) client_order_id: ClientOrderId,
    pub(crate) side: Side,
    pub(crate) order_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    pub(crate) price: Ticks,
    pub(crate) lots: Lots,
    pub(crate) quote_quantity: Amount,
    pub(crate) executed: Lots,
    pub(crate) executed_quote: Amount,
    pub(crate) placed_at_us: u64,
    pub(crate) updated_at_us: u64,
    /// The balance it pays from, and the one it receives into.
    pub(crate) pays: BalanceSlot,
    pub(crate) receives: BalanceSlot,
}

impl Order {
    /// What has not traded.
    pub(crate) fn remaining(&self) -> Lots {
        Lots(self.lots.0 - self.executed.0)
    }

    /// Where an order is that has not been ended.
    pub(crate) fn status(&self) -> OrderStatus {
        match (self.executed.0, self.remaining().0) {
            (0, _) => OrderStatus::New,
            (_, 0) => OrderStatus::Filled,
            _ => OrderStatus::PartiallyFilled,
        }
    }

    /// What the outside sees.
    pub(crate) fn state(&self, scale: &crate::Scale, status: OrderStatus) -> OrderState {
        OrderState {
            order_id: self.id,
            symbol: self.symbol,
            account: self.account,
            client_order_id: self.client_order_id,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            price: scale.price(self.price),
            quantity: scale.quantity(self.lots),
            quote_quantity: self.quote_quantity,
            executed: scale.quantity(self.executed),
            executed_quote: self.executed_quote,
            status,
            placed_at_us: self.placed_at_us,
            updated_at_us: self.updated_at_us,
        }
    }
}

/// A resting order with its places in book and chains.
pub(crate) struct OpenOrder {
    pub(crate) order: Order,
    pub(crate) book_slot: OrderSlot,
    list: u32,
    previous: u32,
    next: u32,
}

/// The open orders of one account on one symbol, oldest first.
struct List {
    account: AccountId,
    symbol: SymbolId,
    first: u32,
    last: u32,
    count: u32,
    /// The account's next list, in order of first use.
    next_of_account: u32,
}

/// Every open order. A slot is the tag of the order in its book.
#[derive(Default)]
pub(crate) struct OpenOrders {
    orders: Slab<OpenOrder>,
    by_id: SlotIndex,
    by_client_order_id: SlotIndex,
    lists: Vec<List>,
    list_index: SlotIndex,
    /// The first list of each account, by account id.
    first_lists: Vec<u32>,
}

impl OpenOrders {
    pub(crate) fn get(&self, slot: u32) -> &OpenOrder {
        &self.orders[slot as usize]
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut OpenOrder {
        &mut self.orders[slot as usize]
    }

    /// By the exchange's id.
    pub(crate) fn find(&self, symbol: SymbolId, id: OrderId) -> Option<u32> {
        self.by_id.find(&(symbol, id), |slot| self.id_key(slot))
    }

    /// By the owner's id.
    pub(crate) fn find_by_client(&self, account: AccountId, client_order_id: &ClientOrderId) -> Option<u32> {
        self.by_client_order_id.find(&(account, *client_order_id), |slot| self.client_key(slot))
    }

    fn id_key(&self, slot: u32) -> (SymbolId, OrderId) {
        let order = &self.get(slot).order;
        (order.symbol, order.id)
    }

    fn client_key(&self, slot: u32) -> (AccountId, ClientOrderId) {
        let order = &self.get(slot).order;
        (order.account, order.client_order_id)
    }

    /// How many open orders an account has on a symbol.
    pub(crate) fn count(&self, account: AccountId, symbol: SymbolId) -> u32 {
        self.find_list(account, symbol).map_or(0, |list| self.lists[list as usize].count)
    }

    /// The slot the next inserted order will have, for the book's tag.
    pub(crate) fn next_slot(&self) -> u32 {
        self.orders.vacant_key() as u32
    }

    /// Enter an order that rests in its book.
    pub(crate) fn insert(&mut self, order: Order, book_slot: OrderSlot) {
        let list_slot = self.find_or_open_list(order.account, order.symbol);
        let list = &mut self.lists[list_slot as usize];
        let open = OpenOrder { order, book_slot, list: list_slot, previous: list.last, next: NONE };
        let slot = self.orders.insert(open) as u32;
        match list.last {
            NONE => list.first = slot,
            last => self.orders[last as usize].next = slot,
        }
        list.last = slot;
        list.count += 1;
        let orders = &self.orders;
        let at = |slot: u32| &orders[slot as usize].order;
        self.by_id.insert(&(order.symbol, order.id), slot, |slot| (at(slot).symbol, at(slot).id));
        let client_key = (order.account, order.client_order_id);
        self.by_client_order_id.insert(&client_key, slot, |slot| (at(slot).account, at(slot).client_order_id));
    }

    /// Take an order out, already gone from its book.
    pub(crate) fn remove(&mut self, slot: u32) -> OpenOrder {
        let (id_key, client_key) = (self.id_key(slot), self.client_key(slot));
        self.by_id.remove(&id_key, slot);
        self.by_client_order_id.remove(&client_key, slot);
        let open = self.orders.remove(slot as usize);
        let list = &mut self.lists[open.list as usize];
        list.count -= 1;
        match open.previous {
            NONE => list.first = open.next,
            previous => self.orders[previous as usize].next = open.next,
        }
        match open.next {
            NONE => list.last = open.previous,
            next => self.orders[next as usize].previous = open.previous,
        }
        open
    }

    fn find_list(&self, account: AccountId, symbol: SymbolId) -> Option<u32> {
        self.list_index.find(&(account, symbol), |list| self.list_key(list))
    }

    fn list_key(&self, list: u32) -> (AccountId, SymbolId) {
        let list = &self.lists[list as usize];
        (list.account, list.symbol)
    }

    fn find_or_open_list(&mut self, account: AccountId, symbol: SymbolId) -> u32 {
        if let Some(list) = self.find_list(account, symbol) {
            return list;
        }
        if self.first_lists.len() <= account.index() {
            self.first_lists.resize(account.index() + 1, NONE);
        }
        let slot = self.lists.len() as u32;
        let next_of_account = std::mem::replace(&mut self.first_lists[account.index()], slot);
        self.lists.push(List { account, symbol, first: NONE, last: NONE, count: 0, next_of_account });
        let lists = &self.lists;
        let key_of = |list: u32| (lists[list as usize].account, lists[list as usize].symbol);
        self.list_index.insert(&(account, symbol), slot, key_of);
        slot
    }

    /// The slot of the oldest open order of an account on a symbol.
    pub(crate) fn oldest(&self, account: AccountId, symbol: SymbolId) -> Option<u32> {
        let first = self.lists[self.find_list(account, symbol)? as usize].first;
        (first != NONE).then_some(first)
    }

    /// The open orders of an account on a symbol, oldest first.
    pub(crate) fn on_symbol(&self, account: AccountId, symbol: SymbolId) -> impl Iterator<Item = &Order> {
        self.in_list(self.find_list(account, symbol).unwrap_or(NONE))
    }

    /// All open orders of an account: oldest first within a symbol, the symbol used last first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Order> {
        let mut list = self.first_lists.get(account.index()).copied().unwrap_or(NONE);
        let lists = std::iter::from_fn(move || {
            let current = list;
            list = self.lists.get(current as usize)?.next_of_account;
            Some(current)
        });
        lists.flat_map(|list| self.in_list(list))
    }

    fn in_list(&self, list: u32) -> impl Iterator<Item = &Order> {
        let mut next = self.lists.get(list as usize).map_or(NONE, |list| list.first);
        std::iter::from_fn(move || {
            let open = self.orders.get(next as usize)?;
            next = open.next;
            Some(&open.order)
        })
    }

    /// How many orders are open.
    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }
}
