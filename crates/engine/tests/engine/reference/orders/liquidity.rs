//! What an order would meet: the orders of the other side, best first, and how much of them there is.

use super::{Asked, Order, Place, Reference, worth_up};
use crate::reference::worth_of_market::Limits;
use rialto_types::{AccountId, Price, SelfTradePrevention, Side, SymbolId};
use std::collections::{BTreeMap, VecDeque};

/// Who would meet what.
pub(super) struct Seeker {
    pub(super) account: AccountId,
    pub(super) side: Side,
    pub(super) limit: Option<Price>,
    pub(super) mode: SelfTradePrevention,
    /// The books that are asked, in this order at equal prices.
    pub(super) books: Vec<SymbolId>,
    pub(super) limits: Limits,
}

/// A part of a resting order, as an incoming one would meet it.
pub(super) struct Part {
    pub(super) symbol: SymbolId,
    maker: AccountId,
    pub(super) price: Price,
    pub(super) quantity: i128,
    /// What would happen instead of a trade.
    pub(super) prevention: Option<SelfTradePrevention>,
}

impl Part {
    /// Whether money would change hands: by a trade, or by a transfer between two accounts.
    pub(super) fn is_settled(&self, seeker: &Seeker) -> bool {
        let is_transfer = self.prevention == Some(SelfTradePrevention::Transfer) && self.maker != seeker.account;
        self.prevention.is_none() || is_transfer
    }
}

impl Reference {
    pub(super) fn seeker_of(&self, order: &Order) -> Seeker {
        let state = &order.state;
        Seeker {
            account: state.account,
            side: state.side,
            limit: order.limit(),
            mode: state.self_trade_prevention,
            books: self.books_of(state.symbol, state.working_floor.is_some()),
            limits: self.limits_now(state.symbol, state.side),
        }
    }

    /// An order without a limit that is still to be placed.
    fn seeker_asked(&self, asked: &Asked, mode: SelfTradePrevention) -> Seeker {
        Seeker {
            account: asked.account,
            side: asked.side,
            limit: None,
            mode,
            books: self.books_of(asked.symbol, asked.is_routed),
            limits: self.limits_now(asked.symbol, asked.side),
        }
    }

    /// The orders that would be met, in the order in which they would: best price first, then the first book, then the
    /// first that came.
    pub(super) fn makers(&self, seeker: &Seeker) -> Vec<&Order> {
        let reaches = |price: Price| match (seeker.side, seeker.limit) {
            (_, None) => true,
            (Side::Buy, Some(limit)) => limit >= price,
            (Side::Sell, Some(limit)) => limit <= price,
        };
        let is_met = |o: &&Order| {
            let stands = o.place == Place::Book && o.state.side != seeker.side;
            stands && seeker.books.contains(&o.state.symbol) && reaches(o.limit().unwrap())
        };
        let mut makers: Vec<&Order> = self.orders.iter().filter(is_met).collect();
        makers.sort_by_key(|o| {
            let price = i128::from(o.limit().unwrap().units());
            let book = seeker.books.iter().position(|book| *book == o.state.symbol);
            (if seeker.side == Side::Buy { price } else { -price }, book, o.entry)
        });
        makers
    }

    /// The best price of the order's own book; filters look at no other.
    pub(super) fn best_to_meet(&self, asked: &Asked) -> Option<Price> {
        let seeker = Seeker { books: vec![asked.symbol], ..self.seeker_asked(asked, SelfTradePrevention::None) };
        self.makers(&seeker).first().and_then(|order| order.limit())
    }

    /// The makers that stay where they are, up to the first price that is not allowed.
    fn standing(&self, seeker: &Seeker) -> Vec<&Order> {
        let mut makers = self.makers(seeker);
        let within = makers.iter().take_while(|o| seeker.limits.allow(o.limit().unwrap())).count();
        makers.truncate(within);
        makers.retain(|o| self.prevention(seeker, o) != Some(SelfTradePrevention::ExpireMaker));
        makers
    }

    /// The parts that would be traded with one after the other, as icebergs show them.
    pub(super) fn parts_to_meet(&self, asked: &Asked, mode: SelfTradePrevention) -> Vec<(Price, i128)> {
        let parts = self.parts(&self.seeker_asked(asked, mode));
        parts.into_iter().map(|part| (part.price, part.quantity)).collect()
    }

    fn parts(&self, seeker: &Seeker) -> Vec<Part> {
        self.parts_of(&self.standing(seeker), seeker)
    }

    /// Level by level what is shown, then, in turns, what icebergs show next.
    pub(super) fn parts_of(&self, makers: &[&Order], seeker: &Seeker) -> Vec<Part> {
        use SelfTradePrevention::{ExpireBoth, ExpireMaker};
        let mut parts = Vec::new();
        for level in levels_of(makers) {
            let price = level[0].limit().unwrap();
            let mut queue: VecDeque<_> = level.iter().map(|o| (*o, o.shown, o.left() - o.shown)).collect();
            while let Some((order, shown, hidden)) = queue.pop_front() {
                let prevention = self.prevention(seeker, order);
                let (symbol, maker) = (order.state.symbol, order.state.account);
                parts.push(Part { symbol, maker, price, quantity: shown, prevention });
                // An order that is to end in the match shows no more of itself.
                if hidden > 0 && !matches!(prevention, Some(ExpireMaker | ExpireBoth)) {
                    let next = order.iceberg().unwrap_or(hidden).min(hidden);
                    queue.push_back((order, next, hidden - next));
                }
            }
        }
        parts
    }

    /// What a market order to buy would cost now, the quantity at each price rounded up.
    pub(super) fn cost_now(&self, asked: &Asked, mode: SelfTradePrevention, quantity: i128) -> i128 {
        let seeker = self.seeker_asked(asked, mode);
        if asked.is_routed {
            return self.cost_of_routed(&seeker, quantity);
        }
        let (mut left, mut taken) = (quantity, BTreeMap::new());
        for part in self.parts(&seeker) {
            *taken.entry(part.price).or_default() += left.min(part.quantity);
            left -= left.min(part.quantity);
        }
        taken.into_iter().map(|(price, quantity)| worth_up(price, quantity)).sum()
    }

    /// Whether all of an order would trade before it would meet one that it must not trade with and that stays.
    pub(super) fn can_fill(&self, order: &Order, seeker: &Seeker) -> bool {
        let is_routed = order.state.working_floor.is_some();
        let parts = if is_routed { self.survey(seeker, order.left()) } else { self.parts(seeker) };
        let standing = parts.iter().filter(|part| part.prevention != Some(SelfTradePrevention::ExpireMaker));
        let traded = standing.take_while(|part| part.prevention.is_none()).map(|part| part.quantity);
        traded.sum::<i128>() >= order.left()
    }
}

/// Neighbours of one book and price.
fn levels_of<'a>(makers: &[&'a Order]) -> Vec<Vec<&'a Order>> {
    let mut levels: Vec<Vec<&Order>> = Vec::new();
    for maker in makers {
        match levels.last_mut() {
            Some(level) if (level[0].state.symbol, level[0].limit()) == (maker.state.symbol, maker.limit()) => {
                level.push(maker);
            }
            _ => levels.push(vec![maker]),
        }
    }
    levels
}
