//! Open orders: found by id, by client order id, and walked per account and symbol, each in constant time per order.

use crate::prevention::Guard;
use crate::seats::{NONE, Seats};
use rialto_book::OrderSlot;
use rialto_ledger::BalanceSlot;
use rialto_types::index::SlotIndex;
use rialto_types::{
    AccountId, Amount, ClientOrderId, Lots, OrderId, OrderState, OrderStatus, OrderType, PreventedMatchId, Side,
    SymbolId, Ticks, TimeInForce,
};
use slab::Slab;

/// An order while it is being matched or rests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) symbol: SymbolId,
    /// Whose it is, and whom it must not trade with.
    pub(crate) guard: Guard,
    pub(crate) client_order_id: ClientOrderId,
    pub(crate) side: Side,
    pub(crate) order_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    pub(crate) price: Ticks,
    pub(crate) lots: Lots,
    pub(crate) quote_quantity: Amount,
    pub(crate) executed: Lots,
    pub(crate) executed_quote: Amount,
    /// What self-trade prevention took from it, and the last match that did.
    pub(crate) prevented: Lots,
    pub(crate) prevented_match_id: PreventedMatchId,
    pub(crate) placed_at_us: u64,
    pub(crate) updated_at_us: u64,
    /// Its account's seat at its symbol.
    pub(crate) seat: u32,
    /// The balance it pays from, and the one it receives into.
    pub(crate) pays: BalanceSlot,
    pub(crate) receives: BalanceSlot,
}

impl Order {
    fn id_key(&self) -> (SymbolId, OrderId) {
        (self.symbol, self.id)
    }

    /// Unique among open orders: an owner's ids are its own on each symbol.
    fn client_key(&self) -> (AccountId, SymbolId, ClientOrderId) {
        (self.guard.account, self.symbol, self.client_order_id)
    }

    /// What can still trade.
    pub(crate) fn remaining(&self) -> Lots {
        Lots(self.lots.0 - self.executed.0 - self.prevented.0)
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
            account: self.guard.account,
            client_order_id: self.client_order_id,
            side: self.side,
            order_type: self.order_type,
            time_in_force: self.time_in_force,
            price: scale.price(self.price),
            quantity: scale.quantity(self.lots),
            quote_quantity: self.quote_quantity,
            executed: scale.quantity(self.executed),
            executed_quote: self.executed_quote,
            self_trade_prevention: self.guard.mode,
            prevented: scale.quantity(self.prevented),
            prevented_match_id: self.prevented_match_id,
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
    previous: u32,
    next: u32,
}

/// Every open order. A slot is the tag of the order in its book.
#[derive(Default)]
pub(crate) struct OpenOrders {
    orders: Slab<OpenOrder>,
    by_id: SlotIndex,
    by_client_order_id: SlotIndex,
    pub(crate) seats: Seats,
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
    pub(crate) fn find_by_client(&self, account: AccountId, symbol: SymbolId, id: &ClientOrderId) -> Option<u32> {
        self.by_client_order_id.find(&(account, symbol, *id), |slot| self.client_key(slot))
    }

    fn id_key(&self, slot: u32) -> (SymbolId, OrderId) {
        self.get(slot).order.id_key()
    }

    fn client_key(&self, slot: u32) -> (AccountId, SymbolId, ClientOrderId) {
        self.get(slot).order.client_key()
    }

    /// The slot the next inserted order will have, for the book's tag.
    pub(crate) fn next_slot(&self) -> u32 {
        self.orders.vacant_key() as u32
    }

    /// Enter an order that rests in its book.
    pub(crate) fn insert(&mut self, order: Order, book_slot: OrderSlot) {
        let seat = self.seats.get_mut(order.seat);
        let open = OpenOrder { order, book_slot, previous: seat.last, next: NONE };
        let slot = self.orders.insert(open) as u32;
        match seat.last {
            NONE => seat.first = slot,
            last => self.orders[last as usize].next = slot,
        }
        seat.last = slot;
        seat.count += 1;
        let orders = &self.orders;
        let at = |slot: u32| &orders[slot as usize].order;
        self.by_id.insert(&order.id_key(), slot, |slot| at(slot).id_key());
        self.by_client_order_id.insert(&order.client_key(), slot, |slot| at(slot).client_key());
    }

    /// Take an order out, already gone from its book.
    pub(crate) fn remove(&mut self, slot: u32) -> OpenOrder {
        let (id_key, client_key) = (self.id_key(slot), self.client_key(slot));
        self.by_id.remove(&id_key, slot);
        self.by_client_order_id.remove(&client_key, slot);
        let open = self.orders.remove(slot as usize);
        let seat = self.seats.get_mut(open.order.seat);
        seat.count -= 1;
        match open.previous {
            NONE => seat.first = open.next,
            previous => self.orders[previous as usize].next = open.next,
        }
        match open.next {
            NONE => seat.last = open.previous,
            next => self.orders[next as usize].previous = open.previous,
        }
        open
    }

    /// The slot of the oldest open order of an account on a symbol.
    pub(crate) fn oldest(&self, account: AccountId, symbol: SymbolId) -> Option<u32> {
        let first = self.seats.get(self.seats.find(account, symbol)?).first;
        (first != NONE).then_some(first)
    }

    /// The open orders of an account on a symbol, oldest first.
    pub(crate) fn on_symbol(&self, account: AccountId, symbol: SymbolId) -> impl Iterator<Item = &Order> {
        self.chain(self.oldest(account, symbol).unwrap_or(NONE))
    }

    /// All open orders of an account: oldest first within a symbol, the symbol first used last first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Order> {
        self.seats.of_account(account).flat_map(|seat| self.chain(seat.first))
    }

    fn chain(&self, first: u32) -> impl Iterator<Item = &Order> {
        let mut next = first;
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
