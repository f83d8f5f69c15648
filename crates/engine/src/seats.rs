//! Seats: an account on a symbol, found once for each order it places.
//!
//! A seat remembers the two balances its orders move and heads the chain of its open orders. It is taken with the
//! first order and kept, so that placing an order looks up one thing and not five.

use rialto_ledger::BalanceSlot;
use rialto_types::index::SlotIndex;
use rialto_types::{AccountId, Side, SymbolId};

/// The end of a chain.
pub(crate) const NONE: u32 = u32::MAX;

/// One account on one symbol.
pub(crate) struct Seat {
    account: AccountId,
    symbol: SymbolId,
    base: BalanceSlot,
    quote: BalanceSlot,
    /// Its open orders: the oldest, the newest, and how many.
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) count: u32,
    /// The account's next seat.
    next_of_account: u32,
}

impl Seat {
    /// What an order of this side pays from.
    pub(crate) fn pays(&self, side: Side) -> BalanceSlot {
        match side {
            Side::Buy => self.quote,
            Side::Sell => self.base,
        }
    }

    /// What an order of this side receives into.
    pub(crate) fn receives(&self, side: Side) -> BalanceSlot {
        self.pays(side.opposite())
    }
}

/// Every seat ever taken.
#[derive(Default)]
pub(crate) struct Seats {
    seats: Vec<Seat>,
    index: SlotIndex,
    /// The seat each account took last, by account id.
    last_of_account: Vec<u32>,
}

impl Seats {
    pub(crate) fn find(&self, account: AccountId, symbol: SymbolId) -> Option<u32> {
        self.index.find(&(account, symbol), |slot| self.key(slot))
    }

    fn key(&self, slot: u32) -> (AccountId, SymbolId) {
        let seat = self.get(slot);
        (seat.account, seat.symbol)
    }

    pub(crate) fn get(&self, slot: u32) -> &Seat {
        &self.seats[slot as usize]
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> &mut Seat {
        &mut self.seats[slot as usize]
    }

    /// Take a seat that was not taken before.
    pub(crate) fn take(&mut self, account: AccountId, symbol: SymbolId, base: BalanceSlot, quote: BalanceSlot) -> u32 {
        if self.last_of_account.len() <= account.index() {
            self.last_of_account.resize(account.index() + 1, NONE);
        }
        let slot = self.seats.len() as u32;
        let next_of_account = std::mem::replace(&mut self.last_of_account[account.index()], slot);
        self.seats.push(Seat { account, symbol, base, quote, first: NONE, last: NONE, count: 0, next_of_account });
        let seats = &self.seats;
        let key_of = |slot: u32| (seats[slot as usize].account, seats[slot as usize].symbol);
        self.index.insert(&(account, symbol), slot, key_of);
        slot
    }

    /// The seats of an account, the last one first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Seat> {
        let mut next = self.last_of_account.get(account.index()).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let seat = self.seats.get(next as usize)?;
            next = seat.next_of_account;
            Some(seat)
        })
    }
}
