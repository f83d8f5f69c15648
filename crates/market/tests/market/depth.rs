//! Books: snapshot and updates, put together as a client does, give the book; best prices are stated when they change.

use crate::feed::{FIRST, Feed, Rest, price, quantity};
use proptest::prelude::*;
use rialto_market::{BookTickerChanged, Cadence, DepthSnapshot, DepthUpdate, Level, MarketUpdate};
use rialto_types::{Side, SymbolId};

/// A book kept as two unsorted lists.
#[derive(Clone, Default)]
struct PlainBook {
    update_id: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

impl PlainBook {
    fn set(&mut self, side: Side, level: Level) {
        let levels = if side == Side::Buy { &mut self.bids } else { &mut self.asks };
        levels.retain(|other| other.price != level.price);
        if !level.quantity.is_zero() {
            levels.push(level);
        }
    }

    fn snapshot(&self, limit: usize) -> DepthSnapshot {
        let (mut bids, mut asks) = (self.bids.clone(), self.asks.clone());
        bids.sort_by_key(|level| std::cmp::Reverse(level.price));
        asks.sort_by_key(|level| level.price);
        bids.truncate(limit);
        asks.truncate(limit);
        DepthSnapshot { last_update_id: self.update_id, bids, asks }
    }

    fn ticker(&self, symbol: SymbolId) -> BookTickerChanged {
        let best = self.snapshot(1);
        let bid = best.bids.first().copied().unwrap_or_default();
        let ask = best.asks.first().copied().unwrap_or_default();
        BookTickerChanged {
            symbol,
            update_id: self.update_id,
            bid_price: bid.price,
            bid_quantity: bid.quantity,
            ask_price: ask.price,
            ask_quantity: ask.quantity,
        }
    }
}

/// A client that follows the API page: everything it needs, it got from a snapshot and updates.
struct Client {
    buffered: Vec<DepthUpdate>,
    book: Option<PlainBook>,
}

impl Client {
    fn receive(&mut self, update: &DepthUpdate) {
        match &mut self.book {
            None => self.buffered.push(update.clone()),
            Some(book) => Client::follow(book, update),
        }
    }

    fn load(&mut self, snapshot: DepthSnapshot) {
        let DepthSnapshot { last_update_id, bids, asks } = snapshot;
        let mut book = PlainBook { update_id: last_update_id, bids, asks };
        for update in self.buffered.drain(..) {
            Client::follow(&mut book, &update);
        }
        self.book = Some(book);
    }

    fn follow(book: &mut PlainBook, update: &DepthUpdate) {
        if update.last_update_id <= book.update_id {
            return;
        }
        assert!(update.first_update_id <= book.update_id + 1, "{update:?} leaves a gap after {}", book.update_id);
        update.bids.iter().for_each(|&level| book.set(Side::Buy, level));
        update.asks.iter().for_each(|&level| book.set(Side::Sell, level));
        book.update_id = update.last_update_id;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Change(u32, Vec<Rest>),
    Take(Cadence),
    Snapshot,
}

fn step() -> impl Strategy<Value = Step> {
    // Bids below 20, asks from 20 on: a book is never crossed.
    let rest = (any::<bool>(), 0..20_u64, prop_oneof![Just(0), 1..5_u64]).prop_map(|(buys, offset, quantity)| {
        let (side, price) = if buys { (Side::Buy, 1 + offset) } else { (Side::Sell, 21 + offset) };
        Rest { side, price, quantity }
    });
    prop_oneof![
        6 => (0..2_u32, proptest::collection::vec(rest, 0..6)).prop_map(|(symbol, rests)| Step::Change(symbol, rests)),
        2 => prop_oneof![Just(Cadence::Fast), Just(Cadence::Slow)].prop_map(Step::Take),
        1 => Just(Step::Snapshot),
    ]
}

/// Two symbols, two cadences, one client each.
struct Market {
    feed: Feed,
    books: [PlainBook; 2],
    clients: Vec<(SymbolId, Cadence, Client)>,
    taken: Vec<(SymbolId, Cadence, u64)>,
}

impl Market {
    fn new() -> Market {
        let pairs = [SymbolId(0), SymbolId(1)]
            .into_iter()
            .flat_map(|symbol| [(symbol, Cadence::Fast), (symbol, Cadence::Slow)]);
        let clients =
            pairs.clone().map(|(symbol, cadence)| (symbol, cadence, Client { buffered: Vec::new(), book: None }));
        Market {
            feed: Feed::with_symbols(2),
            books: Default::default(),
            clients: clients.collect(),
            taken: pairs.map(|(symbol, cadence)| (symbol, cadence, 0)).collect(),
        }
    }

    fn change(&mut self, symbol: SymbolId, rests: &[Rest]) {
        let book = &mut self.books[symbol.index()];
        let before = BookTickerChanged { update_id: 0, ..book.ticker(symbol) };
        for rest in rests {
            book.set(rest.side, Level { price: price(rest.price), quantity: quantity(rest.quantity) });
            book.update_id += 1;
        }
        let after = book.ticker(symbol);
        let changed = before != BookTickerChanged { update_id: 0, ..after };
        let expected: Vec<_> = changed.then_some(MarketUpdate::BookTickerChanged(after)).into_iter().collect();
        assert_eq!(self.feed.command(0, symbol, &[], rests), expected);
        assert_eq!(self.feed.views.book_ticker(symbol), Some(after));
        assert_eq!(self.feed.views.depth(symbol, 3), Some(book.snapshot(3)));
    }

    fn take(&mut self, cadence: Cadence) {
        let updates = self.feed.views.take_depth_updates(cadence);
        assert!(updates.is_sorted_by_key(|update| update.symbol));
        for update in &updates {
            let taken =
                self.taken.iter_mut().find(|(symbol, of, _)| (*symbol, *of) == (update.symbol, cadence)).unwrap();
            assert_eq!(update.first_update_id, taken.2 + 1, "updates follow each other");
            assert!(update.last_update_id >= update.first_update_id);
            assert!(
                update.bids.is_sorted_by(|a, b| a.price > b.price)
                    && update.asks.is_sorted_by(|a, b| a.price < b.price)
            );
            taken.2 = update.last_update_id;
            let of_it = |(symbol, of, _): &&mut (SymbolId, Cadence, Client)| (*symbol, *of) == (update.symbol, cadence);
            self.clients.iter_mut().filter(of_it).for_each(|(_, _, client)| client.receive(update));
        }
        assert_eq!(self.feed.views.take_depth_updates(cadence), []);
    }

    fn snapshot(&mut self) {
        for (symbol, _, client) in &mut self.clients {
            client.load(self.feed.views.depth(*symbol, usize::MAX).unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_snapshot_and_the_updates_after_it_are_the_book(steps in proptest::collection::vec(step(), 1..80)) {
        let mut market = Market::new();
        for step in steps {
            match step {
                Step::Change(symbol, rests) => market.change(SymbolId(symbol), &rests),
                Step::Take(cadence) => market.take(cadence),
                Step::Snapshot => market.snapshot(),
            }
        }
        // Whoever has no snapshot yet begins with the updates buffered, as the page says.
        for (symbol, _, client) in &mut market.clients {
            if client.book.is_none() {
                client.load(market.feed.views.depth(*symbol, usize::MAX).unwrap());
            }
        }
        market.take(Cadence::Fast);
        market.take(Cadence::Slow);
        for (symbol, cadence, client) in &market.clients {
            let kept = client.book.as_ref().unwrap().snapshot(usize::MAX);
            prop_assert_eq!(kept, market.books[symbol.index()].snapshot(usize::MAX), "{:?} {:?}", symbol, cadence);
        }
    }
}

#[test]
fn a_level_that_came_and_went_is_stated_as_gone() {
    let mut feed = Feed::with_symbols(1);
    let bid = |quantity| Rest { side: Side::Buy, price: 7, quantity };
    feed.command(0, FIRST, &[], &[bid(3)]);
    feed.command(0, FIRST, &[], &[bid(0)]);
    let gone = Level { price: price(7), quantity: quantity(0) };
    let expected = DepthUpdate { symbol: FIRST, first_update_id: 1, last_update_id: 2, bids: vec![gone], asks: vec![] };
    let expected = [expected];
    assert_eq!(feed.views.take_depth_updates(Cadence::Fast), expected);
    assert_eq!(feed.views.take_depth_updates(Cadence::Fast), []);
    assert_eq!(feed.views.take_depth_updates(Cadence::Slow), expected);
}

#[test]
fn an_empty_book_is_known_and_an_unknown_one_is_not() {
    let feed = Feed::with_symbols(1);
    assert_eq!(feed.views.depth(FIRST, 5), Some(DepthSnapshot { last_update_id: 0, bids: vec![], asks: vec![] }));
    assert_eq!(feed.views.book_ticker(FIRST), Some(PlainBook::default().ticker(FIRST)));
    assert_eq!(feed.views.depth(SymbolId(1), 5), None);
    assert_eq!(feed.views.book_ticker(SymbolId(1)), None);
}
