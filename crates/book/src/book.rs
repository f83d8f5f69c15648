//! The book: two ladders of levels, each level a queue of orders.

use crate::ladder::Ladder;
use crate::levels::{Level, Levels};
use crate::orders::{NONE, Order, Orders};
use rialto_types::{Lots, Side, Ticks};
use std::num::NonZeroU32;

/// Where an order stands in its book. Valid until the order is removed or filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSlot(NonZeroU32);

impl OrderSlot {
    #[inline]
    fn new(slot: u32) -> Self {
        Self(NonZeroU32::new(slot).expect("slot zero is never given out"))
    }
}

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

/// An order that was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: Ticks,
    /// What was left of it.
    pub lots: Lots,
    /// What still rests at its price.
    pub level_total: Lots,
}

/// A level as seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelView {
    /// Its price.
    pub price: Ticks,
    /// What rests there.
    pub total: Lots,
}

/// The resting orders of one symbol.
#[derive(Default)]
pub struct Book {
    /// By `Side as usize`.
    ladders: [Ladder; 2],
    levels: Levels,
    orders: Orders,
}

#[inline]
fn index(side: Side) -> u32 {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// The side that is kept beside a level's slot.
#[inline]
fn side_of(level: u32) -> Side {
    if level & 1 == 0 { Side::Buy } else { Side::Sell }
}

/// Turn a price into a key whose greatest value is the best of its side, and back.
#[inline]
fn key(side: Side, price: u64) -> u64 {
    price ^ u64::from(index(side)).wrapping_neg()
}

impl Book {
    fn ladder(&self, side: Side) -> &Ladder {
        &self.ladders[index(side) as usize]
    }

    /// The best price of a side.
    #[inline]
    pub fn best(&self, side: Side) -> Option<Ticks> {
        self.ladder(side).best_key().map(|best| Ticks(key(side, best)))
    }

    /// The order that trades next: the oldest at the best price.
    #[inline]
    pub fn front(&self, side: Side) -> Option<Resting> {
        self.ladder(side).best().map(|level| self.resting(self.levels.get(level).first))
    }

    /// What rests at a price; zero where nothing does.
    pub fn total_at(&self, side: Side, price: Ticks) -> Lots {
        Lots(self.ladder(side).find(key(side, price.0)).map_or(0, |level| self.levels.get(level).total))
    }

    /// What rests at the price of an order, itself included.
    #[inline]
    pub fn total_with(&self, slot: OrderSlot) -> Lots {
        let level = self.orders.get(slot.0.get()).level;
        Lots(self.levels.get(level >> 1).total)
    }

    /// One order.
    pub fn get(&self, slot: OrderSlot) -> Resting {
        self.resting(slot.0.get())
    }

    #[inline]
    fn resting(&self, slot: u32) -> Resting {
        let order = self.orders.get(slot);
        debug_assert!(order.lots > 0, "an order that is not there");
        Resting { slot: OrderSlot::new(slot), price: order.price, lots: Lots(order.lots), tag: order.tag }
    }

    /// Let an order rest behind the others of its price. The caller keeps a level's total within 64 bits.
    #[inline]
    pub fn add(&mut self, side: Side, price: Ticks, lots: Lots, tag: u32) -> OrderSlot {
        debug_assert!(lots.0 > 0, "an order of nothing");
        let levels = &mut self.levels;
        let ladder = &mut self.ladders[index(side) as usize];
        let level_slot = ladder.find_or_insert(key(side, price.0), |place| levels.insert(place));
        let level = levels.get_mut(level_slot);
        let previous = level.last;
        let place = level_slot << 1 | index(side);
        let order = Order { lots: lots.0, price, level: place, previous, next: NONE, tag };
        let slot = self.orders.insert(order);
        self.orders.get_mut(previous).next = slot;
        level.first = if previous == NONE { slot } else { level.first };
        level.last = slot;
        level.total += lots.0;
        OrderSlot::new(slot)
    }

    /// Trade part or all of a resting order; it leaves the book when nothing is left. Returns what is left of it.
    #[inline]
    pub fn fill(&mut self, slot: OrderSlot, lots: Lots) -> Lots {
        let order = self.orders.get_mut(slot.0.get());
        debug_assert!(lots.0 > 0 && lots.0 <= order.lots, "filling more than is there");
        if order.lots == lots.0 {
            self.remove(slot);
            return Lots(0);
        }
        order.lots -= lots.0;
        let (left, level) = (order.lots, order.level);
        self.levels.get_mut(level >> 1).total -= lots.0;
        Lots(left)
    }

    /// Take an order out.
    #[inline]
    pub fn remove(&mut self, slot: OrderSlot) -> Removed {
        let slot = slot.0.get();
        let Order { lots, price, level: level_slot, previous, next, .. } = *self.orders.get(slot);
        self.orders.get_mut(previous).next = next;
        self.orders.get_mut(next).previous = previous;
        self.orders.remove(slot);
        let level = self.levels.get_mut(level_slot >> 1);
        level.first = if previous == NONE { next } else { level.first };
        level.last = if next == NONE { previous } else { level.last };
        level.total -= lots;
        let Level { first, place, total, .. } = *level;
        if first == NONE {
            self.levels.remove(level_slot >> 1);
            self.ladders[(level_slot & 1) as usize].remove(place);
        }
        Removed { side: side_of(level_slot), price, lots: Lots(lots), level_total: Lots(total) }
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = LevelView> {
        self.ladder(side).iter().map(move |(best, level)| LevelView {
            price: Ticks(key(side, best)),
            total: Lots(self.levels.get(level).total),
        })
    }

    /// The orders of a side in the order in which they would trade.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = Resting> {
        self.ladder(side).iter().flat_map(move |(_, level)| self.queue(self.levels.get(level).first))
    }

    /// The orders of one level, oldest first.
    pub fn orders_at(&self, side: Side, price: Ticks) -> impl Iterator<Item = Resting> {
        self.queue(self.ladder(side).find(key(side, price.0)).map_or(NONE, |level| self.levels.get(level).first))
    }

    /// An order and those behind it.
    fn queue(&self, first: u32) -> impl Iterator<Item = Resting> {
        let mut next = first;
        std::iter::from_fn(move || {
            if next == NONE {
                return None;
            }
            let resting = self.resting(next);
            next = self.orders.get(next).next;
            Some(resting)
        })
    }

    /// How many orders rest.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether nothing rests.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a bid could trade with an ask, which must never rest so.
    pub fn is_crossed(&self) -> bool {
        matches!((self.best(Side::Buy), self.best(Side::Sell)), (Some(bid), Some(ask)) if bid >= ask)
    }
}
