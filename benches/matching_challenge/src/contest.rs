//! The rules of the contest over our book: match first, let the rest stand, report every step.
//!
//! Stands between the boundary and `rialto-book`. Owns the book and the directory of orders. Knows no pointers: reports
//! go to whatever takes them. A modification is a cancellation and a new order under the same number, as the contest
//! defines it.
//!
//! Left out on purpose: a refusal of a new order under the number of one that rests. The contest promises that there
//! is none and has no report for it; the older order would stand in the book and could no longer be named.

use crate::directory::Directory;
use crate::messages::{Cancel, Modify, NewOrder, Report, ReportKind};
use rialto_book::Book;
use rialto_types::{Lots, Side, Ticks};

/// Takes reports in order.
pub(crate) trait Reports {
    /// Pass one on; returns when it is handed over.
    fn push(&mut self, report: &Report);
}

/// The engine under test.
pub(crate) struct Contest<R> {
    book: Book,
    directory: Directory,
    pub(crate) reports: R,
}

/// An order on its way through the book.
struct Taker {
    sequence_number: u64,
    order_id: u64,
    side: Side,
    price: Ticks,
    left: u64,
}

/// Book prices have no sign: flipping the highest bit keeps the order of the contest's.
fn book_price(price_ticks: i64) -> Ticks {
    Ticks(price_ticks as u64 ^ 1 << 63)
}

fn contest_price(price: Ticks) -> i64 {
    (price.0 ^ 1 << 63) as i64
}

fn book_side(side: u8) -> Side {
    if side == 0 { Side::Buy } else { Side::Sell }
}

fn contest_side(side: Side) -> u8 {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

impl<R: Reports> Contest<R> {
    pub(crate) fn new(reports: R) -> Self {
        Self { book: Book::default(), directory: Directory::new(), reports }
    }

    #[inline]
    pub(crate) fn new_order(&mut self, order: &NewOrder) {
        let &NewOrder { order_id, sequence_number, price_ticks, quantity, side, ioc, .. } = order;
        self.directory.prefetch(order_id);
        let ack = Report::new(ReportKind::OrderAck, sequence_number, order_id);
        self.reports.push(&Report { side, price_ticks, quantity, ..ack });
        let price = book_price(price_ticks);
        let taker = Taker { sequence_number, order_id, side: book_side(side), price, left: u64::from(quantity) };
        let left = self.trade(taker, ioc == 0);
        if ioc != 0 && left > 0 {
            let gone = Report::new(ReportKind::CancelAck, sequence_number, order_id);
            self.reports.push(&Report { side, price_ticks, quantity: left as u32, ..gone });
        }
    }

    #[inline]
    pub(crate) fn cancel(&mut self, cancel: &Cancel) {
        let &Cancel { order_id, sequence_number } = cancel;
        let Some(slot) = self.directory.get(order_id) else {
            return self.reports.push(&Report::new(ReportKind::CancelReject, sequence_number, order_id));
        };
        let removed = self.book.remove(slot);
        let index = self.directory.index(order_id);
        self.directory.set(index, None);
        let ack = Report::new(ReportKind::CancelAck, sequence_number, order_id);
        let (side, price_ticks) = (contest_side(removed.side), contest_price(removed.price));
        self.reports.push(&Report { side, price_ticks, quantity: removed.lots.0 as u32, ..ack });
    }

    #[inline]
    pub(crate) fn modify(&mut self, modify: &Modify) {
        let &Modify { order_id, sequence_number, new_price_ticks: price_ticks, new_quantity: quantity, .. } = modify;
        let Some(slot) = self.directory.get(order_id) else {
            return self.reports.push(&Report::new(ReportKind::ModifyReject, sequence_number, order_id));
        };
        let side = self.book.remove(slot).side;
        let index = self.directory.index(order_id);
        self.directory.set(index, None);
        let price = book_price(price_ticks);
        self.trade(Taker { sequence_number, order_id, side, price, left: u64::from(quantity) }, true);
        let ack = Report::new(ReportKind::ModifyAck, sequence_number, order_id);
        self.reports.push(&Report { side: contest_side(side), price_ticks, quantity, ..ack });
    }

    /// Trade an order against the other side; what is left stands, where it may. Returns what is left.
    #[inline]
    fn trade(&mut self, mut taker: Taker, rests: bool) -> u64 {
        while taker.left > 0 {
            let Some(maker) = self.book.front(taker.side.opposite()) else { break };
            // Without a branch on the side, which nothing foretells: selling, the order of prices is turned round.
            let turned = u64::from(contest_side(taker.side)).wrapping_neg();
            let reached = maker.price.0 ^ turned <= taker.price.0 ^ turned;
            if !reached {
                break;
            }
            let lots = taker.left.min(maker.lots.0);
            taker.left -= lots;
            if self.book.fill(maker.slot, Lots(lots)) == Lots(0) {
                self.directory.set(maker.tag, None);
            }
            let trade = Report::new(ReportKind::Trade, taker.sequence_number, taker.order_id);
            self.reports.push(&Report {
                price_ticks: contest_price(maker.price),
                quantity: lots as u32,
                maker_order_id: self.directory.order_id(maker.tag),
                taker_order_id: taker.order_id,
                ..trade
            });
        }
        if rests && taker.left > 0 {
            let index = self.directory.index(taker.order_id);
            let slot = self.book.add(taker.side, taker.price, Lots(taker.left), index);
            self.directory.set(index, Some(slot));
        }
        taker.left
    }

    pub(crate) fn best(&self, side: Side) -> Option<i64> {
        self.book.best(side).map(contest_price)
    }

    pub(crate) fn depth(&self, price_ticks: i64, side: u8) -> u64 {
        self.book.total_at(book_side(side), book_price(price_ticks)).0
    }
}
