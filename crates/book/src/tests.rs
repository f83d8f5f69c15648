use crate::{Book, OrderSlot};
use proptest::prelude::*;
use rialto_types::{Lots, Side, Ticks};
use std::collections::BTreeMap;

/// A book without cleverness: a sorted map from price to a list of (tag, lots).
#[derive(Default)]
struct PlainBook {
    bids: BTreeMap<u64, Vec<(u32, u64)>>,
    asks: BTreeMap<u64, Vec<(u32, u64)>>,
}

impl PlainBook {
    fn side(&mut self, side: Side) -> &mut BTreeMap<u64, Vec<(u32, u64)>> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    fn take(&mut self, tag: u32, lots: u64) {
        for side in [&mut self.bids, &mut self.asks] {
            for queue in side.values_mut() {
                queue.iter_mut().filter(|order| order.0 == tag).for_each(|order| order.1 -= lots);
                queue.retain(|order| order.1 > 0);
            }
            side.retain(|_, queue| !queue.is_empty());
        }
    }

    fn orders(&self, side: Side) -> Vec<(u64, u32, u64)> {
        let flat = |(price, queue): (&u64, &Vec<(u32, u64)>)| {
            queue.iter().map(|order| (*price, order.0, order.1)).collect::<Vec<_>>()
        };
        match side {
            Side::Buy => self.bids.iter().rev().flat_map(flat).collect(),
            Side::Sell => self.asks.iter().flat_map(flat).collect(),
        }
    }
}

fn check_equal(book: &Book, plain: &PlainBook) {
    for side in [Side::Buy, Side::Sell] {
        let orders: Vec<_> = book.orders(side).map(|order| (order.price.0, order.tag, order.lots.0)).collect();
        assert_eq!(orders, plain.orders(side));
        assert_eq!(book.best(side).map(|price| price.0), orders.first().map(|order| order.0));
        assert_eq!(book.front(side).map(|order| order.tag), orders.first().map(|order| order.1));
        for level in book.levels(side) {
            let here: Vec<_> = orders.iter().filter(|order| order.0 == level.price.0).collect();
            assert_eq!(level.total.0, here.iter().map(|order| order.2).sum::<u64>());
            assert_eq!(book.total_at(side, level.price), level.total);
        }
    }
    assert_eq!(book.len(), plain.orders(Side::Buy).len() + plain.orders(Side::Sell).len());
}

#[derive(Clone, Debug)]
enum Step {
    Add { buy: bool, price: u64, lots: u64 },
    Remove { which: prop::sample::Index },
    Fill { which: prop::sample::Index, lots: u64 },
}

/// Prices from a crowd around one page, from its neighbours, and from the far ends of the scale.
fn price() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 1_000..1_200u64, 2 => 1..5_000u64, 1 => Just(1), 1 => Just(u64::MAX), 1 => any::<u64>()]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (any::<bool>(), price(), 1..100u64).prop_map(|(buy, price, lots)| Step::Add { buy, price, lots }),
        1 => any::<prop::sample::Index>().prop_map(|which| Step::Remove { which }),
        1 => (any::<prop::sample::Index>(), 1..100u64).prop_map(|(which, lots)| Step::Fill { which, lots }),
    ]
}

proptest! {
    #[test]
    fn agrees_with_the_plain_book(steps in prop::collection::vec(step(), 1..200)) {
        let (mut book, mut plain) = (Book::default(), PlainBook::default());
        let mut open: Vec<(u32, OrderSlot)> = Vec::new();
        for (tag, step) in steps.into_iter().enumerate() {
            let tag = tag as u32;
            match step {
                Step::Add { buy, price, lots } => {
                    let side = if buy { Side::Buy } else { Side::Sell };
                    open.push((tag, book.add(side, Ticks(price), Lots(lots), tag)));
                    assert_eq!(book.total_with(open[open.len() - 1].1), book.total_at(side, Ticks(price)));
                    plain.side(side).entry(price).or_default().push((tag, lots));
                }
                Step::Remove { which } if !open.is_empty() => {
                    let (tag, slot) = open.swap_remove(which.index(open.len()));
                    plain.take(tag, book.get(slot).lots.0);
                    let removed = book.remove(slot);
                    assert_eq!(removed.level_total, book.total_at(removed.side, removed.price));
                }
                Step::Fill { which, lots } if !open.is_empty() => {
                    let at = which.index(open.len());
                    let (tag, slot) = open[at];
                    let lots = lots.min(book.get(slot).lots.0);
                    let left = book.get(slot).lots.0 - lots;
                    assert_eq!(book.fill(slot, Lots(lots)), Lots(left));
                    plain.take(tag, lots);
                    if left == 0 {
                        open.swap_remove(at);
                    }
                }
                _ => {}
            }
            check_equal(&book, &plain);
        }
    }
}

#[test]
fn a_book_is_crossed_when_a_bid_reaches_an_ask() {
    let mut book = Book::default();
    book.add(Side::Buy, Ticks(99), Lots(1), 0);
    let ask = book.add(Side::Sell, Ticks(100), Lots(1), 1);
    assert!(!book.is_crossed());
    book.add(Side::Buy, Ticks(100), Lots(1), 2);
    assert!(book.is_crossed());
    book.remove(ask);
    assert!(!book.is_crossed());
}

#[test]
fn prices_that_come_and_go_allocate_nothing_once_there_was_room_for_them() {
    let mut book = Book::default();
    let mut slots = Vec::with_capacity(400);
    let mut fill_and_empty = |offset: u64| {
        slots.extend((0..400).map(|step| book.add(Side::Buy, Ticks(offset + step * 50), Lots(1), 0)));
        for slot in slots.drain(..) {
            book.remove(slot);
        }
    };
    fill_and_empty(0);
    let allocations = allocation_counter::measure(|| (1..20).for_each(|offset| fill_and_empty(offset * 7)));
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn a_price_that_wanders_far_leaves_little_behind_and_loses_nothing() {
    let mut book = Book::default();
    let resting = [1, 70_000, 1 << 40].map(|price| book.add(Side::Buy, Ticks(price), Lots(price), 0));
    let allocations = allocation_counter::measure(|| {
        for price in (100..100_000_000).step_by(1_000) {
            let slot = book.add(Side::Buy, Ticks(price), Lots(1), 0);
            book.remove(slot);
        }
    });
    let left: Vec<_> = book.levels(Side::Buy).map(|level| (level.price.0, level.total.0)).collect();
    assert_eq!(left, [1 << 40, 70_000, 1].map(|price| (price, price)));
    assert_eq!(book.total_at(Side::Buy, Ticks(70_000)), Lots(70_000));
    assert!(allocations.bytes_current < 2_000_000, "{} bytes stay", allocations.bytes_current);
    for slot in resting {
        book.remove(slot);
    }
    assert!(book.is_empty() && book.best(Side::Buy).is_none());
}
