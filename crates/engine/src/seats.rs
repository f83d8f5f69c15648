//! Seats: an account on a symbol, found once for each order it places.
//!
//! A seat remembers the two balances its orders move and heads the chain of its open orders. It is taken with the
//! first order and kept, so that placing an order looks up one thing and not five. What an account has open is counted
//! here as well, on each symbol and everywhere.

use crate::order::Order;
use rialto_ledger::BalanceSlot;
use rialto_types::index::SlotIndex;
use rialto_types::state_codec::{StateError, StateWriter};
use rialto_types::{AccountId, Side, SymbolId};

/// The end of a chain.
pub(crate) const NONE: u32 = u32::MAX;

/// One account on one symbol.
pub(crate) struct Seat {
    account: AccountId,
    symbol: SymbolId,
    base: BalanceSlot,
    quote: BalanceSlot,
    /// Its open orders: the oldest and the newest.
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) counts: Counts,
    /// Its own commission, by its place among those that were set; [`NONE`] for what anyone pays.
    pub(crate) commission: u32,
    /// Whether it pays commissions in the discount asset.
    pub(crate) is_discounted: bool,
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

/// What an account has open, on a symbol or everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) orders: u32,
    /// Those that waited for a stop price or still do.
    pub(crate) algo_orders: u32,
    /// Those that show a part of themselves.
    pub(crate) iceberg_orders: u32,
    pub(crate) lists: u32,
}

impl Counts {
    /// What one order adds.
    pub(crate) fn of(is_contingent: bool, is_iceberg: bool) -> Counts {
        Counts { orders: 1, algo_orders: is_contingent.into(), iceberg_orders: is_iceberg.into(), lists: 0 }
    }

    pub(crate) fn plus(self, other: Counts) -> Counts {
        Counts {
            orders: self.orders + other.orders,
            algo_orders: self.algo_orders + other.algo_orders,
            iceberg_orders: self.iceberg_orders + other.iceberg_orders,
            lists: self.lists + other.lists,
        }
    }

    fn minus(self, other: Counts) -> Counts {
        Counts {
            orders: self.orders - other.orders,
            algo_orders: self.algo_orders - other.algo_orders,
            iceberg_orders: self.iceberg_orders - other.iceberg_orders,
            lists: self.lists - other.lists,
        }
    }
}

/// The seats of an account and what it has open on all of them.
#[derive(Clone, Copy)]
struct Sitter {
    /// The seat it took last.
    last: u32,
    counts: Counts,
}

/// Every seat ever taken.
#[derive(Default)]
pub(crate) struct Seats {
    seats: Vec<Seat>,
    index: SlotIndex,
    /// By account id.
    sitters: Vec<Sitter>,
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
        if self.sitters.len() <= account.index() {
            self.sitters.resize(account.index() + 1, Sitter { last: NONE, counts: Counts::default() });
        }
        let slot = self.seats.len() as u32;
        let next_of_account = std::mem::replace(&mut self.sitters[account.index()].last, slot);
        self.seats.push(Seat {
            account,
            symbol,
            base,
            quote,
            first: NONE,
            last: NONE,
            counts: Counts::default(),
            commission: NONE,
            is_discounted: false,
            next_of_account,
        });
        let seats = &self.seats;
        let key_of = |slot: u32| (seats[slot as usize].account, seats[slot as usize].symbol);
        self.index.insert(&(account, symbol), slot, key_of);
        slot
    }

    /// Change every seat of an account.
    pub(crate) fn of_account_mut(&mut self, account: AccountId, mut change: impl FnMut(SymbolId, &mut Seat)) {
        let mut next = self.sitters.get(account.index()).map_or(NONE, |sitter| sitter.last);
        while let Some(seat) = self.seats.get_mut(next as usize) {
            change(seat.symbol, seat);
            next = seat.next_of_account;
        }
    }

    /// What an account has open everywhere.
    pub(crate) fn of_exchange(&self, account: AccountId) -> Counts {
        self.sitters.get(account.index()).map_or(Counts::default(), |sitter| sitter.counts)
    }

    /// Count an order in or out.
    pub(crate) fn count(&mut self, order: &Order, change: i32) {
        let (is_contingent, is_iceberg) = (order.order_type.is_contingent(), order.shown_max().is_some());
        if is_contingent || is_iceberg {
            return self.change(order.seat, Counts::of(is_contingent, is_iceberg), change);
        }
        let seat = &mut self.seats[order.seat as usize];
        for total in [&mut seat.counts.orders, &mut self.sitters[seat.account.index()].counts.orders] {
            *total = total.checked_add_signed(change).expect("what was counted in is counted out");
        }
    }

    /// Count a list in or out.
    pub(crate) fn count_list(&mut self, seat: u32, change: i32) {
        self.change(seat, Counts { lists: 1, ..Counts::default() }, change);
    }

    fn change(&mut self, seat: u32, counts: Counts, change: i32) {
        let seat = &mut self.seats[seat as usize];
        for total in [&mut seat.counts, &mut self.sitters[seat.account.index()].counts] {
            *total = if change > 0 { total.plus(counts) } else { total.minus(counts) };
        }
    }

    /// The seats of an account, the last one first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Seat> {
        let mut next = self.sitters.get(account.index()).map_or(NONE, |sitter| sitter.last);
        std::iter::from_fn(move || {
            let seat = self.seats.get(next as usize)?;
            next = seat.next_of_account;
            Some(seat)
        })
    }

    /// How many were ever taken; their slots are the numbers below.
    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Write every seat in the order in which they were taken.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        // What an account has open is counted again from its orders and lists.
        let Seats { seats, index: _, sitters: _ } = self;
        writer.put_count(seats.len())?;
        for seat in seats {
            // Chains and counts follow from the orders, commission and discount from what was set.
            let Seat { account, symbol, base, quote, first, last, counts, commission, is_discounted, next_of_account } =
                seat;
            let _ = (first, last, counts, commission, is_discounted, next_of_account);
            writer.put(&(account, symbol, base.number(), quote.number()))?;
        }
        Ok(())
    }
}

impl Seat {
    /// Whose it is, and where.
    pub(crate) fn key(&self) -> (AccountId, SymbolId) {
        (self.account, self.symbol)
    }
}
