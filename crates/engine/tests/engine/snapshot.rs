//! A snapshot at any point goes on as if there had been none, and bytes that are no snapshot are refused.

use crate::exchange::{Exchange, FIRST_ACCOUNT};
use proptest::prelude::*;
use rialto_engine::Engine;
use rialto_market::{Cadence, Interval, MarketViews};
use rialto_types::query::{Answer, Query};
use rialto_types::{AccountClass, AccountId, AccountKind, Command, Event, OwnerId, SymbolId};
use rialto_wild::{Turn, stream};

fn bytes_of(engine: &Engine) -> Vec<u8> {
    let mut bytes = Vec::new();
    engine.write_snapshot(&mut bytes).unwrap();
    bytes
}

fn views_bytes(views: &MarketViews) -> Vec<u8> {
    let mut bytes = Vec::new();
    views.write_snapshot(&mut bytes).unwrap();
    bytes
}

/// An exchange with what the public sees of it.
#[derive(Default)]
struct Seen {
    exchange: Exchange,
    views: MarketViews,
}

impl Seen {
    fn apply(&mut self, after_us: u64, command: &Command) -> (Vec<Event>, Vec<rialto_market::MarketUpdate>) {
        let events = self.exchange.apply_after(after_us, command);
        let mut updates = Vec::new();
        self.views.apply(self.exchange.engine.time_us(), &events, &mut updates);
        (events, updates)
    }

    /// Through its bytes into another memory.
    fn reread(&self) -> Seen {
        let (engine, views) = (bytes_of(&self.exchange.engine), views_bytes(&self.views));
        let read = Engine::read_snapshot(&mut engine.as_slice()).unwrap();
        let read_views = MarketViews::read_snapshot(&mut views.as_slice()).unwrap();
        assert_eq!(bytes_of(&read), engine, "the same state has the same bytes");
        assert_eq!(views_bytes(&read_views), views, "the same views have the same bytes");
        assert_eq!(read.state_hash(), self.exchange.engine.state_hash());
        read.audit().unwrap();
        Seen { exchange: self.exchange.with_engine(read), views: read_views }
    }
}

/// Everything that can be asked about a few people on a few symbols.
fn answers(engine: &Engine) -> Vec<Answer> {
    let mut queries = vec![Query::Catalog {}, Query::StateHash {}];
    for account in (0..FIRST_ACCOUNT + 6).map(AccountId) {
        queries.push(Query::Balances { account });
        queries.push(Query::OpenOrders { account, symbol: None });
        queries.push(Query::OpenOrderLists { account });
        for symbol in (0..4).map(SymbolId) {
            queries.push(Query::OpenOrders { account, symbol: Some(symbol) });
            queries.push(Query::Commission { account, symbol });
        }
    }
    for symbol in (0..4).map(SymbolId) {
        queries.push(Query::ReferencePrice { symbol, now_us: engine.time_us() + 1_000_000 });
    }
    queries
        .extend((0..5).map(|owner| Query::Open { owner: OwnerId(owner), kind: AccountKind::of(AccountClass::Spot) }));
    queries.iter().map(|query| engine.answer(query)).collect()
}

fn public(views: &mut MarketViews, now_us: u64) -> String {
    let mut seen = String::new();
    for symbol in (0..4).map(SymbolId) {
        seen += &format!(
            "{:?}",
            (views.depth(symbol, 5_000), views.book_ticker(symbol), views.trades(symbol, None, 1_000))
        );
        seen += &format!("{:?}", (views.aggregated_trades(symbol, 1_000), views.statistics(symbol, now_us)));
        for interval in Interval::ALL {
            seen += &format!("{:?}", views.candles(symbol, interval, None, None, 20, now_us));
        }
    }
    seen += &format!("{:?}", views.take_depth_updates(Cadence::Fast));
    seen += &format!("{:?}", (views.take_changed_candles(), views.take_changed_statistics(now_us)));
    seen
}

/// Run a stream twice: without a snapshot, and through one after each of some commands.
fn check(founding: &[Command], turns: &[Turn], cuts: &[usize]) {
    let mut whole = Seen::default();
    founding.iter().for_each(|command| drop(whole.apply(0, command)));
    let mut cut = whole.reread();
    whole.views.forget_changes();
    for (index, turn) in turns.iter().enumerate() {
        let command = whole.exchange.command_of(turn);
        assert_eq!(cut.apply(turn.after_us, &command), whole.apply(turn.after_us, &command), "{command:?}");
        let part = whole.exchange.engine.part_hash();
        assert_eq!(cut.exchange.engine.part_hash(), part, "{command:?}");
        assert!(cut.exchange.engine.agrees_with(&part));
        if cuts.contains(&index) {
            assert_eq!(bytes_of(&cut.exchange.engine), bytes_of(&whole.exchange.engine), "whatever the memory");
            cut = cut.reread();
            whole.views.forget_changes();
        }
    }
    let (engine, other) = (&whole.exchange.engine, &cut.exchange.engine);
    assert_eq!(answers(other), answers(engine));
    assert!(other.agrees_with(&engine.state_hash()) && !other.agrees_with(&[0; 32]));
    other.audit().unwrap();
    assert_eq!(bytes_of(other), bytes_of(engine));
    assert_eq!(views_bytes(&cut.views), views_bytes(&whole.views));
    let now_us = engine.time_us() + 90_000_000;
    assert_eq!(public(&mut cut.views, now_us), public(&mut whole.views, now_us));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_what_follows_is_the_whole(
        (founding, turns) in stream(1..150),
        cuts in prop::collection::vec(0..150usize, 0..6),
    ) {
        check(&founding, &turns, &cuts);
    }

    /// Whatever bytes are read: a state that can be hashed and written again, or an error.
    #[test]
    fn damaged_bytes_are_refused_or_are_a_state(
        (founding, turns) in stream(20..80),
        damages in prop::collection::vec(prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), 40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut sound = Seen::default();
        founding.iter().for_each(|command| drop(sound.apply(0, command)));
        for turn in &turns {
            let command = sound.exchange.command_of(turn);
            sound.apply(turn.after_us, &command);
        }
        let (engine, views) = (bytes_of(&sound.exchange.engine), views_bytes(&sound.views));
        prop_assert!(Engine::read_snapshot(&mut &engine[..cut.index(engine.len())]).is_err());
        prop_assert!(MarketViews::read_snapshot(&mut &views[..cut.index(views.len())]).is_err());
        for damage in damages {
            let (mut engine, mut views) = (engine.clone(), views.clone());
            for (at, byte) in damage {
                let (in_engine, in_views) = (at.index(engine.len()), at.index(views.len()));
                (engine[in_engine], views[in_views]) = (byte, byte);
            }
            if let Ok(read) = Engine::read_snapshot(&mut engine.as_slice()) {
                read.state_hash();
                bytes_of(&read);
            }
            if let Ok(mut read) = MarketViews::read_snapshot(&mut views.as_slice()) {
                public(&mut read, sound.exchange.engine.time_us());
                views_bytes(&read);
            }
        }
    }
}

#[test]
fn another_version_and_what_stands_behind_are_refused() {
    let mut bytes = bytes_of(&Engine::new());
    let error = |bytes: &[u8]| Engine::read_snapshot(&mut &bytes[..]).err().unwrap().to_string();
    bytes.push(0);
    assert_eq!(error(&bytes), "a state that contradicts itself: something stands behind it");
    bytes[0] += 1;
    assert_eq!(error(&bytes), "state version 2 of the engine is not known to this release (it knows 1)");
    assert!(error(&[]).starts_with("a damaged value"));
}
