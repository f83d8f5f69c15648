//! Opening accounts, and money crossing the border of the exchange.

use crate::engine::Engine;
use crate::statement::state;
use rialto_ledger::{BalanceSlot, Balances};
use rialto_types::account::EXTERNAL;
use rialto_types::command::{OpenAccount, Post};
use rialto_types::event::{AccountOpened, Posted};
use rialto_types::{AccountClass, AccountId, AccountKind, Amount, Event, OwnerId, PostingReason, Rejection, SymbolId};

/// How many accounts may be open.
const ACCOUNTS_MAX: usize = 1_000_000_000;

impl Engine {
    pub(crate) fn open_account(&mut self, command: &OpenAccount, events: &mut Vec<Event>) -> Result<(), Rejection> {
        self.check_kind(command)?;
        if self.ledger.accounts.len() >= ACCOUNTS_MAX {
            return Err(Rejection::CapacityReached { what: "accounts" });
        }
        let opened = self.ledger.accounts.open(command.owner, command.kind, command.trade_group);
        let account = opened.map_err(|account| Rejection::AccountExists { account })?;
        let &OpenAccount { owner, kind, trade_group } = command;
        events.push(Event::AccountOpened(AccountOpened { account, owner, kind, trade_group }));
        Ok(())
    }

    /// Refuse a kind that this owner cannot have, or that names nothing.
    fn check_kind(&self, command: &OpenAccount) -> Result<(), Rejection> {
        let AccountKind { class, scope } = command.kind;
        if class.is_house() != (command.owner == OwnerId::HOUSE) {
            return Err(Rejection::InvalidAccount { field: "owner" });
        }
        let is_in_scope = match class {
            AccountClass::Custody => true,
            AccountClass::IsolatedMargin => self.symbol(SymbolId(scope)).is_ok(),
            _ => scope == 0,
        };
        if is_in_scope { Ok(()) } else { Err(Rejection::InvalidAccount { field: "scope" }) }
    }

    pub(crate) fn post(&mut self, command: &Post, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let &Post { account, asset, amount, reason } = command;
        let may_be_negative = self.may_be_negative(account)?;
        self.check_asset(asset)?;
        check_amount(amount)?;
        if amount.is_zero() || account == EXTERNAL {
            return Err(Rejection::InvalidAmount { amount });
        }
        let is_reason = match reason {
            PostingReason::Deposit => !amount.is_negative(),
            PostingReason::Withdrawal => amount.is_negative(),
            reason => reason == PostingReason::Adjustment,
        };
        if !is_reason {
            return Err(Rejection::InvalidReason { reason });
        }
        let (inside, outside) = (self.ledger.balances.free(account, asset), self.ledger.balances.free(EXTERNAL, asset));
        let after = inside.plus(amount).map_err(|_| Rejection::InvalidAmount { amount })?;
        let outside_after = outside.minus(amount).map_err(|_| Rejection::InvalidAmount { amount })?;
        if !Balances::is_in_range(after) || !Balances::is_in_range(outside_after) {
            return Err(Rejection::CapacityReached { what: "balance" });
        }
        if after.is_negative() && !may_be_negative {
            return Err(Rejection::InsufficientBalance { account, asset, needed: -amount, free: inside });
        }
        for (account, change, may_be_negative) in [(EXTERNAL, -amount, true), (account, amount, may_be_negative)] {
            let slot = self.ledger.balances.find_or_open(account, asset, may_be_negative);
            self.post_to(slot, change, Amount::ZERO, reason, events);
        }
        Ok(())
    }

    /// Change one balance and state it.
    pub(crate) fn post_to(
        &mut self,
        slot: BalanceSlot,
        free_change: Amount,
        locked_change: Amount,
        reason: PostingReason,
        events: &mut Vec<Event>,
    ) {
        post(&mut self.ledger.balances, slot, free_change, locked_change, reason, events);
    }

    pub(crate) fn may_be_negative(&self, account: AccountId) -> Result<bool, Rejection> {
        let found = self.ledger.accounts.get(account).ok_or(Rejection::UnknownAccount { account })?;
        Ok(found.kind.may_be_negative())
    }
}

/// Change one balance and state it.
pub(crate) fn post(
    balances: &mut Balances,
    slot: BalanceSlot,
    free_change: Amount,
    locked_change: Amount,
    reason: PostingReason,
    events: &mut Vec<Event>,
) {
    let balance = balances.post(slot, free_change, locked_change);
    state(events, || {
        Event::Posted(Posted {
            account: balance.account,
            asset: balance.asset,
            free_change,
            locked_change,
            free: balance.free,
            locked: balance.locked,
            reason,
        })
    });
}

/// Refuse an amount beyond what a command may move.
pub(crate) fn check_amount(amount: Amount) -> Result<(), Rejection> {
    if amount > Amount::COMMAND_MAX || amount < -Amount::COMMAND_MAX {
        return Err(Rejection::InvalidAmount { amount });
    }
    Ok(())
}
