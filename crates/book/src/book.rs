//! The book: two ladders of levels, each level a queue of orders.

use crate::ladder::Ladder;
use rialto_types::{Lots, Side, Ticks};
use slab::Slab;

/// Where an order stands in its book. Valid until the order is removed or filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSlot(u32);

/// A resting order as the engine sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Where it stands.
    pub slot: OrderSlot,
    /// Its price.
    pub price: Ticks,
    /// What is left of it.
    pub lots: Lots,
    /// The engine's own mark.
    pub tag: u32,
}

/// A level as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelView {
    /// Its price.
    pub price: Ticks,
    /// What rests there.
    pub total: Lots,
    /// How many orders.
    pub orders: u32,
}

const NONE: u32 = u32::MAX;

struct Order {
    lots: u64,
    level: u32,
    previous: u32,
    next: u32,
    tag: u32,
}

struct Level {
    price: Ticks,
    total: u64,
    side: Side,
    orders: u32,
    first: u32,
    last: u32,
}

/// The resting orders of one symbol.
#[derive(Default)]
pub struct Book {
    bids: Ladder,
    asks: Ladder,
    levels: Slab<Level>,
    orders: Slab<Order>,
}

/// Turn a price into a key whose greatest value is the best of its side.
fn key(side: Side, price: Ticks) -> u64 {
    match side {
        Side::Buy => price.0,
        Side::Sell => !price.0,
    }
}

impl Book {
    fn ladder(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn ladder_mut(&mut self, side: Side) -> &mut Ladder {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn level(&self, side: Side, price: Ticks) -> Option<&Level> {
        self.ladder(side).find(key(side, price)).map(|slot| &self.levels[slot as usize])
    }

    /// The best price of a side.
    pub fn best(&self, side: Side) -> Option<Ticks> {
        self.ladder(side).best().map(|slot| self.levels[slot as usize].price)
    }

    /// The order that trades next: the oldest at the best price.
    pub fn front(&self, side: Side) -> Option<Resting> {
        let level = &self.levels[self.ladder(side).best()? as usize];
        Some(self.resting(level.first))
    }

    /// What rests at a price; zero where nothing does.
    pub fn total_at(&self, side: Side, price: Ticks) -> Lots {
        Lots(self.level(side, price).map_or(0, |level| level.total))
    }

    /// One order.
    pub fn get(&self, slot: OrderSlot) -> Resting {
        self.resting(slot.0)
    }

    fn resting(&self, slot: u32) -> Resting {
        let order = &self.orders[slot as usize];
        let price = self.levels[order.level as usize].price;
        Resting { slot: OrderSlot(slot), price, lots: Lots(order.lots), tag: order.tag }
    }

    /// Let an order rest behind the others of its price. The caller keeps a level's total within 64 bits.
    pub fn add(&mut self, side: Side, price: Ticks, lots: Lots, tag: u32) -> OrderSlot {
        debug_assert!(lots.0 > 0, "an order of nothing");
        let key = key(side, price);
        let level_slot = self.ladder(side).find(key).unwrap_or_else(|| {
            let level = Level { price, total: 0, side, orders: 0, first: NONE, last: NONE };
            let slot = self.levels.insert(level) as u32;
            self.ladder_mut(side).insert(key, slot);
            slot
        });
        let level = &mut self.levels[level_slot as usize];
        let order = Order { lots: lots.0, level: level_slot, previous: level.last, next: NONE, tag };
        let slot = self.orders.insert(order) as u32;
        if level.last == NONE {
            level.first = slot;
        } else {
            self.orders[level.last as usize].next = slot;
        }
        level.last = slot;
        level.orders += 1;
        level.total += lots.0;
        OrderSlot(slot)
    }

    /// Trade part or all of a resting order; it leaves the book when nothing is left. Returns what is left of it.
    pub fn fill(&mut self, slot: OrderSlot, lots: Lots) -> Lots {
        let order = &mut self.orders[slot.0 as usize];
        debug_assert!(lots.0 > 0 && lots.0 <= order.lots, "filling more than is there");
        if order.lots == lots.0 {
            self.remove(slot);
            return Lots(0);
        }
        order.lots -= lots.0;
        let left = order.lots;
        self.levels[order.level as usize].total -= lots.0;
        Lots(left)
    }

    /// Take an order out.
    pub fn remove(&mut self, slot: OrderSlot) {
        let order = self.orders.remove(slot.0 as usize);
        match order.previous {
            NONE => self.levels[order.level as usize].first = order.next,
            previous => self.orders[previous as usize].next = order.next,
        }
        match order.next {
            NONE => self.levels[order.level as usize].last = order.previous,
            next => self.orders[next as usize].previous = order.previous,
        }
        let level = &mut self.levels[order.level as usize];
        level.orders -= 1;
        level.total -= order.lots;
        if level.orders == 0 {
            let (side, price) = (level.side, level.price);
            self.levels.remove(order.level as usize);
            self.ladder_mut(side).remove(key(side, price));
        }
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = LevelView> {
        self.ladder(side).iter().map(|slot| {
            let level = &self.levels[slot as usize];
            LevelView { price: level.price, total: Lots(level.total), orders: level.orders }
        })
    }

    /// The orders of a side in the order in which they would trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Resting> {
        self.ladder(side).iter().flat_map(move |slot| {
            let mut next = self.levels[slot as usize].first;
            std::iter::from_fn(move || {
                let order = self.orders.get(next as usize)?;
                let resting = self.resting(next);
                next = order.next;
                Some(resting)
            })
        })
    }

    /// How many orders rest.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether nothing rests.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Whether a bid could trade with an ask, which must never rest so.
    pub fn is_crossed(&self) -> bool {
        matches!((self.best(Side::Buy), self.best(Side::Sell)), (Some(bid), Some(ask)) if bid >= ask)
    }
}
