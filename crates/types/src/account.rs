//! Accounts: every one has an owner and a kind, and only some may fall below zero.

use crate::AccountId;
use serde::{Deserialize, Serialize};

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// Trades on the spot books.
    Spot,
    /// Pays and is paid: transfers, peer-to-peer, purchases.
    Funding,
    /// Margin shared by all symbols.
    CrossMargin,
    /// Margin of one symbol, named by the scope.
    IsolatedMargin,
    /// Futures margined in stablecoins.
    UsdMarginedFutures,
    /// Futures margined in the base coin.
    CoinMarginedFutures,
    /// Options.
    Options,
    /// Earn products.
    Earn,
    /// The house's commissions.
    Fees,
    /// The house's insurance fund.
    Insurance,
    /// What the house gives away.
    Rewards,
    /// The house's own money.
    Treasury,
    /// What is held on one chain, named by the scope. The negative side of what users hold.
    Custody,
    /// The world outside. The negative side of what users hold.
    External,
}

impl AccountClass {
    /// Whether accounts of this class are the house's own, and nobody else's.
    pub const fn is_house(self) -> bool {
        use AccountClass::{Custody, External, Fees, Insurance, Rewards, Treasury};
        matches!(self, Fees | Insurance | Rewards | Treasury | Custody | External)
    }
}

/// The class of an account and what it is limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKind {
    /// What the account is for.
    pub class: AccountClass,
    /// The symbol of an isolated margin account, the chain of a custody account, otherwise 0.
    pub scope: u32,
}

impl AccountKind {
    /// A kind without scope.
    pub const fn of(class: AccountClass) -> AccountKind {
        AccountKind { class, scope: 0 }
    }

    /// Whether balances of this kind may fall below zero: only where they mirror what the outside world holds.
    pub const fn may_be_negative(self) -> bool {
        matches!(self.class, AccountClass::Custody | AccountClass::External)
    }
}

/// The house accounts that exist before the first command, in order of their ids.
pub const HOUSE_ACCOUNTS: [(AccountId, AccountClass); 5] = [
    (EXTERNAL, AccountClass::External),
    (FEES, AccountClass::Fees),
    (AccountId(2), AccountClass::Insurance),
    (AccountId(3), AccountClass::Rewards),
    (TREASURY, AccountClass::Treasury),
];

/// The world outside: deposits come from it, withdrawals go to it.
pub const EXTERNAL: AccountId = AccountId(0);

/// Where commissions are booked.
pub const FEES: AccountId = AccountId(1);

/// The house's own money.
pub const TREASURY: AccountId = AccountId(4);
