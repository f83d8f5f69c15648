//! Double entry: every account, every balance, and per asset a sum of zero.
//!
//! Stands under the engine, which decides what moves. Owns accounts and balances. Invariants, held after every
//! command: per asset all balances sum to zero; no balance is below zero except where the account's kind allows it.
//! Knows nothing of orders, prices or products.

#![forbid(unsafe_code)]

mod accounts;
mod balances;

pub use accounts::{Account, Accounts};
pub use balances::{Balance, BalanceSlot, Balances};

use rialto_types::state_codec::{StateError, StateReader, StateWriter};
use rialto_types::{Amount, AssetId, Fingerprint};

/// The largest magnitude of any balance: 2^120 units, far above every supply, far below overflow.
pub const BALANCE_MAX: Amount = Amount::from_units(1 << 120);

/// Accounts and their balances.
#[derive(Default)]
pub struct Ledger {
    /// Who holds.
    pub accounts: Accounts,
    /// What is held.
    pub balances: Balances,
}

/// What an audit found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerViolation {
    /// An asset was made or lost.
    #[error("asset {asset}: all balances sum to {sum}, not to zero")]
    SumNotZero {
        /// Which asset.
        asset: AssetId,
        /// The sum found.
        sum: Amount,
    },
    /// A balance is below zero where it may not be.
    #[error("balance below zero: {0:?}")]
    BelowZero(Balance),
}

impl Ledger {
    /// Recount everything from the balances alone.
    pub fn audit(&self) -> Result<(), LedgerViolation> {
        let mut sums: Vec<Amount> = Vec::new();
        for balance in self.balances.iter() {
            let index = balance.asset.index();
            if sums.len() <= index {
                sums.resize(index + 1, Amount::ZERO);
            }
            sums[index] = sums[index].plus(balance.total()).expect("balances are bounded");
            if !balance.may_be_negative && (balance.free.is_negative() || balance.locked.is_negative()) {
                return Err(LedgerViolation::BelowZero(*balance));
            }
        }
        match sums.iter().position(|sum| !sum.is_zero()) {
            Some(index) => Err(LedgerViolation::SumNotZero { asset: AssetId(index as u32), sum: sums[index] }),
            None => Ok(()),
        }
    }

    /// Write accounts and balances, in order of their making.
    pub fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Ledger { accounts, balances } = self;
        accounts.write_state(writer)?;
        balances.write_state(writer)
    }

    /// Read what [`Ledger::write_state`] wrote. Its sums are zero and nothing is overdrawn, or it is refused.
    pub fn read_state(reader: &mut StateReader<'_>) -> Result<Ledger, StateError> {
        let accounts = Accounts::read_state(reader)?;
        let balances = Balances::read_state(reader, &accounts)?;
        Ok(Ledger { accounts, balances })
    }

    /// Feed accounts and balances, in order of their making.
    pub fn fingerprint(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.accounts.len() as u64);
        self.accounts.iter().for_each(|account| account.fingerprint(fingerprint));
        fingerprint.number(self.balances.len() as u64);
        self.balances.iter().for_each(|balance| balance.fingerprint(fingerprint));
    }
}

#[cfg(test)]
mod tests;
