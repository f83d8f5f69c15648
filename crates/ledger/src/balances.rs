//! Balances: what is free and what is locked, per account and asset.

use crate::BALANCE_MAX;
use rialto_types::index::SlotIndex;
use rialto_types::{AccountId, Amount, AssetId};

/// Where a balance stands. Slots never move, so that an order can remember its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BalanceSlot(u32);

/// What one account holds of one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Whose.
    pub account: AccountId,
    /// Of which asset.
    pub asset: AssetId,
    /// What can be used.
    pub free: Amount,
    /// What is set aside.
    pub locked: Amount,
    /// Whether the account's kind lets it fall below zero.
    pub may_be_negative: bool,
    next_of_account: u32,
    /// When it last changed, in microseconds since the Unix epoch; only to be shown.
    pub changed_at_us: u64,
}

impl Balance {
    /// Free and locked together.
    pub fn total(&self) -> Amount {
        self.free.plus(self.locked).expect("balances are bounded")
    }
}

const NONE: u32 = u32::MAX;

/// The first and last balance of an account, for walking them in order of first touch.
#[derive(Clone, Copy)]
struct Chain {
    first: u32,
    last: u32,
}

/// Every balance ever touched, and the running sum of every asset.
#[derive(Default)]
pub struct Balances {
    balances: Vec<Balance>,
    by_account_and_asset: SlotIndex,
    chains: Vec<Chain>,
    sums: Vec<Amount>,
    unbalanced_assets: usize,
    /// What postings are dated with.
    now_us: u64,
}

impl Balances {
    /// Say what time it is, in microseconds since the Unix epoch, for the postings that follow.
    pub fn set_time(&mut self, now_us: u64) {
        self.now_us = now_us;
    }

    /// The balance of an account in an asset, if it was ever touched.
    pub fn find(&self, account: AccountId, asset: AssetId) -> Option<BalanceSlot> {
        self.by_account_and_asset.find(&(account, asset), |slot| self.key(slot)).map(BalanceSlot)
    }

    /// The balance of an account in an asset, made with zeros if it was never touched.
    pub fn find_or_open(&mut self, account: AccountId, asset: AssetId, may_be_negative: bool) -> BalanceSlot {
        if let Some(slot) = self.find(account, asset) {
            return slot;
        }
        let slot = self.balances.len() as u32;
        self.balances.push(Balance {
            account,
            asset,
            free: Amount::ZERO,
            locked: Amount::ZERO,
            may_be_negative,
            next_of_account: NONE,
            changed_at_us: self.now_us,
        });
        let balances = &self.balances;
        let key_of = |slot: u32| (balances[slot as usize].account, balances[slot as usize].asset);
        self.by_account_and_asset.insert(&(account, asset), slot, key_of);
        self.append_to_chain(account, slot);
        if self.sums.len() <= asset.index() {
            self.sums.resize(asset.index() + 1, Amount::ZERO);
        }
        BalanceSlot(slot)
    }

    fn key(&self, slot: u32) -> (AccountId, AssetId) {
        let balance = &self.balances[slot as usize];
        (balance.account, balance.asset)
    }

    fn append_to_chain(&mut self, account: AccountId, slot: u32) {
        if self.chains.len() <= account.index() {
            self.chains.resize(account.index() + 1, Chain { first: NONE, last: NONE });
        }
        let chain = &mut self.chains[account.index()];
        if chain.last == NONE {
            chain.first = slot;
        } else {
            self.balances[chain.last as usize].next_of_account = slot;
        }
        chain.last = slot;
    }

    /// One balance.
    pub fn get(&self, slot: BalanceSlot) -> &Balance {
        &self.balances[slot.0 as usize]
    }

    /// What is free; zero for a balance never touched.
    pub fn free(&self, account: AccountId, asset: AssetId) -> Amount {
        self.find(account, asset).map_or(Amount::ZERO, |slot| self.get(slot).free)
    }

    /// Change a balance and return it.
    ///
    /// The caller has made sure that the balance stays where it may be; a breach is a defect of the engine, and
    /// stopping is the only honest answer to it.
    pub fn post(&mut self, slot: BalanceSlot, free: Amount, locked: Amount) -> &Balance {
        self.post_transient(slot, free, locked);
        let balance = self.get(slot);
        assert!(
            balance.may_be_negative || !(balance.free.is_negative() || balance.locked.is_negative()),
            "a posting would overdraw: {balance:?}"
        );
        balance
    }

    /// Change a balance as one of several legs, which may cross zero until the last of them. The caller has checked
    /// where it ends.
    pub fn post_transient(&mut self, slot: BalanceSlot, free: Amount, locked: Amount) -> &Balance {
        let balance = &mut self.balances[slot.0 as usize];
        balance.free = balance.free.plus(free).expect("balances are bounded");
        balance.locked = balance.locked.plus(locked).expect("balances are bounded");
        balance.changed_at_us = self.now_us;
        let change = free.plus(locked).expect("postings are bounded");
        if !change.is_zero() {
            let sum = &mut self.sums[balance.asset.index()];
            let was_balanced = sum.is_zero();
            *sum = sum.plus(change).expect("sums are bounded");
            match (was_balanced, sum.is_zero()) {
                (true, false) => self.unbalanced_assets += 1,
                (false, true) => self.unbalanced_assets -= 1,
                _ => {}
            }
        }
        &self.balances[slot.0 as usize]
    }

    /// Whether every asset sums to zero. Costs one comparison, and is asked after every command.
    pub fn is_balanced(&self) -> bool {
        self.unbalanced_assets == 0
    }

    /// Whether a value is one a balance may have.
    pub fn is_in_range(amount: Amount) -> bool {
        amount <= BALANCE_MAX && amount >= -BALANCE_MAX
    }

    /// The balances of an account, in order of first touch.
    pub fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Balance> {
        let mut next = self.chains.get(account.index()).map_or(NONE, |chain| chain.first);
        std::iter::from_fn(move || {
            let balance = self.balances.get(next as usize)?;
            next = balance.next_of_account;
            Some(balance)
        })
    }

    /// Every balance, in order of first touch.
    pub fn iter(&self) -> impl Iterator<Item = &Balance> {
        self.balances.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.balances.len()
    }

    /// Whether none was ever touched.
    pub fn is_empty(&self) -> bool {
        self.balances.is_empty()
    }
}
