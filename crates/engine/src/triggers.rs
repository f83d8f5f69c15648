//! Orders that wait for the market: by stop price, and by how far it turns from its best price since.
//!
//! Each is kept in the structure of the order book, because what is asked is the same: which of them is nearest to a
//! price. Those that wait for a fall stand where bids do, highest first; those that wait for a rise where asks do, lowest
//! first. A price then touches only the orders it meets, and those whose best price it moves.

use rialto_book::{Book, OrderSlot};
use rialto_types::{Lots, Side, Ticks};

/// The ladder of orders that wait for the market to fall to their price.
pub(crate) const BELOW: Side = Side::Buy;
/// The ladder of orders that wait for the market to rise to their price.
pub(crate) const ABOVE: Side = Side::Sell;

/// What a waiting order counts for in a book made for quantities.
const ONE: Lots = Lots(1);
/// A delta of everything, in hundredths of a percent.
const WHOLE: u128 = 10_000;

/// Where a waiting order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// For its stop price.
    Stop(OrderSlot),
    /// For the market to turn: by its trigger price, and by the best price since.
    Turn { trigger: OrderSlot, best: OrderSlot },
}

/// The waiting orders of one symbol. Tags are slots among the open orders.
#[derive(Default)]
pub(crate) struct Triggers {
    stops: Book,
    turns: Book,
    bests: Book,
}

/// At which price a trailing order is triggered that saw the market at its best at another. Of a seller the best is the
/// highest, and the trigger is rounded down to a tick; of a buyer the other way round.
pub(crate) fn trigger_of(side: Side, best: Ticks, delta: u32) -> Ticks {
    let (best, delta) = (u128::from(best.0), u128::from(delta));
    let trigger = match side {
        Side::Sell => best * (WHOLE - delta.min(WHOLE)) / WHOLE,
        Side::Buy => (best * (WHOLE + delta)).div_ceil(WHOLE),
    };
    Ticks(u64::try_from(trigger).unwrap_or(u64::MAX))
}

/// Which way the market turns for a trailing order of a side.
fn turn_of(side: Side) -> Side {
    match side {
        Side::Sell => BELOW,
        Side::Buy => ABOVE,
    }
}

impl Triggers {
    /// Let an order wait for its stop price.
    pub(crate) fn await_stop(&mut self, direction: Side, stop: Ticks, order: u32) -> Waiting {
        Waiting::Stop(self.stops.add(direction, stop, ONE, order))
    }

    /// Let an order wait for the market to turn from its best price.
    pub(crate) fn await_turn(&mut self, side: Side, best: Ticks, delta: u32, order: u32) -> Waiting {
        let direction = turn_of(side);
        Waiting::Turn {
            trigger: self.turns.add(direction, trigger_of(side, best, delta), ONE, order),
            // The best price that the market passes first stands first: for a seller the lowest.
            best: self.bests.add(direction.opposite(), best, ONE, order),
        }
    }

    /// Take a waiting order out.
    pub(crate) fn remove(&mut self, waiting: Waiting) {
        match waiting {
            Waiting::Stop(slot) => {
                self.stops.remove(slot);
            }
            Waiting::Turn { trigger, best } => {
                self.turns.remove(trigger);
                self.bests.remove(best);
            }
        }
    }

    /// The next order whose stop price a trade at this price meets.
    pub(crate) fn met_stop(&self, price: Ticks) -> Option<u32> {
        met(&self.stops, price)
    }

    /// The next order that follows the market and is triggered by a trade at this price.
    pub(crate) fn met_turn(&self, price: Ticks) -> Option<u32> {
        met(&self.turns, price)
    }

    /// The next order whose best price a trade at this price passes.
    pub(crate) fn passed_best(&self, price: Ticks) -> Option<u32> {
        let seller = self.bests.front(turn_of(Side::Sell).opposite()).filter(|front| front.price < price);
        let buyer = || self.bests.front(turn_of(Side::Buy).opposite()).filter(|front| front.price > price);
        seller.or_else(buyer).map(|front| front.tag)
    }

    /// The three books and what each is for: stop prices, trigger prices, best prices.
    pub(crate) fn books(&self) -> [&Book; 3] {
        let Triggers { stops, turns, bests } = self;
        [stops, turns, bests]
    }

    /// The same, to be filled.
    pub(crate) fn books_mut(&mut self) -> [&mut Book; 3] {
        let Triggers { stops, turns, bests } = self;
        [stops, turns, bests]
    }

    /// How many orders wait.
    pub(crate) fn len(&self) -> usize {
        self.stops.len() + self.turns.len()
    }

    /// The orders that wait for their stop price, then those that follow the market as they would be triggered, then the
    /// same as their best prices would be passed: price and slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Ticks, u32)> {
        self.books()
            .into_iter()
            .flat_map(|book| [BELOW, ABOVE].into_iter().flat_map(|side| book.orders(side)))
            .map(|waiting| (waiting.price, waiting.tag))
    }
}

fn met(book: &Book, price: Ticks) -> Option<u32> {
    let below = book.front(BELOW).filter(|front| front.price >= price);
    let above = || book.front(ABOVE).filter(|front| front.price <= price);
    below.or_else(above).map(|front| front.tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_price_is_rounded_away_from_the_best() {
        let check = |side, best, delta, trigger| assert_eq!(trigger_of(side, Ticks(best), delta), Ticks(trigger));
        check(Side::Sell, 46_500, 750, 43_012);
        check(Side::Buy, 42_000, 500, 44_100);
        check(Side::Buy, 37_000, 850, 40_145);
        check(Side::Buy, 1, 1, 2);
        check(Side::Sell, 1, 1, 0);
        check(Side::Sell, 10, 10_000, 0);
        check(Side::Buy, u64::MAX, 1, u64::MAX);
    }
}
