//! Open order lists: found by id and by the owner's name, and what becomes of a list as its orders end.

use crate::seats::NONE;
use rialto_ledger::BalanceSlot;
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, require};
use rialto_types::{AccountId, Amount, ClientOrderId, OrderId, OrderListId, OrderListState};
use slab::Slab;

/// A list of which an order is still open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderList {
    pub(crate) state: OrderListState,
    /// Its account's seat at its symbol.
    pub(crate) seat: u32,
    /// The slots of its orders among the open ones, as they were given; [`NONE`] for one that ended.
    pub(crate) slots: [u32; 3],
    /// Whether the pending orders have been placed; so from the start where there are none.
    pub(crate) is_active: bool,
    /// Whether both orders of a pair are open and neither has begun to trade.
    pub(crate) is_pair: bool,
    /// What the list holds, and where.
    pub(crate) held: Amount,
    pub(crate) holds_at: BalanceSlot,
}

impl OrderList {
    /// The slots of its open orders, in list order.
    pub(crate) fn open_orders(&self) -> impl Iterator<Item = u32> + Clone + use<> {
        self.slots.into_iter().filter(|slot| *slot != NONE)
    }

    /// The slots of the open orders that wait for the working one.
    pub(crate) fn pending(&self) -> impl Iterator<Item = u32> + Clone + use<> {
        let is_pending = !self.is_active;
        self.slots.into_iter().skip(1).filter(move |slot| is_pending && *slot != NONE)
    }

    /// The other order of the pair.
    pub(crate) fn sibling(&self, slot: u32) -> Option<u32> {
        let pair = self.is_pair.then(|| {
            let size = self.state.contingency.size();
            [self.slots[size - 2], self.slots[size - 1]]
        })?;
        match pair {
            [above, below] if above == slot => Some(below),
            [above, below] if below == slot => Some(above),
            _ => None,
        }
    }

    /// Write down what its owner calls one of its orders from now on.
    pub(crate) fn rename(&mut self, order: OrderId, client_order_id: ClientOrderId) {
        let (ids, names) = (self.state.orders, &mut self.state.client_order_ids);
        if ids.0 == order {
            names.0 = client_order_id;
        } else if ids.1 == order {
            names.1 = client_order_id;
        } else {
            names.2 = Some(client_order_id);
        }
    }

    /// Note the slot of one of its orders, which is known only once.
    pub(crate) fn seat_order(&mut self, order: OrderId, slot: u32) -> Result<(), StateError> {
        let (first, second, third) = self.state.orders;
        let place = [Some(first), Some(second), third].iter().position(|id| *id == Some(order));
        let known = place.map(|place| &mut self.slots[place]).filter(|known| **known == NONE);
        require(known.is_some(), "an order is not one of its list")?;
        known.into_iter().for_each(|known| *known = slot);
        Ok(())
    }

    /// Strike out an order that ended.
    pub(crate) fn strike(&mut self, slot: u32) {
        for known in self.slots.iter_mut().filter(|known| **known == slot) {
            *known = NONE;
        }
    }
}

/// Every open list.
#[derive(Default)]
pub(crate) struct OrderLists {
    lists: Slab<OrderList>,
    by_id: SlotIndex,
    by_client_order_id: SlotIndex,
    pub(crate) last_id: u64,
}

impl OrderLists {
    pub(crate) fn get(&self, slot: u32) -> &OrderList {
        &self.lists[slot as usize]
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut OrderList {
        &mut self.lists[slot as usize]
    }

    /// Whether a list is open at a slot.
    pub(crate) fn contains(&self, slot: u32) -> bool {
        self.lists.contains(slot as usize)
    }

    /// By the exchange's id.
    pub(crate) fn find(&self, id: OrderListId) -> Option<u32> {
        self.by_id.find(&id, |slot| self.get(slot).state.list_id)
    }

    /// By the owner's id.
    pub(crate) fn find_by_client(&self, account: AccountId, id: &ClientOrderId) -> Option<u32> {
        self.by_client_order_id.find(&(account, *id), |slot| client_key(self.get(slot)))
    }

    /// The slot the next list will have.
    pub(crate) fn next_slot(&self) -> u32 {
        self.lists.vacant_key() as u32
    }

    pub(crate) fn insert(&mut self, list: OrderList) -> u32 {
        let slot = self.lists.insert(list) as u32;
        let lists = &self.lists;
        self.by_id.insert(&list.state.list_id, slot, |slot| lists[slot as usize].state.list_id);
        self.by_client_order_id.insert(&client_key(&list), slot, |slot| client_key(&lists[slot as usize]));
        slot
    }

    pub(crate) fn remove(&mut self, slot: u32) -> OrderList {
        let list = self.lists.remove(slot as usize);
        self.by_id.remove(&list.state.list_id, slot);
        self.by_client_order_id.remove(&client_key(&list), slot);
        list
    }

    /// How many lists are open.
    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }

    /// Every open list, in no order that means anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &OrderList> {
        self.lists.iter().map(|(_, list)| list)
    }
}

/// Unique among open lists: an owner's ids are its own.
fn client_key(list: &OrderList) -> (AccountId, ClientOrderId) {
    (list.state.account, list.state.client_order_id)
}
