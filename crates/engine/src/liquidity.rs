//! What an incoming order finds on the other side of its book, before it trades.
//!
//! Trade by trade as it will be matched. Orders that would give way to it by self-trade prevention are not there for
//! it; those it would be held back by are, so that what is asked of an account is never too little. What an iceberg does
//! not show is there as well, behind what the others of its price show.

use crate::admission::crosses;
use crate::engine::Engine;
use crate::prevention::Guard;
use crate::price_range::PriceLimits;
use crate::scale::Rounding;
use crate::symbols::Symbol;
use rialto_types::{Amount, Lots, SelfTradePrevention, Side, SymbolId, Ticks};

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
#[derive(Clone, Copy)]
pub(crate) struct Liquidity<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) symbol: &'a Symbol,
    pub(crate) guard: Guard,
    /// Which way the order trades.
    pub(crate) side: Side,
    /// Where it may trade.
    pub(crate) limits: PriceLimits,
}

/// A part of a resting order, as it would be met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met {
    /// Of the book it stands in.
    pub(crate) symbol: SymbolId,
    pub(crate) price: Ticks,
    pub(crate) lots: Lots,
    pub(crate) prevented: Option<SelfTradePrevention>,
    /// Whether money changes hands: by a trade, or by a transfer between two accounts.
    pub(crate) settles: bool,
}

impl<'a> Liquidity<'a> {
    /// What the order would meet, part by part, with what prevents a trade with each: of each level first what is shown,
    /// then, round by round, what its icebergs show next.
    pub(crate) fn met(self) -> impl Iterator<Item = Met> + 'a {
        let levels = self.symbol.book.levels(self.side.opposite());
        let within = levels.take_while(move |level| self.limits.contain(self.symbol.scale.price(level.price)));
        let rounds = if self.symbol.has_icebergs { u64::MAX } else { 1 };
        within.flat_map(move |level| {
            let rounds = (0..rounds).map(move |round| self.round(level.price, round).peekable());
            rounds.map_while(|mut parts| parts.peek().is_some().then_some(parts)).flatten()
        })
    }

    /// What the orders of a level show in a round: at first what they do now, later what an iceberg still hides.
    fn round(self, price: Ticks, round: u64) -> impl Iterator<Item = Met> + 'a {
        use SelfTradePrevention::{ExpireBoth, ExpireMaker};
        let symbol = self.symbol.id;
        self.symbol.book.orders_at(self.side.opposite(), price).filter_map(move |resting| {
            let order = &self.engine.open_orders.get(resting.tag).order;
            let prevented = self.guard.against(order);
            let settles = self.guard.settles(order);
            if round == 0 {
                return Some(Met { symbol, price, lots: resting.lots, prevented, settles });
            }
            let shown = order.shown_max().filter(|_| !matches!(prevented, Some(ExpireMaker | ExpireBoth)))?;
            let before = resting.lots.0.saturating_add((round - 1).saturating_mul(shown.0));
            let left = order.remaining().0.saturating_sub(before);
            (left > 0).then_some(Met { symbol, price, lots: shown.min(Lots(left)), prevented, settles })
        })
    }

    /// The parts that would not give way.
    fn standing(self) -> impl Iterator<Item = Met> + 'a {
        self.met().filter(|met| met.prevented != Some(SelfTradePrevention::ExpireMaker))
    }

    /// What trading so many lots would cost now, each level rounded up; less when the book holds fewer.
    pub(crate) fn cost_of(self, lots: Lots) -> Amount {
        let mut left = lots.0;
        let mut cost = Amount::ZERO;
        let mut parts = self.standing().peekable();
        while let Some(first) = parts.next_if(|_| left > 0) {
            let mut taken = left.min(first.lots.0);
            while let Some(next) = parts.next_if(|next| taken < left && next.price == first.price) {
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
    /// Trade by trade, as it will be settled: each pays its worth rounded down. The first part of which only a part
    /// can be paid for ends the search: what rounding leaves over must not buy from it again, or a lot worth less than
    /// the smallest unit would be free.
    pub(crate) fn lots_for_budget(self, budget: Amount) -> (Lots, BudgetEnd) {
        let scale = &self.symbol.scale;
        let mut left = budget;
        let mut lots = 0;
        for part in self.standing() {
            let taken = scale.lots_for(left, part.price).min(part.lots);
            if taken.0 > scale.lots_max() - lots {
                return (Lots(lots), BudgetEnd::BeyondQuantities);
            }
            lots += taken.0;
            left = left.minus(scale.quote(part.price, taken, Rounding::Down)).expect("a part of the budget");
            if taken < part.lots {
                return (Lots(lots), BudgetEnd::Spent);
            }
        }
        (Lots(lots), if left.is_zero() { BudgetEnd::Spent } else { BudgetEnd::BookExhausted })
    }

    /// Whether so many lots can trade at once at a price or better. What self-trade prevention would take from the
    /// order does not trade.
    pub(crate) fn can_fill(self, price: Ticks, lots: Lots) -> bool {
        let mut left = lots.0;
        for met in self.met() {
            match met.prevented {
                _ if !crosses(self.side, price, met.price) => return false,
                None => left = left.saturating_sub(met.lots.0),
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
