//! Balances: what is free and what is locked, per account and asset.

use crate::{Accounts, BALANCE_MAX};
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{AccountId, Amount, AssetId, Fingerprint};

/// Where a balance stands. Slots never move, so that an order can remember its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BalanceSlot(u32);

impl BalanceSlot {
    /// Its number, in order of first touch.
    pub fn number(self) -> u32 {
        self.0
    }
}

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

    /// Feed whose it is and how much; when it changed is only shown.
    pub fn fingerprint(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(u64::from(self.account.0));
        fingerprint.number(u64::from(self.asset.0));
        fingerprint.amount(self.free);
        fingerprint.amount(self.locked);
    }
}

const NONE: u32 = u32::MAX;

/// How many assets a snapshot may tell of: as many as an engine registers.
const ASSETS_MAX: usize = 1_000_000;

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

    /// The slot of a number, if that balance was ever touched.
    pub fn slot(&self, number: u32) -> Option<BalanceSlot> {
        ((number as usize) < self.balances.len()).then_some(BalanceSlot(number))
    }

    /// Write every balance, in order of first touch.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        // The index, the chains and the sums follow from the balances; the time is set with every command.
        let Balances { balances, by_account_and_asset: _, chains: _, sums: _, unbalanced_assets: _, now_us: _ } = self;
        writer.put_count(balances.len())?;
        for balance in balances {
            let Balance { account, asset, free, locked, may_be_negative, next_of_account: _, changed_at_us } = balance;
            writer.put(&(account, asset, free, locked, may_be_negative, changed_at_us))?;
        }
        Ok(())
    }

    /// Read what [`Balances::write_state`] wrote, which must sum to zero and be overdrawn nowhere.
    pub(crate) fn read_state(reader: &mut StateReader<'_>, accounts: &Accounts) -> Result<Balances, StateError> {
        let count = reader.take_count("balances", u32::MAX as usize - 1)?;
        let mut read = Balances::default();
        for _ in 0..count {
            let (account, asset, free, locked, may_be_negative, changed_at_us) = reader.take()?;
            let owner = accounts.get(account);
            require(
                owner.is_some_and(|owner| owner.kind.may_be_negative() == may_be_negative),
                "a balance belongs to no account that may have it",
            )?;
            require(AssetId::index(asset) < ASSETS_MAX, "a balance is of an asset beyond all")?;
            require(read.find(account, asset).is_none(), "two balances of an account are of one asset")?;
            let holds = |amount: Amount| Balances::is_in_range(amount) && (may_be_negative || !amount.is_negative());
            require(holds(free) && holds(locked), "a balance is out of its range")?;
            let slot = read.find_or_open(account, asset, may_be_negative);
            let sum = &mut read.sums[asset.index()];
            let added = sum.plus(free).and_then(|sum| sum.plus(locked));
            *sum = added.map_err(|_| StateError::Contradiction("the balances of an asset are beyond all range"))?;
            let balance = &mut read.balances[slot.0 as usize];
            (balance.free, balance.locked, balance.changed_at_us) = (free, locked, changed_at_us);
        }
        require(read.sums.iter().all(|sum| sum.is_zero()), "the balances of an asset do not sum to zero")?;
        Ok(read)
    }
}
