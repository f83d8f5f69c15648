//! Orders that are filled from all books of one base: the house's treasury trades on those books, and hands on what it
//! gets in the quote of the order's own symbol.

use super::liquidity::{Part, Seeker};
use super::{Order, Reference, quantity_of, received, worth_down, worth_up};
use crate::reference::Balance;
use rialto_types::account::TREASURY;
use rialto_types::event::Fill;
use rialto_types::{
    AccountId, Amount, AssetId, OrderId, OrderState, OrderStatus, Price, SelfTradePrevention, Side, SymbolId,
    SymbolSpec,
};
use std::collections::{BTreeMap, VecDeque};

type Balances = BTreeMap<(AccountId, AssetId), Balance>;

/// A book while an order is matched with it.
pub(super) struct Venue {
    pub(super) symbol: SymbolId,
    /// The price whose level has changed and is still to be told.
    pub(super) changed: Option<Price>,
    /// The order of the treasury there: its number, what it has traded and for how much.
    treasury: Option<(OrderId, i128, i128)>,
}

impl Venue {
    pub(super) fn new(symbol: SymbolId) -> Venue {
        Venue { symbol, changed: None, treasury: None }
    }
}

/// What the treasury gets and what it pays when an order of a side is filled from a book with another quote.
fn exchanged(own: &SymbolSpec, book: &SymbolSpec, side: Side) -> Option<(AssetId, AssetId)> {
    match side {
        _ if own.quote == book.quote => None,
        Side::Buy => Some((own.quote, book.quote)),
        Side::Sell => Some((book.quote, own.quote)),
    }
}

impl Reference {
    /// The changes of the treasury's balances when an order is filled from a book.
    pub(super) fn treasury_changes(&self, taker: &OrderState, book: SymbolId, quote: i128) -> Vec<(AssetId, i128)> {
        let changes = exchanged(self.spec(taker.symbol), self.spec(book), taker.side);
        changes.map_or(Vec::new(), |(gets, pays)| vec![(gets, quote), (pays, -quote)])
    }

    /// The order that would be met next: the best of those that are first in their book and that the treasury can pay.
    pub(super) fn next_maker(&self, seeker: &Seeker, left: i128) -> Option<&Order> {
        let makers = self.makers(seeker);
        let firsts = seeker.books.iter().filter_map(|book| makers.iter().position(|o| o.state.symbol == *book));
        let is_paid = |place: &usize| {
            let (price, quantity) = (makers[*place].limit().unwrap(), left.min(makers[*place].shown));
            self.treasury_pays(&self.balances, seeker, makers[*place].state.symbol, worth_down(price, quantity))
        };
        firsts.filter(is_paid).min().map(|place| makers[place])
    }

    fn treasury_pays(&self, balances: &Balances, seeker: &Seeker, book: SymbolId, quote: i128) -> bool {
        let exchanged = exchanged(self.spec(seeker.books[0]), self.spec(book), seeker.side);
        let free = |asset| balances.get(&(TREASURY, asset)).map_or(0, |balance| balance.free);
        exchanged.is_none_or(|(_, pays)| free(pays) >= quote)
    }

    /// What the treasury's order on a book has traded, with this trade. It pays no commission.
    pub(super) fn treasury_fill(&mut self, venue: &mut Venue, side: Side, quantity: i128, quote: i128) -> Fill {
        let numbers = &mut self.symbols[venue.symbol.index()].orders_ever;
        let (order_id, executed, executed_quote) = venue.treasury.get_or_insert_with(|| {
            *numbers += 1;
            (OrderId(*numbers), 0, 0)
        });
        *executed += quantity;
        *executed_quote += quote;
        Fill {
            order_id: *order_id,
            account: TREASURY,
            executed: quantity_of(*executed),
            executed_quote: Amount::from_units(*executed_quote),
            status: OrderStatus::Filled,
            fee: Amount::ZERO,
            fee_asset: received(self.spec(venue.symbol), side),
        }
    }

    /// What a routed order for a quantity would meet, match by match, before anything is changed.
    pub(super) fn survey(&self, seeker: &Seeker, quantity: i128) -> Vec<Part> {
        let makers = self.makers(seeker);
        let of_book = |book: &SymbolId| {
            let makers: Vec<&Order> = makers.iter().copied().filter(|o| o.state.symbol == *book).collect();
            self.parts_of(&makers, seeker).into()
        };
        let mut books: Vec<VecDeque<Part>> = seeker.books.iter().map(of_book).collect();
        let (mut balances, mut left, mut met) = (self.balances.clone(), quantity, Vec::new());
        while left > 0 {
            let nearness = |part: &Part| {
                let price = i128::from(part.price.units());
                if seeker.side == Side::Buy { price } else { -price }
            };
            let quote = |part: &Part| worth_down(part.price, part.quantity.min(left));
            let firsts = books.iter_mut().filter(|parts| {
                parts.front().is_some_and(|part| self.treasury_pays(&balances, seeker, part.symbol, quote(part)))
            });
            // The first of equals.
            let Some(best) = firsts.min_by_key(|parts| nearness(&parts[0])) else { break };
            if !seeker.limits.allow(best[0].price) {
                break;
            }
            let mut part = best.pop_front().unwrap();
            if part.is_settled(seeker) {
                let exchanged = exchanged(self.spec(seeker.books[0]), self.spec(part.symbol), seeker.side);
                for (asset, change) in
                    exchanged.into_iter().flat_map(|(gets, pays)| [(gets, quote(&part)), (pays, -quote(&part))])
                {
                    balances.entry((TREASURY, asset)).or_default().free += change;
                }
            }
            part.quantity = part.quantity.min(left);
            if part.prevention != Some(SelfTradePrevention::ExpireMaker) {
                left -= part.quantity;
            }
            met.push(part);
        }
        met
    }

    /// What buying a quantity from all books would cost, each match rounded up.
    pub(super) fn cost_of_routed(&self, seeker: &Seeker, quantity: i128) -> i128 {
        let parts = self.survey(seeker, quantity).into_iter();
        let standing = parts.filter(|part| part.prevention != Some(SelfTradePrevention::ExpireMaker));
        standing.map(|part| worth_up(part.price, part.quantity)).sum()
    }
}
