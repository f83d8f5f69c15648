//! An engine under test with the clock, the sequence and the depth its events describe.

use rialto_engine::Engine;
use rialto_types::event::BookChanged;
use rialto_types::query::{Answer, Query};
use rialto_types::{
    AccountId, Amount, AssetId, Command, Event, OrderState, Price, Quantity, Rejection, Side, SymbolId,
};
pub use rialto_wild::{FIRST_ACCOUNT, limit, list_symbol, open_account, open_spec, post, register_asset};
use std::collections::BTreeMap;

/// An engine, driven command by command as the journal would drive it.
#[derive(Default)]
pub struct Exchange {
    pub engine: Engine,
    /// What rests at each price, as the events tell it.
    pub depth: BTreeMap<(SymbolId, Side, Price), Quantity>,
    updates: BTreeMap<SymbolId, u64>,
    /// Not before this comes the next command.
    now_us: u64,
}

impl Exchange {
    /// Apply one command a little later than the last.
    pub fn apply(&mut self, command: &Command) -> Vec<Event> {
        let mut events = Vec::new();
        let time_us = self.now_us.max(self.engine.time_us() + 7);
        self.engine.apply(self.engine.sequence() + 1, time_us, command, &mut events);
        for event in &events {
            if let Event::BookChanged(changed) = event {
                self.follow(changed);
            }
        }
        events
    }

    /// The same with another engine, which must have come to the same state.
    pub fn with_engine(&self, engine: Engine) -> Exchange {
        Exchange { engine, depth: self.depth.clone(), updates: self.updates.clone(), now_us: self.now_us }
    }

    /// Let the next command come later.
    pub fn pass_to(&mut self, time_us: u64) {
        self.now_us = time_us;
    }

    fn follow(&mut self, changed: &BookChanged) {
        let last = self.updates.entry(changed.symbol).or_default();
        assert_eq!(changed.update_id, *last + 1, "updates of a book are numbered without gaps");
        *last = changed.update_id;
        let level = (changed.symbol, changed.side, changed.price);
        if changed.quantity.is_zero() {
            assert!(self.depth.remove(&level).is_some(), "a level that was not there is gone: {changed:?}");
        } else {
            self.depth.insert(level, changed.quantity);
        }
    }

    /// Apply a command that must be accepted.
    pub fn accept(&mut self, command: &Command) -> Vec<Event> {
        let events = self.apply(command);
        assert_eq!(refusal(&events), None, "{command:?}");
        events
    }

    pub fn open_orders(&self, account: AccountId) -> Vec<OrderState> {
        match self.engine.answer(&Query::OpenOrders { account, symbol: None }) {
            Answer::Orders { orders } => orders,
            other => panic!("asked for orders, got {other:?}"),
        }
    }

    /// Free and locked per asset, without the empty ones.
    pub fn balances(&self, account: AccountId) -> BTreeMap<AssetId, (Amount, Amount)> {
        let Answer::Balances { balances, .. } = self.engine.answer(&Query::Balances { account }) else {
            panic!("account {account} is unknown")
        };
        let shown = balances.iter().map(|balance| (balance.asset, (balance.free, balance.locked)));
        shown.filter(|(_, amounts)| *amounts != (Amount::ZERO, Amount::ZERO)).collect()
    }

    pub fn state_hash(&self) -> [u8; 32] {
        self.engine.state_hash()
    }
}

/// The refusal among a command's events: it stands alone.
pub fn refusal(events: &[Event]) -> Option<Rejection> {
    match events {
        [Event::CommandRejected(refused)] => Some(refused.rejection),
        _ => {
            assert!(!events.iter().any(|event| matches!(event, Event::CommandRejected(_))), "{events:?}");
            None
        }
    }
}
