//! What an incoming order finds on the other side of its book, before it trades.
//!
//! Trade by trade as it will be matched. Orders that would give way to it by self-trade prevention are not there for
//! it; those it would be held back by are, so that what is asked of an account is never too little.

use crate::admission::crosses;
use crate::open_orders::OpenOrders;
use crate::prevention::Guard;
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_book::Resting;
use rialto_types::{Amount, Lots, SelfTradePrevention, Side, Ticks};

/// Where the search for what a budget trades came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BudgetEnd {
    /// What is left of the budget pays for no further lot.
    Spent,
    /// The book holds no more.
    BookExhausted,
    /// More than any quantity can say.
    BeyondQuantities,
}

/// The other side of a book as one order meets it.
pub(crate) struct Liquidity<'a> {
    pub(crate) symbol: &'a Symbol,
    pub(crate) open_orders: &'a OpenOrders,
    pub(crate) guard: Guard,
    /// Which way the order trades.
    pub(crate) side: Side,
}

impl Liquidity<'_> {
    /// The resting orders, as they would be met, with what prevents a trade with each.
    fn met(&self) -> impl Iterator<Item = (Resting, Option<SelfTradePrevention>)> {
        self.symbol.book.orders(self.side.opposite()).map(|resting| {
            let prevented = match self.guard.mode {
                SelfTradePrevention::None => None,
                _ => self.guard.against(&self.open_orders.get(resting.tag).order),
            };
            (resting, prevented)
        })
    }

    /// The resting orders that would not give way.
    fn standing(&self) -> impl Iterator<Item = Resting> {
        let stands = |prevented| prevented != Some(SelfTradePrevention::ExpireMaker);
        self.met().filter(move |(_, prevented)| stands(*prevented)).map(|(resting, _)| resting)
    }

    /// What trading so many lots would cost now, each level rounded up; less when the book holds fewer.
    pub(crate) fn cost_of(&self, lots: Lots) -> Amount {
        let mut left = lots.0;
        let mut cost = Amount::ZERO;
        let mut orders = self.standing().peekable();
        while let Some(first) = orders.next_if(|_| left > 0) {
            let mut taken = left.min(first.lots.0);
            while let Some(next) = orders.next_if(|next| taken < left && next.price == first.price) {
                taken += (left - taken).min(next.lots.0);
            }
            let part = self.symbol.scale.quote(first.price, Lots(taken), Rounding::Up);
            cost = cost.plus(part).expect("a cost is bounded by prices and quantities");
            left -= taken;
        }
        cost
    }

    /// How many lots trade now for a quote amount, coming as close to it as the book allows without passing it.
    ///
    /// Trade by trade, as it will be settled: each pays its worth rounded down. The first order of which only a part
    /// can be paid for ends the search: what rounding leaves over must not buy from it again, or a lot worth less than
    /// the smallest unit would be free.
    pub(crate) fn lots_for_budget(&self, budget: Amount) -> (Lots, BudgetEnd) {
        let scale = &self.symbol.scale;
        let mut left = budget;
        let mut lots = 0;
        for order in self.standing() {
            let taken = scale.lots_for(left, order.price).min(order.lots);
            if taken.0 > scale.lots_max() - lots {
                return (Lots(lots), BudgetEnd::BeyondQuantities);
            }
            lots += taken.0;
            left = left.minus(scale.quote(order.price, taken, Rounding::Down)).expect("a part of the budget");
            if taken < order.lots {
                return (Lots(lots), BudgetEnd::Spent);
            }
        }
        (Lots(lots), if left.is_zero() { BudgetEnd::Spent } else { BudgetEnd::BookExhausted })
    }

    /// Whether so many lots can trade at once at a price or better. What self-trade prevention would take from the
    /// order does not trade.
    pub(crate) fn can_fill(&self, price: Ticks, lots: Lots) -> bool {
        let mut left = lots.0;
        for (resting, prevented) in self.met() {
            match prevented {
                _ if !crosses(self.side, price, resting.price) => return false,
                None => left = left.saturating_sub(resting.lots.0),
                Some(SelfTradePrevention::ExpireMaker) => {}
                Some(_) => return false,
            }
            if left == 0 {
                return true;
            }
        }
        false
    }
}
