//! Where an order of the contest stands in the book, by the number its client gave it.
//!
//! Clients number their orders densely, so a number below a limit is its own index: one load and no hash. Greater ones
//! are rare and get an index of their own above the limit, through a map. An index is what the book keeps as a tag.
//! Indices are never given back: a run is bounded by its workload.

use rialto_book::OrderSlot;
use std::collections::HashMap;
use std::hint::black_box;

/// Numbers below this are indices themselves.
const DENSE: u64 = 1 << 24;

/// Room made at once for dense numbers, so that a growing table does not stop the first million of orders.
const ROOM: usize = 1 << 21;

/// Every number seen, and where its order rests.
pub(crate) struct Directory {
    slots: Vec<Option<OrderSlot>>,
    sparse: HashMap<u64, u32>,
    sparse_slots: Vec<(u64, Option<OrderSlot>)>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        let mut slots = Vec::with_capacity(ROOM);
        // Hidden from the compiler, which would take zeroed memory that is only mapped when it is used.
        slots.resize(ROOM, black_box(None));
        Self { slots, sparse: HashMap::new(), sparse_slots: Vec::new() }
    }

    /// Where an order rests.
    #[inline]
    pub(crate) fn get(&self, order_id: u64) -> Option<OrderSlot> {
        match self.slots.get(order_id as usize) {
            Some(slot) => *slot,
            None => self.get_sparse(order_id),
        }
    }

    #[cold]
    fn get_sparse(&self, order_id: u64) -> Option<OrderSlot> {
        self.sparse.get(&order_id).and_then(|&index| self.sparse_slots[index as usize].1)
    }

    /// Ask for the memory of a number that will be noted at the end of the same message.
    #[inline]
    pub(crate) fn prefetch(&self, order_id: u64) {
        #[cfg(target_arch = "x86_64")]
        if let Some(slot) = self.slots.get(order_id as usize) {
            use std::arch::x86_64::{_MM_HINT_ET0, _mm_prefetch};
            // SAFETY: a prefetch reads nothing, and the address is that of an element.
            unsafe { _mm_prefetch::<_MM_HINT_ET0>(std::ptr::from_ref(slot).cast()) };
        }
    }

    /// The index of a number, made where there is none.
    #[inline]
    pub(crate) fn index(&mut self, order_id: u64) -> u32 {
        if (order_id as usize) < self.slots.len() { order_id as u32 } else { self.new_index(order_id) }
    }

    #[cold]
    fn new_index(&mut self, order_id: u64) -> u32 {
        if order_id < DENSE {
            self.slots.resize((order_id as usize + 1).next_power_of_two(), None);
            return order_id as u32;
        }
        let next = self.sparse_slots.len() as u32;
        let index = *self.sparse.entry(order_id).or_insert(next);
        if index == next {
            self.sparse_slots.push((order_id, None));
        }
        DENSE as u32 + index
    }

    /// The number behind an index.
    #[inline]
    pub(crate) fn order_id(&self, index: u32) -> u64 {
        let index = u64::from(index);
        if index < DENSE { index } else { self.sparse_slots[(index - DENSE) as usize].0 }
    }

    /// Note where the order of an index rests, or that it does not.
    #[inline]
    pub(crate) fn set(&mut self, index: u32, slot: Option<OrderSlot>) {
        match self.slots.get_mut(index as usize) {
            Some(place) => *place = slot,
            None => self.sparse_slots[(u64::from(index) - DENSE) as usize].1 = slot,
        }
    }
}
