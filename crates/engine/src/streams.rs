//! Product streams: the core as the event store of every product.

use crate::accounts::check_amount;
use crate::engine::Engine;
use rialto_ledger::Balances;
use rialto_types::command::{LEGS_MAX, PAYLOAD_BYTES_MAX, Record};
use rialto_types::event::{Posted, Recorded};
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{AccountId, Amount, AssetId, Event, Leg, Rejection, StreamKey};
use std::collections::BTreeMap;

/// An aggregate: how many records it has and what it holds locked.
pub(crate) struct Stream {
    pub(crate) key: StreamKey,
    pub(crate) version: u64,
    /// What it holds locked of each balance; never zero.
    pub(crate) holds: BTreeMap<(AccountId, AssetId), Amount>,
}

/// Every stream, in order of its first record.
#[derive(Default)]
pub(crate) struct Streams {
    pub(crate) streams: Vec<Stream>,
    by_key: SlotIndex,
}

impl Streams {
    fn find(&self, key: &StreamKey) -> Option<&Stream> {
        let slot = self.by_key.find(key, |slot| self.streams[slot as usize].key)?;
        Some(&self.streams[slot as usize])
    }

    fn find_or_open(&mut self, key: &StreamKey) -> &mut Stream {
        let streams = &self.streams;
        let found = self.by_key.find(key, |slot| streams[slot as usize].key);
        let slot = found.unwrap_or_else(|| {
            let slot = self.streams.len() as u32;
            self.streams.push(Stream { key: *key, version: 0, holds: BTreeMap::new() });
            let streams = &self.streams;
            self.by_key.insert(key, slot, |slot| streams[slot as usize].key);
            slot
        });
        &mut self.streams[slot as usize]
    }
}

impl Streams {
    /// Write every stream, in order of its first record.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Streams { streams, by_key: _ } = self;
        writer.put_count(streams.len())?;
        for Stream { key, version, holds } in streams {
            writer.put(&(key, version))?;
            writer.put_count(holds.len())?;
            for ((account, asset), amount) in holds {
                writer.put(&(account, asset, amount))?;
            }
        }
        Ok(())
    }

    /// Read what [`Streams::write_state`] wrote; what they hold must be locked in these balances.
    pub(crate) fn read_state(reader: &mut StateReader<'_>, balances: &Balances) -> Result<Streams, StateError> {
        let mut read = Streams::default();
        for _ in 0..reader.take_count("streams", u32::MAX as usize - 1)? {
            let (key, version) = reader.take()?;
            require(read.find(&key).is_none(), "a stream is there twice")?;
            let stream = read.find_or_open(&key);
            stream.version = version;
            for _ in 0..reader.take_count("holds of a stream", u32::MAX as usize)? {
                let (account, asset, amount) = reader.take()?;
                let balance = balances.find(account, asset).map(|slot| balances.get(slot));
                let is_locked = balance.is_some_and(|balance| Amount::ZERO < amount && amount <= balance.locked);
                require(is_locked, "a stream holds what is not locked")?;
                require(stream.holds.insert((account, asset), amount).is_none(), "a stream holds a balance twice")?;
            }
        }
        Ok(read)
    }
}

impl Stream {
    fn held(&self, account: AccountId, asset: AssetId) -> Amount {
        self.holds.get(&(account, asset)).copied().unwrap_or_default()
    }

    fn change_hold(&mut self, account: AccountId, asset: AssetId, change: Amount) {
        let held = self.held(account, asset).plus(change).expect("holds are bounded");
        if held.is_zero() {
            self.holds.remove(&(account, asset));
        } else {
            self.holds.insert((account, asset), held);
        }
    }
}

/// What all legs together do to one balance.
struct NetChange {
    account: AccountId,
    asset: AssetId,
    free: Amount,
    locked: Amount,
}

impl Engine {
    pub(crate) fn record(&mut self, command: &Record, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let version = self.streams.find(&command.stream).map_or(0, |stream| stream.version);
        if version != command.expected_version {
            return Err(Rejection::StaleVersion { expected: command.expected_version, actual: version });
        }
        if command.legs.len() > LEGS_MAX {
            return Err(Rejection::RecordTooLarge { field: "legs" });
        }
        if command.payload.len() > PAYLOAD_BYTES_MAX {
            return Err(Rejection::RecordTooLarge { field: "payload" });
        }
        let changes = self.net_changes(&command.legs)?;
        check_balanced(&changes)?;
        for change in &changes {
            self.check_change(&command.stream, change)?;
        }
        let stream = self.streams.find_or_open(&command.stream);
        stream.version += 1;
        let version = stream.version;
        for change in changes.iter().filter(|change| !change.locked.is_zero()) {
            stream.change_hold(change.account, change.asset, change.locked);
        }
        events.push(Event::Recorded(Box::new(Recorded {
            stream: command.stream,
            version,
            payload: command.payload.clone(),
        })));
        self.post_legs(&command.legs, events);
        Ok(())
    }

    fn net_changes(&self, legs: &[Leg]) -> Result<Vec<NetChange>, Rejection> {
        let mut changes: Vec<NetChange> = Vec::with_capacity(legs.len());
        for leg in legs {
            self.may_be_negative(leg.account)?;
            self.check_asset(leg.asset)?;
            check_amount(leg.free)?;
            check_amount(leg.locked)?;
            if leg.reason.is_of_orders() {
                return Err(Rejection::InvalidReason { reason: leg.reason });
            }
            let same = changes.iter_mut().find(|change| change.account == leg.account && change.asset == leg.asset);
            let at_most = "legs are few and bounded";
            match same {
                Some(change) => {
                    change.free = change.free.plus(leg.free).expect(at_most);
                    change.locked = change.locked.plus(leg.locked).expect(at_most);
                }
                None => changes.push(NetChange {
                    account: leg.account,
                    asset: leg.asset,
                    free: leg.free,
                    locked: leg.locked,
                }),
            }
        }
        Ok(changes)
    }

    fn check_change(&self, key: &StreamKey, change: &NetChange) -> Result<(), Rejection> {
        let &NetChange { account, asset, free, locked } = change;
        let balances = &self.ledger.balances;
        let before = balances.find(account, asset).map(|slot| *balances.get(slot));
        let (free_before, locked_before) =
            before.map_or((Amount::ZERO, Amount::ZERO), |balance| (balance.free, balance.locked));
        let held = self.streams.find(key).map_or(Amount::ZERO, |stream| stream.held(account, asset));
        let bounded = "balances and changes are bounded";
        if held.plus(locked).expect(bounded).is_negative() {
            return Err(Rejection::HoldExceeded { account, asset, held });
        }
        let (free_after, locked_after) =
            (free_before.plus(free).expect(bounded), locked_before.plus(locked).expect(bounded));
        if free_after.is_negative() && !self.may_be_negative(account)? {
            return Err(Rejection::InsufficientBalance { account, asset, needed: -free, free: free_before });
        }
        if !Balances::is_in_range(free_after) || !Balances::is_in_range(locked_after) {
            return Err(Rejection::CapacityReached { what: "balance" });
        }
        Ok(())
    }

    fn post_legs(&mut self, legs: &[Leg], events: &mut Vec<Event>) {
        for leg in legs {
            let may_be_negative = self.may_be_negative(leg.account).unwrap_or_default();
            let slot = self.ledger.balances.find_or_open(leg.account, leg.asset, may_be_negative);
            let balance = self.ledger.balances.post_transient(slot, leg.free, leg.locked);
            events.push(Event::Posted(Posted {
                account: leg.account,
                asset: leg.asset,
                free_change: leg.free,
                locked_change: leg.locked,
                free: balance.free,
                locked: balance.locked,
                reason: leg.reason,
            }));
        }
    }
}

/// Refuse unless every asset's changes sum to zero.
fn check_balanced(changes: &[NetChange]) -> Result<(), Rejection> {
    let total = |change: &NetChange| change.free.plus(change.locked).expect("changes are bounded");
    for change in changes {
        let mut sum = Amount::ZERO;
        for other in changes.iter().filter(|other| other.asset == change.asset) {
            sum = sum.plus(total(other)).expect("changes are bounded");
        }
        if !sum.is_zero() {
            return Err(Rejection::UnbalancedPostings { asset: change.asset, sum });
        }
    }
    Ok(())
}
