//! Accounts: whose they are and what they are for.

use rialto_types::account::HOUSE_ACCOUNTS;
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{AccountId, AccountKind, Fingerprint, OwnerId, TradeGroupId};

/// Who an account belongs to and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// Whose it is.
    pub owner: OwnerId,
    /// What it is for.
    pub kind: AccountKind,
    /// Whose orders its own shall not trade with, besides its own.
    pub trade_group: Option<TradeGroupId>,
}

impl Account {
    /// An owner has one account of a kind.
    fn key(&self) -> (OwnerId, AccountKind) {
        (self.owner, self.kind)
    }

    /// Feed everything of it.
    pub fn fingerprint(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.owner.0);
        fingerprint.number(self.kind.class as u64);
        fingerprint.number(u64::from(self.kind.scope));
        fingerprint.number(self.trade_group.map_or(0, |group| 1 + u64::from(group.0)));
    }
}

/// Every account, numbered in order of opening.
pub struct Accounts {
    accounts: Vec<Account>,
    by_owner: SlotIndex,
}

impl Default for Accounts {
    /// The house's own accounts exist from the start.
    fn default() -> Accounts {
        let mut accounts = Accounts { accounts: Vec::new(), by_owner: SlotIndex::new() };
        for (id, class) in HOUSE_ACCOUNTS {
            let opened = accounts.open(OwnerId::HOUSE, AccountKind::of(class), None);
            assert_eq!(opened, Ok(id), "house accounts are numbered as declared");
        }
        accounts
    }
}

impl Accounts {
    /// Open an account; `Err` carries the one the owner has already.
    pub fn open(
        &mut self,
        owner: OwnerId,
        kind: AccountKind,
        trade_group: Option<TradeGroupId>,
    ) -> Result<AccountId, AccountId> {
        let account = Account { owner, kind, trade_group };
        if let Some(existing) = self.find(owner, kind) {
            return Err(existing);
        }
        let slot = self.accounts.len() as u32;
        self.accounts.push(account);
        let accounts = &self.accounts;
        self.by_owner.insert(&account.key(), slot, |slot| accounts[slot as usize].key());
        Ok(AccountId(slot))
    }

    /// The account of an owner, by kind.
    pub fn find(&self, owner: OwnerId, kind: AccountKind) -> Option<AccountId> {
        let slot = self.by_owner.find(&(owner, kind), |slot| self.accounts[slot as usize].key())?;
        Some(AccountId(slot))
    }

    /// One account.
    pub fn get(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(id.index())
    }

    /// Every account, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Never: the house has its accounts from the start.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Write every account, by id.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Accounts { accounts, by_owner: _ } = self;
        writer.put_count(accounts.len())?;
        for Account { owner, kind, trade_group } in accounts {
            writer.put(&(owner, kind, trade_group))?;
        }
        Ok(())
    }

    /// Read what [`Accounts::write_state`] wrote.
    pub(crate) fn read_state(reader: &mut StateReader<'_>) -> Result<Accounts, StateError> {
        let count = reader.take_count("accounts", u32::MAX as usize)?;
        let mut accounts = Accounts { accounts: Vec::new(), by_owner: SlotIndex::new() };
        for _ in 0..count {
            let (owner, kind, trade_group) = reader.take()?;
            let opened = accounts.open(owner, kind, trade_group);
            opened.map_err(|_| StateError::Contradiction("two accounts of one kind belong to one owner"))?;
        }
        for (id, class) in HOUSE_ACCOUNTS {
            let house = Account { owner: OwnerId::HOUSE, kind: AccountKind::of(class), trade_group: None };
            require(accounts.get(id) == Some(&house), "an account of the house is not where it must be")?;
        }
        Ok(accounts)
    }
}
