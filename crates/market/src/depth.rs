//! The levels of a book, and which of them changed since someone last asked.
//!
//! Clients keep a book by the API page "How to manage a local order book correctly": a snapshot, then every update after
//! it, where each begins one past the end of the one before. Two cadences of updates are taken independently. A level
//! that changes ten times between two takes is stated once, with what rests there at the time of the take.
//!
//! Should nobody take, what waits is bounded by [`PENDING_LEVELS_MAX`] over all books: beyond it everything that waits
//! in that cadence is forgotten, and each book's next update begins with its next change. A client then sees an update
//! that does not follow the one before, which its procedure answers with a new snapshot.

use rialto_types::event::BookChanged;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{Price, Quantity, Side, SymbolId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many changed levels may wait for a taker, over all books, in each cadence.
pub const PENDING_LEVELS_MAX: usize = 1 << 20;

/// A price level: its price and what rests there; zero when the level is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its price.
    pub price: Price,
    /// What rests there.
    pub quantity: Quantity,
}

/// A book as of one update, best levels first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepthSnapshot {
    /// The last change in it; 0 before the first.
    pub last_update_id: u64,
    /// Highest first.
    pub bids: Vec<Level>,
    /// Lowest first.
    pub asks: Vec<Level>,
}

/// What changed in a book from one update to another, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DepthUpdate {
    /// Which book.
    pub symbol: SymbolId,
    /// The first change in it: one past the last of the update before.
    pub first_update_id: u64,
    /// The last change in it.
    pub last_update_id: u64,
    /// Changed bids, highest first.
    pub bids: Vec<Level>,
    /// Changed asks, lowest first.
    pub asks: Vec<Level>,
}

/// The best bid or ask of a book changed. A side without orders has price and quantity zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "update")]
pub struct BookTickerChanged {
    /// Which book.
    pub symbol: SymbolId,
    /// The book's last change.
    pub update_id: u64,
    /// The highest bid.
    pub bid_price: Price,
    /// What rests there.
    pub bid_quantity: Quantity,
    /// The lowest ask.
    pub ask_price: Price,
    /// What rests there.
    pub ask_quantity: Quantity,
}

/// How often depth updates are taken: each cadence has its own memory of what was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cadence {
    /// The short one, 100 ms on the API's pages.
    Fast,
    /// The long one, 1000 ms on the API's pages.
    Slow,
}

/// The levels of one book.
#[derive(Clone, Debug, Default)]
pub(crate) struct Depth {
    last_update_id: u64,
    bids: BTreeMap<Price, Quantity>,
    asks: BTreeMap<Price, Quantity>,
    /// Best bid and ask as of the end of the last command.
    best: [Level; 2],
}

impl Depth {
    /// Write the levels, each side from the lowest price up.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        // Between two commands the best levels are those of the sides.
        let Depth { last_update_id, bids, asks, best: _ } = self;
        writer.put(last_update_id)?;
        for side in [bids, asks] {
            writer.put_count(side.len())?;
            side.iter().try_for_each(|level| writer.put(&level))?;
        }
        Ok(())
    }

    /// Read what [`Depth::write_state`] wrote.
    pub(crate) fn read_state(reader: &mut StateReader<'_>) -> Result<Depth, StateError> {
        let mut depth = Depth { last_update_id: reader.take()?, ..Depth::default() };
        require(depth.last_update_id < u64::MAX, "a book has counted its changes beyond all")?;
        for side in [&mut depth.bids, &mut depth.asks] {
            for _ in 0..reader.take_count("levels of a book", u32::MAX as usize)? {
                let (price, quantity) = reader.take::<(Price, Quantity)>()?;
                let is_new = side.insert(price, quantity).is_none();
                require(is_new && !quantity.is_zero(), "a level of a book is empty, or there twice")?;
            }
        }
        depth.best_changed();
        Ok(depth)
    }

    pub(crate) fn change(&mut self, changed: &BookChanged) {
        debug_assert_eq!(changed.update_id, self.last_update_id + 1, "update ids have no gaps");
        self.last_update_id = changed.update_id;
        let levels = match changed.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        if changed.quantity.is_zero() {
            levels.remove(&changed.price);
        } else {
            levels.insert(changed.price, changed.quantity);
        }
    }

    /// Close a command: whether its end finds another best bid or ask than the end of the command before.
    pub(crate) fn best_changed(&mut self) -> bool {
        let level = |(&price, &quantity): (&Price, &Quantity)| Level { price, quantity };
        let bid = self.bids.last_key_value().map(level).unwrap_or_default();
        let ask = self.asks.first_key_value().map(level).unwrap_or_default();
        let best = [bid, ask];
        std::mem::replace(&mut self.best, best) != best
    }

    pub(crate) fn ticker(&self, symbol: SymbolId) -> BookTickerChanged {
        let [bid, ask] = self.best;
        BookTickerChanged {
            symbol,
            update_id: self.last_update_id,
            bid_price: bid.price,
            bid_quantity: bid.quantity,
            ask_price: ask.price,
            ask_quantity: ask.quantity,
        }
    }

    pub(crate) fn snapshot(&self, limit: usize) -> DepthSnapshot {
        let level = |(&price, &quantity): (&Price, &Quantity)| Level { price, quantity };
        DepthSnapshot {
            last_update_id: self.last_update_id,
            bids: self.bids.iter().rev().take(limit).map(level).collect(),
            asks: self.asks.iter().take(limit).map(level).collect(),
        }
    }

    fn update(&self, symbol: SymbolId, waiting: &WaitingLevels) -> DepthUpdate {
        let now = |levels: &BTreeMap<Price, Quantity>, &price: &Price| Level {
            price,
            quantity: levels.get(&price).copied().unwrap_or_default(),
        };
        DepthUpdate {
            symbol,
            first_update_id: waiting.first_update_id,
            last_update_id: self.last_update_id,
            bids: waiting.bids.iter().rev().map(|price| now(&self.bids, price)).collect(),
            asks: waiting.asks.iter().map(|price| now(&self.asks, price)).collect(),
        }
    }
}

/// The changed levels of one book that wait for a taker.
#[derive(Clone, Debug)]
struct WaitingLevels {
    first_update_id: u64,
    bids: BTreeSet<Price>,
    asks: BTreeSet<Price>,
}

/// The changed levels of all books that wait for the taker of one cadence.
#[derive(Clone, Debug)]
pub(crate) struct DepthChanges {
    books: BTreeMap<SymbolId, WaitingLevels>,
    levels: usize,
    levels_max: usize,
}

impl Default for DepthChanges {
    fn default() -> DepthChanges {
        DepthChanges::bounded(PENDING_LEVELS_MAX)
    }
}

impl DepthChanges {
    pub(crate) fn bounded(levels_max: usize) -> DepthChanges {
        DepthChanges { books: BTreeMap::new(), levels: 0, levels_max }
    }

    pub(crate) fn note(&mut self, changed: &BookChanged) {
        if self.levels >= self.levels_max {
            self.books.clear();
            self.levels = 0;
        }
        let waiting = self.books.entry(changed.symbol).or_insert_with(|| WaitingLevels {
            first_update_id: changed.update_id,
            bids: BTreeSet::new(),
            asks: BTreeSet::new(),
        });
        let side = match changed.side {
            Side::Buy => &mut waiting.bids,
            Side::Sell => &mut waiting.asks,
        };
        self.levels += usize::from(side.insert(changed.price));
    }

    /// State what waits, by symbol, and begin anew.
    pub(crate) fn take<'a>(&mut self, depth_of: impl Fn(SymbolId) -> &'a Depth) -> Vec<DepthUpdate> {
        self.levels = 0;
        let books = std::mem::take(&mut self.books);
        books.iter().map(|(&symbol, waiting)| depth_of(symbol).update(symbol, waiting)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Change one bid of a book that never had this price before.
    fn change(depth: &mut Depth, changes: &mut DepthChanges, symbol: u32, update_id: u64) {
        let changed = BookChanged {
            symbol: SymbolId(symbol),
            update_id,
            side: Side::Buy,
            price: Price::from_units(update_id).unwrap(),
            quantity: Quantity::MAX,
        };
        depth.change(&changed);
        changes.note(&changed);
    }

    #[test]
    fn what_nobody_takes_is_forgotten_and_the_next_update_shows_the_gap() {
        let mut books = [Depth::default(), Depth::default()];
        let mut changes = DepthChanges::bounded(4);
        let run =
            |update: &DepthUpdate| (update.symbol.0, update.first_update_id, update.last_update_id, update.bids.len());
        change(&mut books[1], &mut changes, 1, 1);
        for update_id in 1..=3 {
            change(&mut books[0], &mut changes, 0, update_id);
        }
        assert_eq!((changes.levels, changes.books.len()), (4, 2));
        // The fifth level is one too many: all four before it are forgotten.
        change(&mut books[0], &mut changes, 0, 4);
        assert_eq!((changes.levels, changes.books.len()), (1, 1));
        change(&mut books[1], &mut changes, 1, 2);
        let taken = changes.take(|symbol| &books[symbol.index()]);
        assert_eq!(taken.iter().map(run).collect::<Vec<_>>(), [(0, 4, 4, 1), (1, 2, 2, 1)]);
        // From there on updates follow each other again, and a taker may take as much as ever.
        for update_id in 5..=8 {
            change(&mut books[0], &mut changes, 0, update_id);
        }
        let taken = changes.take(|symbol| &books[symbol.index()]);
        assert_eq!(taken.iter().map(run).collect::<Vec<_>>(), [(0, 5, 8, 4)]);
    }
}
