//! Recounting every invariant from scratch.

use crate::engine::Engine;
use crate::matching::hold_of;
use rialto_ledger::LedgerViolation;
use rialto_types::{AccountId, Amount, AssetId, Side, SymbolId};
use std::collections::BTreeMap;

/// What an audit found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Money was made, lost or overdrawn.
    #[error(transparent)]
    Ledger(#[from] LedgerViolation),
    /// A balance locks something else than orders and streams hold.
    #[error("account {account} asset {asset}: {locked} is locked, {held} is held by orders and streams")]
    LockedNotHeld {
        /// Whose.
        account: AccountId,
        /// Of which asset.
        asset: AssetId,
        /// What the balance says.
        locked: Amount,
        /// What the obligations sum to.
        held: Amount,
    },
    /// A bid reaches an ask.
    #[error("the book of symbol {0} is crossed")]
    Crossed(SymbolId),
    /// The books and the list of open orders disagree.
    #[error("{resting} orders rest in books, {open} are open")]
    OrdersDisagree {
        /// In the books.
        resting: usize,
        /// In the list.
        open: usize,
    },
}

impl Engine {
    /// Recount balances, holds and books; takes time in proportion to the state.
    pub fn audit(&self) -> Result<(), Violation> {
        self.ledger.audit()?;
        let mut held: BTreeMap<(AccountId, AssetId), Amount> = BTreeMap::new();
        let mut hold = |account, asset, amount: Amount| {
            let sum = held.entry((account, asset)).or_default();
            *sum = sum.plus(amount).expect("holds are bounded");
        };
        let mut resting = 0;
        for symbol in &self.symbols {
            if symbol.book.is_crossed() {
                return Err(Violation::Crossed(symbol.id));
            }
            for (side, asset) in [(Side::Buy, symbol.spec.quote), (Side::Sell, symbol.spec.base)] {
                for order in symbol.book.orders(side) {
                    let open = &self.open_orders.get(order.tag).order;
                    hold(open.account, asset, hold_of(symbol, open, order.lots));
                    resting += 1;
                }
            }
        }
        if resting != self.open_orders.len() {
            return Err(Violation::OrdersDisagree { resting, open: self.open_orders.len() });
        }
        for (&(account, asset), &amount) in self.streams.streams.iter().flat_map(|stream| &stream.holds) {
            hold(account, asset, amount);
        }
        for balance in self.ledger.balances.iter() {
            let held = held.remove(&(balance.account, balance.asset)).unwrap_or_default();
            if balance.locked != held {
                let (account, asset, locked) = (balance.account, balance.asset, balance.locked);
                return Err(Violation::LockedNotHeld { account, asset, locked, held });
            }
        }
        if let Some((&(account, asset), &held)) = held.first_key_value() {
            return Err(Violation::LockedNotHeld { account, asset, locked: Amount::ZERO, held });
        }
        Ok(())
    }

    /// How many assets, symbols, accounts, balances and open orders there are.
    pub fn counts(&self) -> [(&'static str, usize); 6] {
        [
            ("assets", self.assets.len()),
            ("symbols", self.symbols.len()),
            ("accounts", self.ledger.accounts.len()),
            ("balances", self.ledger.balances.len()),
            ("open orders", self.open_orders.len()),
            ("streams", self.streams.streams.len()),
        ]
    }
}
