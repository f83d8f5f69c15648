//! The levels of one side: found by key without search, the best known at all times.
//!
//! Prices are gathered in pages of 64 neighbouring ticks: one word that says which of them have a level, and 64 level
//! slots. Above the pages stands a tree of nodes with 64 children each, as high as the keys in use differ: a few
//! thousand ticks need one or two nodes on the way, and no key needs more than ten. A place is a page and a price in
//! it, and stays valid until its level is taken out.
//!
//! The words stand apart from the slots: to see that a price has no level, or to take one out, a few kilobytes of words
//! are all that is touched, and they stay in the nearest cache.
//!
//! Prices empty and fill again all the time, so an emptied page stays hooked and only its bits are cleared. Once there
//! are too many of them, the tree is made anew without them.

/// How many neighbouring prices share a page, as a power of two.
const PAGE_BITS: u32 = 6;
const PAGE_SLOTS: usize = 1 << PAGE_BITS;

/// How many children a node has, as a power of two.
const FAN_BITS: u32 = 6;
const FAN: usize = 1 << FAN_BITS;

/// How many empty pages may stay beside as many as are in use: 280 kB of them.
const SPARE_PAGES: usize = 1024;

/// No page, node or place.
const NONE: u32 = u32::MAX;

struct Page {
    /// The keys of its prices without their last bits.
    number: u64,
    /// The node above, or of a page that is not in the tree the next such page.
    parent: u32,
}

struct Node {
    /// Which children hold levels.
    occupied: u64,
    parent: u32,
    children: [u32; FAN],
}

/// Maps keys to levels; the greatest key is the best.
pub(crate) struct Ladder {
    /// The place of the best level.
    best: u32,
    /// Its slot.
    best_level: u32,
    /// Its key.
    best_key: u64,
    /// A node, or a page where the height is zero.
    root: u32,
    /// How many nodes stand between the root and a page, the root included.
    height: u32,
    /// What all keys begin with above the bits that the tree tells apart.
    prefix: u64,
    /// Pages with levels.
    in_use: usize,
    /// Of each page, which of its prices have levels.
    occupied: Vec<u64>,
    pages: Vec<Page>,
    /// Of each page, the slots of its levels.
    levels: Vec<[u32; PAGE_SLOTS]>,
    nodes: Vec<Node>,
    /// Pages in the tree.
    hooked: usize,
    /// The first page that is not in the tree.
    free: u32,
}

impl Default for Ladder {
    fn default() -> Self {
        Self {
            best: NONE,
            best_level: NONE,
            best_key: 0,
            root: NONE,
            height: 0,
            prefix: 0,
            in_use: 0,
            occupied: Vec::new(),
            pages: Vec::new(),
            levels: Vec::new(),
            nodes: Vec::new(),
            hooked: 0,
            free: NONE,
        }
    }
}

fn bit_of(number: u64, height: u32) -> usize {
    (number >> (height * FAN_BITS) & (FAN as u64 - 1)) as usize
}

impl Ladder {
    /// The key of the best level.
    #[inline]
    pub(crate) fn best_key(&self) -> Option<u64> {
        (self.best != NONE).then_some(self.best_key)
    }

    /// The slot of the best level.
    #[inline]
    pub(crate) fn best(&self) -> Option<u32> {
        (self.best != NONE).then_some(self.best_level)
    }

    fn level(&self, place: u32) -> u32 {
        self.levels[(place >> PAGE_BITS) as usize][place as usize % PAGE_SLOTS]
    }

    /// The page of a number, or none where it is not in the tree.
    #[inline]
    fn page(&self, number: u64) -> u32 {
        if self.root == NONE || number >> (self.height * FAN_BITS) != self.prefix {
            return NONE;
        }
        let mut at = self.root;
        for height in (0..self.height).rev() {
            at = self.nodes[at as usize].children[bit_of(number, height)];
            if at == NONE {
                return NONE;
            }
        }
        at
    }

    /// The slot of a key's level, where there is one.
    pub(crate) fn find(&self, key: u64) -> Option<u32> {
        let page = self.page(key >> PAGE_BITS);
        let bit = key as usize % PAGE_SLOTS;
        let occupied = *self.occupied.get(page as usize)?;
        (occupied >> bit & 1 == 1).then(|| self.levels[page as usize][bit])
    }

    /// The slot of a key's level; where there is none, one that `new_level` makes for the place it is given.
    #[inline]
    pub(crate) fn find_or_insert(&mut self, key: u64, new_level: impl FnOnce(u32) -> u32) -> u32 {
        let mut page = self.page(key >> PAGE_BITS);
        if page == NONE {
            page = self.add_page(key >> PAGE_BITS);
        }
        let bit = key as usize % PAGE_SLOTS;
        let occupied = &mut self.occupied[page as usize];
        let before = *occupied;
        if before >> bit & 1 == 1 {
            return self.levels[page as usize][bit];
        }
        *occupied = before | 1 << bit;
        self.mark(page, before == 0);
        let place = page << PAGE_BITS | bit as u32;
        let level = new_level(place);
        self.levels[page as usize][bit] = level;
        if self.best == NONE || key > self.best_key {
            (self.best, self.best_level, self.best_key) = (place, level, key);
        }
        level
    }

    /// Note above a page that it holds levels. Whether it already did is not branched on, for nothing foretells it.
    #[inline]
    fn mark(&mut self, page: u32, was_empty: bool) {
        self.in_use += usize::from(was_empty);
        let Page { mut number, parent: mut at } = self.pages[page as usize];
        while at != NONE {
            let node = &mut self.nodes[at as usize];
            let before = node.occupied;
            node.occupied = before | 1 << (number % FAN as u64);
            if before != 0 {
                return;
            }
            number >>= FAN_BITS;
            at = node.parent;
        }
    }

    /// Note above a page whether it still holds levels. Returns the lowest node that does, and how high it stands.
    #[inline]
    fn unmark(&mut self, page: u32, is_empty: bool) -> (u32, u32) {
        self.in_use -= usize::from(is_empty);
        let Page { mut number, parent: mut at } = self.pages[page as usize];
        let mut height = 1;
        while at != NONE {
            let node = &mut self.nodes[at as usize];
            node.occupied &= !(u64::from(is_empty) << (number % FAN as u64));
            if node.occupied != 0 {
                break;
            }
            number >>= FAN_BITS;
            height += 1;
            at = node.parent;
        }
        (at, height)
    }

    /// Make a page, and make the tree anew first where it holds too many empty ones.
    #[cold]
    fn add_page(&mut self, number: u64) -> u32 {
        if self.hooked >= 2 * self.in_use + SPARE_PAGES {
            self.prune();
        }
        let mut page = self.free;
        if page == NONE {
            self.pages.push(Page { number, parent: NONE });
            self.occupied.push(0);
            self.levels.push([NONE; PAGE_SLOTS]);
            page = self.pages.len() as u32 - 1;
        } else {
            self.free = self.pages[page as usize].parent;
        }
        self.hook(page, number);
        page
    }

    /// Make the tree anew of the pages that hold levels. Places stay what they are.
    fn prune(&mut self) {
        self.nodes.clear();
        (self.root, self.free) = (NONE, NONE);
        (self.in_use, self.hooked) = (0, 0);
        for page in 0..self.pages.len() as u32 {
            let number = self.pages[page as usize].number;
            if self.occupied[page as usize] == 0 {
                self.pages[page as usize].parent = self.free;
                self.free = page;
            } else {
                self.hook(page, number);
                self.mark(page, true);
            }
        }
    }

    /// Put a page into the tree, made higher where it does not tell the page from those it holds.
    fn hook(&mut self, page: u32, number: u64) {
        self.hooked += 1;
        self.pages[page as usize].number = number;
        self.pages[page as usize].parent = NONE;
        if self.root == NONE {
            (self.root, self.height, self.prefix) = (page, 0, number);
            return;
        }
        while number >> (self.height * FAN_BITS) != self.prefix {
            self.raise();
        }
        let mut at = self.root;
        for height in (0..self.height).rev() {
            let bit = bit_of(number, height);
            let child = self.nodes[at as usize].children[bit];
            at = match (child, height) {
                (NONE, 0) => {
                    self.nodes[at as usize].children[bit] = page;
                    self.pages[page as usize].parent = at;
                    return;
                }
                (NONE, _) => {
                    let node = self.add_node(at);
                    self.nodes[at as usize].children[bit] = node;
                    node
                }
                (child, _) => child,
            };
        }
    }

    /// Put a node above the root.
    fn raise(&mut self) {
        let node = self.add_node(NONE);
        let is_occupied = match self.height {
            0 => self.occupied[self.root as usize] != 0,
            _ => self.nodes[self.root as usize].occupied != 0,
        };
        match self.height {
            0 => self.pages[self.root as usize].parent = node,
            _ => self.nodes[self.root as usize].parent = node,
        }
        let bit = (self.prefix % FAN as u64) as usize;
        self.nodes[node as usize].children[bit] = self.root;
        self.nodes[node as usize].occupied = u64::from(is_occupied) << bit;
        self.root = node;
        self.height += 1;
        self.prefix >>= FAN_BITS;
    }

    fn add_node(&mut self, parent: u32) -> u32 {
        self.nodes.push(Node { occupied: 0, parent, children: [NONE; FAN] });
        self.nodes.len() as u32 - 1
    }

    /// Take the level at a place out.
    #[inline]
    pub(crate) fn remove(&mut self, place: u32) {
        let page = place >> PAGE_BITS;
        let occupied = &mut self.occupied[page as usize];
        *occupied &= !(1 << (place as usize % PAGE_SLOTS));
        let left = *occupied;
        let (node, height) = self.unmark(page, left == 0);
        if place == self.best {
            self.best = match (left, node) {
                (0, NONE) => NONE,
                (0, node) => self.highest(node, height),
                (left, _) => page << PAGE_BITS | left.ilog2(),
            };
            self.note_best();
        }
    }

    #[inline]
    fn note_best(&mut self) {
        if self.best != NONE {
            self.best_level = self.level(self.best);
            self.best_key = self.key(self.best);
        }
    }

    #[inline]
    fn key(&self, place: u32) -> u64 {
        (self.pages[(place >> PAGE_BITS) as usize].number << PAGE_BITS) | (u64::from(place) % PAGE_SLOTS as u64)
    }

    /// The place of the greatest key under a node that stands so high.
    #[inline]
    fn highest(&self, mut at: u32, height: u32) -> u32 {
        for _ in 0..height {
            let node = &self.nodes[at as usize];
            at = node.children[node.occupied.ilog2() as usize];
        }
        at << PAGE_BITS | self.occupied[at as usize].ilog2()
    }

    /// The place of the greatest key below that of another place.
    fn below(&self, place: u32) -> u32 {
        let page = &self.pages[(place >> PAGE_BITS) as usize];
        let occupied = self.occupied[(place >> PAGE_BITS) as usize];
        let lower = occupied & ((1 << (place as usize % PAGE_SLOTS)) - 1);
        if lower != 0 {
            return (place >> PAGE_BITS) << PAGE_BITS | lower.ilog2();
        }
        let (mut at, mut number, mut height) = (page.parent, page.number, 0);
        while at != NONE {
            let node = &self.nodes[at as usize];
            let lower = node.occupied & ((1 << (number % FAN as u64)) - 1);
            if lower != 0 {
                return self.highest(node.children[lower.ilog2() as usize], height);
            }
            number >>= FAN_BITS;
            height += 1;
            at = node.parent;
        }
        NONE
    }

    /// Keys and slots of levels, best first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        std::iter::successors((self.best != NONE).then_some(self.best), |&place| {
            Some(self.below(place)).filter(|&below| below != NONE)
        })
        .map(|place| (self.key(place), self.level(place)))
    }
}
