//! Open orders: found by id, by client order id, and walked per account and symbol, each in constant time per order.

use crate::order::Order;
use crate::seats::{NONE, Seats};
use crate::triggers::Waiting;
use rialto_book::OrderSlot;
use rialto_types::index::{KeyHash, SlotIndex};
use rialto_types::{AccountId, ClientOrderId, OrderId, SymbolId};
use slab::Slab;

/// Where an open order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It rests in its book.
    Book(OrderSlot),
    /// It waits for the market.
    Waiting(Waiting),
    /// Neither: the working order of its list is not filled yet, or it is being matched.
    Aside,
}

/// An open order with its place and its neighbours in age: four cache lines, none of them shared.
#[repr(align(64))]
pub(crate) struct OpenOrder {
    pub(crate) order: Order,
    pub(crate) place: Place,
    previous: u32,
    next: u32,
    /// Of its owner's name for it, which is long to hash again.
    client_key_hash: KeyHash,
}

/// An exchange's ids are given out in sequence on each symbol.
fn id_hash((symbol, id): (SymbolId, OrderId)) -> KeyHash {
    KeyHash::in_sequence(symbol.0, id.0)
}

const _: () = assert!(size_of::<OpenOrder>() == 256, "an open order fills its cache lines");

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
        self.by_id.find_hashed(id_hash((symbol, id)), |slot| self.get(slot).order.id_key() == (symbol, id))
    }

    /// By the owner's id.
    pub(crate) fn find_by_client(&self, account: AccountId, symbol: SymbolId, id: &ClientOrderId) -> Option<u32> {
        self.by_client_order_id.find(&(account, symbol, id), |slot| self.client_key(slot))
    }

    fn client_key(&self, slot: u32) -> (AccountId, SymbolId, &ClientOrderId) {
        self.get(slot).order.client_key()
    }

    /// The slot the next inserted order will have, for the book's tag.
    pub(crate) fn next_slot(&self) -> u32 {
        self.orders.vacant_key() as u32
    }

    /// Enter an order; returns its slot.
    pub(crate) fn insert(&mut self, order: &Order, place: Place) -> u32 {
        self.seats.count(order, 1);
        let seat = self.seats.get_mut(order.seat);
        let client_key_hash = KeyHash::of(&order.client_key());
        let open = OpenOrder { order: *order, place, previous: seat.last, next: NONE, client_key_hash };
        let slot = self.orders.insert(open) as u32;
        match seat.last {
            NONE => seat.first = slot,
            last => self.orders[last as usize].next = slot,
        }
        seat.last = slot;
        let orders = &self.orders;
        let at = |slot: u32| &orders[slot as usize];
        self.by_id.insert_hashed(id_hash(order.id_key()), slot, |slot| id_hash(at(slot).order.id_key()));
        self.by_client_order_id.insert_hashed(client_key_hash, slot, |slot| at(slot).client_key_hash);
        slot
    }

    /// Take an order out, already gone from its place.
    pub(crate) fn remove(&mut self, slot: u32) {
        let open = &self.orders[slot as usize];
        let order = &open.order;
        self.by_id.remove_hashed(id_hash(order.id_key()), slot);
        self.by_client_order_id.remove_hashed(open.client_key_hash, slot);
        self.seats.count(order, -1);
        let (previous, next) = (open.previous, open.next);
        let seat = self.seats.get_mut(order.seat);
        match previous {
            NONE => seat.first = next,
            previous => self.orders[previous as usize].next = next,
        }
        match next {
            NONE => seat.last = previous,
            next => self.orders[next as usize].previous = previous,
        }
        self.orders.remove(slot as usize);
    }

    /// Call an open order something else.
    pub(crate) fn rename(&mut self, slot: u32, client_order_id: ClientOrderId) {
        let open = &mut self.orders[slot as usize];
        self.by_client_order_id.remove_hashed(open.client_key_hash, slot);
        open.order.client_order_id = client_order_id;
        let hash = KeyHash::of(&open.order.client_key());
        open.client_key_hash = hash;
        let orders = &self.orders;
        self.by_client_order_id.insert_hashed(hash, slot, |slot| orders[slot as usize].client_key_hash);
    }

    /// The slot of the oldest open order of an account on a symbol.
    pub(crate) fn oldest(&self, account: AccountId, symbol: SymbolId) -> Option<u32> {
        let first = self.seats.get(self.seats.find(account, symbol)?).first;
        (first != NONE).then_some(first)
    }

    /// The open orders of a seat, oldest first.
    pub(crate) fn on_seat(&self, seat: u32) -> impl Iterator<Item = &OpenOrder> {
        self.chain(self.seats.get(seat).first)
    }

    /// The open orders of an account on a symbol, oldest first.
    pub(crate) fn on_symbol(&self, account: AccountId, symbol: SymbolId) -> impl Iterator<Item = &OpenOrder> {
        self.chain(self.oldest(account, symbol).unwrap_or(NONE))
    }

    /// All open orders of an account: oldest first within a symbol, the symbol first used last first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &OpenOrder> {
        self.seats.of_account(account).flat_map(|seat| self.chain(seat.first))
    }

    fn chain(&self, first: u32) -> impl Iterator<Item = &OpenOrder> {
        let mut next = first;
        std::iter::from_fn(move || {
            let open = self.orders.get(next as usize)?;
            next = open.next;
            Some(open)
        })
    }

    /// Every open order, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &OpenOrder> {
        self.orders.iter().map(|(_, open)| open)
    }

    /// How many orders are open.
    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }
}
