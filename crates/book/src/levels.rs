//! The levels of a book, each in a slot of its own: the orders of one price, oldest first.
//!
//! The last emptied slot is the next filled. Most levels come and go at once, so the same few slots are used again and
//! again while they are in the nearest cache.

/// No level.
const NONE: u32 = u32::MAX;

/// The orders of one price.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub(crate) total: u64,
    pub(crate) first: u32,
    /// The newest order, or of an empty slot the next empty one.
    pub(crate) last: u32,
    /// Where its ladder holds it.
    pub(crate) place: u32,
}

/// Levels by slot.
pub(crate) struct Levels {
    slots: Vec<Level>,
    free: u32,
}

impl Default for Levels {
    fn default() -> Self {
        Self { slots: Vec::new(), free: NONE }
    }
}

impl Levels {
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> &Level {
        &self.slots[slot as usize]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut Level {
        &mut self.slots[slot as usize]
    }

    /// Enter a level without orders; returns its slot.
    #[inline]
    pub(crate) fn insert(&mut self, place: u32) -> u32 {
        let level = Level { total: 0, first: crate::orders::NONE, last: crate::orders::NONE, place };
        let slot = self.free;
        if slot == NONE {
            return self.push(level);
        }
        let free = &mut self.slots[slot as usize];
        self.free = free.last;
        *free = level;
        slot
    }

    #[cold]
    fn push(&mut self, level: Level) -> u32 {
        self.slots.push(level);
        self.slots.len() as u32 - 1
    }

    /// Free a slot.
    #[inline]
    pub(crate) fn remove(&mut self, slot: u32) {
        self.slots[slot as usize].last = self.free;
        self.free = slot;
    }
}
