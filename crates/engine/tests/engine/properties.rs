//! What holds after every command, whatever the commands are.

use crate::exchange::{Exchange, refusal};
use crate::random::{Step, Versions, steps};
use proptest::prelude::*;
use rialto_types::command::{CancelAllOrders, PlaceOrder};
use rialto_types::event::Posted;
use rialto_types::query::{Answer, Query};
use rialto_types::{
    AccountId, Amount, AssetId, Command, Event, OrderId, OrderStatus, Price, Quantity, Side, SymbolId, codec,
};
use std::collections::BTreeMap;

/// Accounts whose orders are looked at: all that the random commands can open.
const ACCOUNTS_SEEN: u32 = 40;

/// What postings say every balance is.
#[derive(Default)]
pub struct Books {
    balances: BTreeMap<(AccountId, AssetId), (Amount, Amount)>,
}

impl Books {
    /// Begin with what accounts hold already.
    pub fn open(&mut self, exchange: &Exchange, accounts: impl Iterator<Item = AccountId>) {
        for account in accounts {
            let held = exchange.balances(account).into_iter();
            self.balances.extend(held.map(|(asset, amounts)| ((account, asset), amounts)));
        }
    }

    /// Every posting continues where the last one of its balance ended, and a command's postings sum to zero.
    pub fn follow(&mut self, events: &[Event]) {
        let mut sums: BTreeMap<AssetId, Amount> = BTreeMap::new();
        for event in events {
            let Event::Posted(posted) = event else { continue };
            let &Posted { account, asset, free_change, locked_change, free, locked, .. } = posted;
            let balance = self.balances.entry((account, asset)).or_default();
            balance.0 = balance.0.plus(free_change).unwrap();
            balance.1 = balance.1.plus(locked_change).unwrap();
            assert_eq!(*balance, (free, locked), "{posted:?}");
            let sum = sums.entry(asset).or_default();
            *sum = sum.plus(free_change).unwrap().plus(locked_change).unwrap();
        }
        assert!(sums.values().all(|sum| sum.is_zero()), "postings sum to {sums:?}");
    }

    fn check_against(&self, exchange: &Exchange) {
        for account in (0..ACCOUNTS_SEEN).map(AccountId) {
            let range = (account, AssetId(0))..=(account, AssetId(u32::MAX));
            let told: BTreeMap<_, _> = self.balances.range(range).map(|(key, amounts)| (key.1, *amounts)).collect();
            let told = told.into_iter().filter(|(_, amounts)| *amounts != (Amount::ZERO, Amount::ZERO)).collect();
            match exchange.engine.answer(&Query::Balances { account }) {
                Answer::Refused { .. } => assert_eq!(told, BTreeMap::new()),
                _ => assert_eq!(exchange.balances(account), told, "account {account}"),
            }
        }
    }
}

/// The depth that events tell is what the open orders sum to.
fn check_depth(exchange: &Exchange) {
    let mut depth: BTreeMap<(SymbolId, Side, Price), u64> = BTreeMap::new();
    for account in (0..ACCOUNTS_SEEN).map(AccountId) {
        for order in exchange.open_orders(account) {
            assert!(order.status.is_open(), "{order:?}");
            assert_eq!(order.prevented.is_zero(), order.prevented_match_id.0 == 0, "{order:?}");
            let left = order.quantity.units() - order.executed.units() - order.prevented.units();
            assert!(left > 0, "{order:?}");
            *depth.entry((order.symbol, order.side, order.price)).or_default() += left;
        }
    }
    let told: BTreeMap<_, _> = exchange.depth.iter().map(|(level, quantity)| (*level, quantity.units())).collect();
    assert_eq!(told, depth);
}

/// An accepted order rests in the book, or its last event says how it ended.
fn check_concluded(exchange: &Exchange, order: &PlaceOrder, events: &[Event]) {
    let mut status = None;
    let mut id = OrderId(0);
    let mut executed = Quantity::ZERO;
    for event in events {
        match event {
            Event::OrderPlaced(placed) => (id, status) = (placed.order.order_id, Some(placed.order.status)),
            Event::TradeExecuted(trade) => (executed, status) = (trade.taker.executed, Some(trade.taker.status)),
            Event::OrderExpired(expired) if expired.order.order_id == id => {
                status = Some(expired.order.status);
                assert_eq!(expired.order.executed, executed, "{expired:?}");
            }
            _ => {}
        }
    }
    let open = exchange.open_orders(order.account).into_iter().find(|o| o.symbol == order.symbol && o.order_id == id);
    match status.expect("the order was placed") {
        OrderStatus::Filled | OrderStatus::Expired | OrderStatus::ExpiredInMatch => assert_eq!(open, None, "{order:?}"),
        shown => assert_eq!(open.map(|open| (open.status, open.executed)), Some((shown, executed)), "{order:?}"),
    }
}

fn check_stream(steps: &[Step]) {
    let (mut exchange, mut twin) = (Exchange::default(), Exchange::default());
    let (mut versions, mut books) = (Versions::default(), Books::default());
    let mut journal = Vec::new();
    // Refused whatever the state is: moves the twin's sequence and time along, and nothing else.
    let nothing = Command::CancelAllOrders(CancelAllOrders {
        account: AccountId(0),
        symbol: SymbolId(u32::MAX),
        cancel_id: None,
    });
    for step in steps {
        let command = versions.resolve(step);
        let is_acceptable = match &command {
            Command::PlaceOrder(order) => Some(exchange.engine.answer(&Query::TestOrder { order: *order })),
            _ => None,
        };
        let events = exchange.apply(&command);
        match refusal(&events) {
            Some(rejection) => {
                assert!(is_acceptable.is_none_or(|answer| answer == Answer::Refused { rejection }), "{rejection:?}");
                assert!(refusal(&twin.apply(&nothing)).is_some());
                assert_eq!(exchange.state_hash(), twin.state_hash(), "a refusal changed something: {rejection:?}");
            }
            None => {
                assert!(is_acceptable.is_none_or(|answer| answer == Answer::Acceptable {}), "{command:?}");
                assert_eq!(twin.apply(&command), events);
            }
        }
        if let (Command::PlaceOrder(order), None) = (&command, refusal(&events)) {
            check_concluded(&exchange, order, &events);
        }
        exchange.engine.audit().unwrap_or_else(|violation| panic!("{violation} after {command:?}"));
        versions.follow(&events);
        books.follow(&events);
        check_depth(&exchange);
        journal.push((encoded(&command), events));
    }
    books.check_against(&exchange);
    check_replay(&journal, exchange.state_hash());
}

fn encoded(command: &Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(command, &mut bytes);
    bytes
}

/// The same commands, read back from their journalled form, give the same events and the same state.
fn check_replay(journal: &[(Vec<u8>, Vec<Event>)], hash: [u8; 32]) {
    let mut replayed = Exchange::default();
    for (bytes, events) in journal {
        let command = codec::decode(bytes).unwrap();
        assert_eq!(encoded(&command), *bytes);
        assert_eq!(replayed.apply(&command), *events);
    }
    assert_eq!(replayed.state_hash(), hash);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn every_invariant_holds_after_every_command(steps in steps(120)) {
        check_stream(&steps);
    }
}
