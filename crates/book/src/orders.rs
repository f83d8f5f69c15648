//! The resting orders of a book, each in a slot of its own.
//!
//! Emptied slots leave their place to later orders, the last emptied first, so that a busy book stays where the cache
//! is warm. Slot zero stands for none: it exists, so that unlinking writes to it instead of asking whether a neighbour
//! is there.

use rialto_types::Ticks;

/// No order.
pub(crate) const NONE: u32 = 0;

/// Half a cache line, so that no order lies across two.
#[repr(C, align(32))]
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub(crate) lots: u64,
    pub(crate) price: Ticks,
    /// The slot of its level, and the side in the lowest bit.
    pub(crate) level: u32,
    pub(crate) previous: u32,
    /// The order behind, or the next free slot.
    pub(crate) next: u32,
    pub(crate) tag: u32,
}

const EMPTY: Order = Order { lots: 0, price: Ticks(0), level: 0, previous: NONE, next: NONE, tag: 0 };

/// Orders by slot.
#[derive(Default)]
pub(crate) struct Orders {
    slots: Vec<Order>,
    free: u32,
    len: usize,
}

impl Orders {
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> &Order {
        &self.slots[slot as usize]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut Order {
        &mut self.slots[slot as usize]
    }

    /// Enter an order; returns its slot.
    #[inline]
    pub(crate) fn insert(&mut self, order: Order) -> u32 {
        self.len += 1;
        let slot = self.free;
        if slot == NONE {
            return self.push(order);
        }
        let place = &mut self.slots[slot as usize];
        self.free = place.next;
        *place = order;
        slot
    }

    #[cold]
    fn push(&mut self, order: Order) -> u32 {
        if self.slots.is_empty() {
            self.slots.push(EMPTY);
        }
        self.slots.push(order);
        self.slots.len() as u32 - 1
    }

    /// Free a slot.
    #[inline]
    pub(crate) fn remove(&mut self, slot: u32) {
        let order = &mut self.slots[slot as usize];
        debug_assert!(order.lots > 0, "removing an order that is not there");
        order.lots = 0;
        order.next = self.free;
        self.free = slot;
        self.len -= 1;
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }
}
