//! Makes the steps of one symbol, by the rules that exchange-core publishes with its performance tests.
//!
//! A book is first filled to its size around a price that is drawn once. From then on a side that has fewer orders than
//! it should have grows by one command in five, and one that has enough is traded with by one in twenty: immediate
//! orders that take any price, one of 32 of them all or nothing. Of the rest nearly all move an order a hundredth of its
//! way towards the last price, and a few cancel or reduce one; which one is drawn from the 512 oldest. Sides are counted
//! every 512 commands and whenever an immediate order found too little.
//!
//! The rules are theirs; the program, its random numbers and so its steps are our own. Trades are found with a book, so
//! that every step names an order that is open at that point.

use super::steps::{Action, Facts, Step, Style};
use rialto_book::{Book, OrderSlot};
use rialto_types::{Lots, Side, Ticks};
use std::collections::VecDeque;

/// After how many commands the orders of each side are counted.
const COUNTED_EVERY: usize = 512;
/// From how many of the oldest orders one is drawn.
const OLDEST: usize = 512;

/// Ten to the power of tenths, times a thousand.
const TENTHS: [u64; 11] = [1_000, 1_259, 1_585, 1_995, 2_512, 3_162, 3_981, 5_012, 6_310, 7_943, 10_000];

/// A placed order, open or gone.
struct Placed {
    user: u32,
    side: Side,
    price: u64,
    left: u64,
    /// Where it rests; `None` once it is gone.
    slot: Option<OrderSlot>,
}

/// The open orders, oldest first, to draw one of the first few from.
#[derive(Default)]
struct Oldest {
    first: Vec<u32>,
    later: VecDeque<u32>,
}

impl Oldest {
    fn push(&mut self, order: u32) {
        if self.first.len() < OLDEST && self.later.is_empty() {
            self.first.push(order);
        } else {
            self.later.push_back(order);
        }
    }

    fn remove(&mut self, order: u32, is_open: impl Fn(u32) -> bool) {
        let Some(place) = self.first.iter().position(|&other| other == order) else { return };
        self.first.remove(place);
        while let Some(next) = self.later.pop_front() {
            if is_open(next) {
                self.first.push(next);
                return;
            }
        }
    }
}

/// One symbol's market while its steps are made.
pub(crate) struct Generator {
    random: fastrand::Rng,
    symbol: u32,
    /// Who trades here.
    users: Vec<u32>,
    target_a_side: usize,
    book: Book,
    /// By number, from 1.
    orders: Vec<Placed>,
    oldest: Oldest,
    last_price: i64,
    deviation: i64,
    lowest: i64,
    highest: i64,
    /// -1, 0 or 1: which way the market is led, once it came to the end of its range.
    direction: i32,
    open: [usize; 2],
    /// The same when last counted.
    counted: [usize; 2],
    next_count: usize,
    made: usize,
    /// Whether a side ever had as many orders as it should.
    was_full: bool,
    pub(crate) facts: Facts,
}

impl Generator {
    /// A market with an empty book. `resting` is how many orders it is to hold.
    pub(crate) fn new(symbol: u32, users: Vec<u32>, resting: usize, seed: u64) -> Generator {
        let mut random = fastrand::Rng::with_seed(seed ^ u64::from(symbol).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let price = first_price(&mut random);
        let deviation = (price / 20).min(10_000);
        Generator {
            random,
            symbol,
            users,
            target_a_side: resting / 2,
            book: Book::default(),
            orders: Vec::new(),
            oldest: Oldest::default(),
            last_price: price,
            deviation,
            lowest: price - 5 * deviation,
            highest: price + 5 * deviation,
            direction: 0,
            open: [0; 2],
            counted: [0; 2],
            next_count: COUNTED_EVERY.min(resting + 1),
            made: 0,
            was_full: false,
            facts: Facts::default(),
        }
    }

    /// The limits of orders that take any price.
    pub(crate) fn limits(&self) -> (u64, u64) {
        (self.lowest as u64, self.highest as u64)
    }

    /// How many orders rest.
    pub(crate) fn resting(&self) -> usize {
        self.book.len()
    }

    /// A step of the opening: another order that may rest.
    pub(crate) fn open(&mut self) -> Step {
        let step = self.resting_order();
        self.count();
        step
    }

    /// A step of the measured part.
    pub(crate) fn next(&mut self) -> Step {
        let step = self.any();
        self.count();
        step
    }

    fn count(&mut self) {
        if self.made >= self.next_count {
            self.next_count += COUNTED_EVERY.min(2 * self.target_a_side + 1);
            self.counted = self.open;
        }
        self.made += 1;
    }

    fn any(&mut self) -> Step {
        let side = self.side();
        let missing = self.target_a_side as i64 - self.counted[side as usize] as i64;
        let few = COUNTED_EVERY.min(self.target_a_side * 3 / 4) as i64;
        let is_hurried = !self.was_full || missing > few;
        let grows = missing > 0;
        self.was_full |= !grows;
        let drawn = self.random.u32(
            0..match (grows, is_hurried) {
                (true, true) => 2,
                (true, false) => 10,
                (false, _) => 40,
            },
        );
        if drawn < 2 || self.oldest.first.is_empty() {
            return if grows { self.resting_order() } else { self.instant_order() };
        }
        let order = self.oldest.first[self.random.usize(0..self.oldest.first.len())];
        match drawn {
            2 => self.cancel(order),
            3 => self.reduce(order),
            _ => self.move_order(order),
        }
    }

    fn side(&mut self) -> Side {
        if self.random.i32(0..4) + self.direction >= 2 { Side::Buy } else { Side::Sell }
    }

    fn user(&mut self) -> u32 {
        self.users[self.random.usize(0..self.users.len())]
    }

    /// A product of three small numbers, so that most orders are small: what exchange-core draws sizes from.
    fn lots(&mut self, below: u64) -> u64 {
        1 + self.random.u64(0..below) * self.random.u64(0..below) * self.random.u64(0..below)
    }

    fn resting_order(&mut self) -> Step {
        let side = self.side();
        let user = self.user();
        let drawn = self.random.u64(0..1 << 16);
        let spread = 1 + ((drawn * drawn * self.deviation as u64) >> 32) as i64;
        let sum: i64 = (0..4).map(|_| self.random.i64(0..spread)).sum();
        let distance = (sum / 4 * 2 - spread).abs();
        let price = self.last_price + if side == Side::Buy { -distance } else { distance };
        let lots = self.lots(6);
        let price = price as u64;
        let order = self.number(Placed { user, side, price, left: lots, slot: None });
        self.oldest.push(order);
        self.trade(order, price);
        self.stand(order, price);
        Step { symbol: self.symbol, user, order, action: Action::Place { side, price, lots, style: Style::Resting } }
    }

    fn instant_order(&mut self) -> Step {
        let side = self.side();
        let user = self.user();
        let is_whole = self.random.u32(0..32) == 0;
        let lots = self.lots(if is_whole { 8 } else { 6 });
        let price = (if side == Side::Buy { self.highest } else { self.lowest }) as u64;
        let order = self.number(Placed { user, side, price, left: lots, slot: None });
        let style = if is_whole {
            Style::WholeOrNothing { fills: self.has(side.opposite(), price, lots) }
        } else {
            Style::Immediate
        };
        if style != (Style::WholeOrNothing { fills: false }) {
            self.trade(order, price);
        }
        if self.placed(order).left > 0 {
            self.counted = self.open;
        }
        Step { symbol: self.symbol, user, order, action: Action::Place { side, price, lots, style } }
    }

    fn cancel(&mut self, order: u32) -> Step {
        self.leave(order);
        Step { symbol: self.symbol, user: self.placed(order).user, order, action: Action::Cancel }
    }

    fn reduce(&mut self, order: u32) -> Step {
        let left = self.placed(order).left;
        let lots = 1 + self.random.u64(0..left);
        self.take(order, lots);
        Step { symbol: self.symbol, user: self.placed(order).user, order, action: Action::Reduce { lots, left } }
    }

    fn move_order(&mut self, order: u32) -> Step {
        let &Placed { user, side, price: before, left, .. } = self.placed(order);
        let way = self.last_price - before as i64;
        let steps = match way {
            0 => self.random.i64(0..2) * 2 - 1,
            ..0 => way.div_euclid(100),
            1.. => -(-way).div_euclid(100),
        };
        let price = (before as i64 + steps).min(self.highest) as u64;
        self.unstand(order);
        self.trade(order, price);
        self.stand(order, price);
        Step { symbol: self.symbol, user, order, action: Action::Move { side, price, lots: left } }
    }

    fn number(&mut self, placed: Placed) -> u32 {
        self.orders.push(placed);
        self.orders.len() as u32
    }

    fn placed(&self, order: u32) -> &Placed {
        &self.orders[order as usize - 1]
    }

    /// Trade an order with what its limit reaches.
    fn trade(&mut self, order: u32, limit: u64) {
        let side = self.placed(order).side;
        while let Some(resting) = self.book.front(side.opposite()) {
            let left = self.placed(order).left;
            if left == 0 || !crosses(side, limit, resting.price.0) {
                break;
            }
            let lots = left.min(resting.lots.0);
            self.facts.trades += 1;
            self.facts.lots += lots;
            self.facts.worth += lots * resting.price.0;
            self.orders[order as usize - 1].left -= lots;
            self.take(resting.tag, lots);
            let price = resting.price.0 as i64;
            self.last_price = price.clamp(self.lowest, self.highest);
            if price <= self.lowest {
                self.direction = 1;
            } else if price >= self.highest {
                self.direction = -1;
            }
        }
        if self.placed(order).left == 0 {
            self.forget(order);
        }
    }

    /// Let what is left of an order rest.
    fn stand(&mut self, order: u32, price: u64) {
        let placed = &mut self.orders[order as usize - 1];
        if placed.left == 0 {
            return;
        }
        placed.price = price;
        placed.slot = Some(self.book.add(placed.side, Ticks(price), Lots(placed.left), order));
        self.open[placed.side as usize] += 1;
    }

    /// Take an order from the book, to trade or to stand elsewhere.
    fn unstand(&mut self, order: u32) {
        let placed = &mut self.orders[order as usize - 1];
        if let Some(slot) = placed.slot.take() {
            self.book.remove(slot);
            self.open[placed.side as usize] -= 1;
        }
    }

    /// Take lots from a resting order.
    fn take(&mut self, order: u32, lots: u64) {
        let placed = &mut self.orders[order as usize - 1];
        if placed.left == lots {
            return self.leave(order);
        }
        placed.left -= lots;
        self.book.fill(placed.slot.expect("it rests"), Lots(lots));
    }

    fn leave(&mut self, order: u32) {
        self.unstand(order);
        self.orders[order as usize - 1].left = 0;
        self.forget(order);
    }

    fn forget(&mut self, order: u32) {
        let orders = &self.orders;
        self.oldest.remove(order, |other| orders[other as usize - 1].left > 0);
    }

    /// Whether so many lots rest on a side at a price or better.
    fn has(&self, side: Side, limit: u64, lots: u64) -> bool {
        let within = self.book.levels(side).take_while(|level| crosses(side.opposite(), limit, level.price.0));
        let mut sum = 0;
        within.map(|level| level.total.0).any(|total| {
            sum += total;
            sum >= lots
        })
    }
}

fn crosses(side: Side, limit: u64, resting: u64) -> bool {
    match side {
        Side::Buy => limit >= resting,
        Side::Sell => limit <= resting,
    }
}

/// Ten to a power between 3.3 and 6.3, those in the middle more often.
fn first_price(random: &mut fastrand::Rng) -> i64 {
    let thousandths = 3_300 + random.usize(0..1_500) + random.usize(0..1_500);
    let (decades, rest) = (thousandths / 1_000, thousandths % 1_000);
    let (low, high) = (TENTHS[rest / 100], TENTHS[rest / 100 + 1]);
    let mantissa = low + (high - low) * (rest % 100) as u64 / 100;
    (mantissa * 10_u64.pow(decades as u32) / 1_000) as i64
}
