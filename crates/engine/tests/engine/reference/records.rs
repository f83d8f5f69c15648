//! Records: balanced legs and a product's event, all or nothing.

use super::{BALANCE_MAX, COMMAND_MAX, Reference, insufficient};
use rialto_types::command::{LEGS_MAX, PAYLOAD_BYTES_MAX, Record};
use rialto_types::event::Recorded;
use rialto_types::{AccountId, Amount, AssetId, Event, PostingReason, Rejection};

impl Reference {
    pub(super) fn record(&mut self, command: &Record) -> Result<(), Rejection> {
        let mut stream = self.streams.get(&command.stream).cloned().unwrap_or_default();
        if stream.version != command.expected_version {
            return Err(Rejection::StaleVersion { expected: command.expected_version, actual: stream.version });
        }
        if command.legs.len() > LEGS_MAX {
            return Err(Rejection::RecordTooLarge { field: "legs" });
        }
        if command.payload.len() > PAYLOAD_BYTES_MAX {
            return Err(Rejection::RecordTooLarge { field: "payload" });
        }
        // The balances that change, in order of their first leg, with all their legs added up.
        let mut totals: Vec<(AccountId, AssetId, i128, i128)> = Vec::new();
        for leg in &command.legs {
            self.kind_of(leg.account)?;
            self.must_know_asset(leg.asset)?;
            for amount in [leg.free, leg.locked] {
                if !(-COMMAND_MAX..=COMMAND_MAX).contains(&amount.units()) {
                    return Err(Rejection::InvalidAmount { amount });
                }
            }
            if [PostingReason::Trade, PostingReason::OrderHold, PostingReason::OrderRelease].contains(&leg.reason) {
                return Err(Rejection::InvalidReason { reason: leg.reason });
            }
            if !totals.iter().any(|total| (total.0, total.1) == (leg.account, leg.asset)) {
                totals.push((leg.account, leg.asset, 0, 0));
            }
            let total = totals.iter_mut().find(|total| (total.0, total.1) == (leg.account, leg.asset)).unwrap();
            total.2 += leg.free.units();
            total.3 += leg.locked.units();
        }
        for (_, asset, ..) in &totals {
            let sum: i128 = totals.iter().filter(|total| total.1 == *asset).map(|total| total.2 + total.3).sum();
            if sum != 0 {
                return Err(Rejection::UnbalancedPostings { asset: *asset, sum: Amount::from_units(sum) });
            }
        }
        for (account, asset, free, locked) in totals {
            let balance = self.balance(account, asset);
            let held = stream.holds.entry((account, asset)).or_default();
            if *held + locked < 0 {
                return Err(Rejection::HoldExceeded { account, asset, held: Amount::from_units(*held) });
            }
            *held += locked;
            if balance.free + free < 0 && !self.kind_of(account)?.may_be_negative() {
                return Err(insufficient(account, asset, -free, balance.free));
            }
            if (balance.free + free).abs() > BALANCE_MAX || (balance.locked + locked).abs() > BALANCE_MAX {
                return Err(Rejection::CapacityReached { what: "balance" });
            }
        }
        stream.version += 1;
        self.events.push(Event::Recorded(Box::new(Recorded {
            stream: command.stream,
            version: stream.version,
            payload: command.payload.clone(),
        })));
        self.streams.insert(command.stream, stream);
        for leg in &command.legs {
            self.change(leg.account, leg.asset, leg.free.units(), leg.locked.units(), leg.reason);
        }
        Ok(())
    }
}
