//! The engine beside the plain exchange of `reference`: the same commands, the same events, the same state.

use crate::exchange::Exchange;
use crate::random::{Step, Versions, steps};
use crate::reference::Reference;
use proptest::prelude::*;
use rialto_types::{AccountId, Amount, Command, Event, Price, Side, SymbolId};
use std::collections::BTreeMap;

/// All accounts that the random commands can open.
const ACCOUNTS_SEEN: u32 = 40;

fn check_state(exchange: &Exchange, reference: &Reference) {
    for account in (0..ACCOUNTS_SEEN).map(AccountId) {
        let mut orders: Vec<_> =
            reference.orders.iter().map(|order| order.state).filter(|order| order.account == account).collect();
        orders.sort_by_key(|order| order.symbol);
        assert_eq!(exchange.open_orders(account), orders);
    }
    for (&(account, asset), balance) in &reference.balances {
        let found = exchange.balances(account).get(&asset).copied().unwrap_or_default();
        assert_eq!(found, (Amount::from_units(balance.free), Amount::from_units(balance.locked)));
    }
    let told = exchange.depth.iter().map(|(level, quantity)| (*level, i128::from(quantity.units())));
    assert_eq!(told.collect::<BTreeMap<(SymbolId, Side, Price), i128>>(), reference.depth());
}

fn check_agreement(steps: &[Step]) {
    let (mut exchange, mut reference, mut versions) = Default::default();
    compare(&mut exchange, &mut reference, &mut versions, steps);
    check_state(&exchange, &reference);
}

fn compare(exchange: &mut Exchange, reference: &mut Reference, versions: &mut Versions, steps: &[Step]) {
    for step in steps {
        let command = versions.resolve(step);
        let events = exchange.apply(&command);
        check_events(&command, &events, &reference.apply(exchange.engine.time_us(), &command));
        versions.follow(&events);
    }
}

/// Both state the same; otherwise, what both state from the first difference on.
fn check_events(command: &Command, events: &[Event], expected: &[Event]) {
    let same = events.iter().zip(expected).take_while(|(event, expected)| event == expected).count();
    assert_eq!(events.get(same..), expected.get(same..), "after {same} events of {command:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_agrees_with_the_plain_exchange(steps in steps(160)) {
        check_agreement(&steps);
    }

    #[test]
    fn the_engine_agrees_with_the_plain_exchange_on_every_command((founding, turns) in rialto_wild::stream(1..120)) {
        let (mut exchange, mut reference) = (Exchange::founded(&founding), Reference::default());
        let founded_at = exchange.engine.time_us();
        founding.iter().for_each(|command| drop(reference.apply(founded_at, command)));
        for turn in &turns {
            let command = exchange.command_of(turn);
            let events = exchange.apply_after(turn.after_us, &command);
            check_events(&command, &events, &reference.apply(exchange.engine.time_us(), &command));
        }
        check_state(&exchange, &reference);
    }
}
