//! The occupied prices of one side, best first without search.
//!
//! Prices are gathered in pages of 64 neighbouring ticks: a page is one word of bits and 64 level slots. Pages stand
//! in a vector sorted so that the best is last, where the market moves and where a vector grows and shrinks cheaply. A
//! book is dense near its best price, so nearly every access ends in the last pages.

use slab::Slab;

/// How many neighbouring prices share a page, as a power of two.
const PAGE_BITS: u32 = 6;
const PAGE_SLOTS: usize = 1 << PAGE_BITS;

/// How many pages from the best one are looked through before searching by halves.
const NEAR_PAGES: usize = 8;

struct Page {
    occupied: u64,
    levels: [u32; PAGE_SLOTS],
}

/// Maps keys to level slots; the greatest key is the best.
#[derive(Default)]
pub(crate) struct Ladder {
    /// Page numbers in ascending order.
    numbers: Vec<u64>,
    /// Their slots in `pages`, beside `numbers`.
    slots: Vec<u32>,
    /// Emptied pages leave their place to later ones, so that a moving price does not allocate.
    pages: Slab<Page>,
}

impl Ladder {
    /// The level slot of the best key.
    pub(crate) fn best(&self) -> Option<u32> {
        let page = &self.pages[*self.slots.last()? as usize];
        Some(page.levels[page.occupied.ilog2() as usize])
    }

    /// The level slot of a key.
    pub(crate) fn find(&self, key: u64) -> Option<u32> {
        let position = self.position(key >> PAGE_BITS).ok()?;
        let page = &self.pages[self.slots[position] as usize];
        let bit = (key % PAGE_SLOTS as u64) as usize;
        (page.occupied >> bit & 1 == 1).then(|| page.levels[bit])
    }

    /// Enter a level under a key that has none.
    pub(crate) fn insert(&mut self, key: u64, level: u32) {
        let number = key >> PAGE_BITS;
        let position = match self.position(number) {
            Ok(position) => position,
            Err(position) => {
                let page = self.pages.insert(Page { occupied: 0, levels: [0; PAGE_SLOTS] });
                self.numbers.insert(position, number);
                self.slots.insert(position, page as u32);
                position
            }
        };
        let page = &mut self.pages[self.slots[position] as usize];
        let bit = (key % PAGE_SLOTS as u64) as usize;
        debug_assert!(page.occupied >> bit & 1 == 0, "a level entered twice");
        page.occupied |= 1 << bit;
        page.levels[bit] = level;
    }

    /// Take a key out.
    pub(crate) fn remove(&mut self, key: u64) {
        let Ok(position) = self.position(key >> PAGE_BITS) else {
            debug_assert!(false, "removing a level that is not there");
            return;
        };
        let slot = self.slots[position] as usize;
        let page = &mut self.pages[slot];
        page.occupied &= !(1 << (key % PAGE_SLOTS as u64));
        if page.occupied == 0 {
            self.numbers.remove(position);
            self.slots.remove(position);
            self.pages.remove(slot);
        }
    }

    /// Level slots, best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().rev().flat_map(|&slot| {
            let page = &self.pages[slot as usize];
            let mut left = page.occupied;
            std::iter::from_fn(move || {
                let bit = left.checked_ilog2()?;
                left &= !(1 << bit);
                Some(page.levels[bit as usize])
            })
        })
    }

    /// Where a page stands, or where it would.
    fn position(&self, number: u64) -> Result<usize, usize> {
        let near = self.numbers.len().saturating_sub(NEAR_PAGES);
        for position in (near..self.numbers.len()).rev() {
            if self.numbers[position] == number {
                return Ok(position);
            }
            if self.numbers[position] < number {
                return Err(position + 1);
            }
        }
        self.numbers[..near].binary_search(&number)
    }
}
