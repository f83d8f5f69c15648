use crate::{Ledger, LedgerViolation};
use proptest::prelude::*;
use rialto_types::account::EXTERNAL;
use rialto_types::{AccountClass, AccountId, AccountKind, Amount, AssetId, OwnerId};
use std::collections::BTreeMap;

const USDT: AssetId = AssetId(1);

fn spot(ledger: &mut Ledger, owner: u64) -> AccountId {
    ledger.accounts.open(OwnerId(owner), AccountKind::of(AccountClass::Spot), None).unwrap()
}

#[test]
fn an_owner_has_one_account_of_a_kind() {
    let mut ledger = Ledger::default();
    let first = spot(&mut ledger, 7);
    assert_eq!(ledger.accounts.open(OwnerId(7), AccountKind::of(AccountClass::Spot), None), Err(first));
    assert_eq!(ledger.accounts.find(OwnerId(7), AccountKind::of(AccountClass::Spot)), Some(first));
    assert_eq!(ledger.accounts.find(OwnerId(8), AccountKind::of(AccountClass::Spot)), None);
    assert_ne!(spot(&mut ledger, 8), first);
}

#[test]
fn money_from_nowhere_is_seen_at_once_and_by_the_audit() {
    let mut ledger = Ledger::default();
    let account = spot(&mut ledger, 1);
    let slot = ledger.balances.find_or_open(account, USDT, false);
    ledger.balances.post(slot, Amount::from_units(5), Amount::ZERO);
    assert!(!ledger.balances.is_balanced());
    assert_eq!(ledger.audit(), Err(LedgerViolation::SumNotZero { asset: USDT, sum: Amount::from_units(5) }));
    let outside = ledger.balances.find_or_open(EXTERNAL, USDT, true);
    ledger.balances.post(outside, Amount::from_units(-5), Amount::ZERO);
    assert!(ledger.balances.is_balanced());
    assert_eq!(ledger.audit(), Ok(()));
}

#[test]
#[should_panic(expected = "a posting would overdraw")]
fn overdrawing_stops_the_engine() {
    let mut ledger = Ledger::default();
    let account = spot(&mut ledger, 1);
    let slot = ledger.balances.find_or_open(account, USDT, false);
    ledger.balances.post(slot, Amount::from_units(-1), Amount::from_units(1));
}

proptest! {
    /// A plain map of balances beside the ledger: same balances, same order of first touch, balanced when it is.
    #[test]
    fn agrees_with_a_plain_map(postings in prop::collection::vec((0..4u64, 0..3u32, 0..100i128, 0..50i128), 1..60)) {
        let mut ledger = Ledger::default();
        let mut plain: BTreeMap<(AccountId, AssetId), (i128, i128)> = BTreeMap::new();
        for (owner, asset, free, locked) in postings {
            let kind = AccountKind::of(AccountClass::Spot);
            let account = ledger.accounts.open(OwnerId(owner), kind, None).unwrap_or_else(|existing| existing);
            let asset = AssetId(asset);
            let slot = ledger.balances.find_or_open(account, asset, false);
            ledger.balances.post(slot, Amount::from_units(free), Amount::from_units(locked));
            let outside = ledger.balances.find_or_open(EXTERNAL, asset, true);
            ledger.balances.post(outside, Amount::from_units(-free - locked), Amount::ZERO);
            prop_assert!(ledger.balances.is_balanced());
            let entry = plain.entry((account, asset)).or_default();
            *entry = (entry.0 + free, entry.1 + locked);
        }
        prop_assert_eq!(ledger.audit(), Ok(()));
        for ((account, asset), (free, locked)) in plain {
            let held: Vec<_> = ledger.balances.of_account(account).filter(|balance| balance.asset == asset).collect();
            prop_assert_eq!(held.len(), 1);
            prop_assert_eq!((held[0].free.units(), held[0].locked.units()), (free, locked));
        }
    }
}
