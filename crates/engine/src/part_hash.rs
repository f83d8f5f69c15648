//! The hash of a part of the state: what a checkpoint records while orders wait.
//!
//! The hash of the whole takes time in proportion to the state, a second where a million orders are open, and the core
//! does nothing else meanwhile. A part takes well under a millisecond whatever the state: everything that is counted, and
//! of each table so many neighbours, beginning where the sequence number says. Small tables are in it whole. Over many
//! checkpoints everything comes round, so that a replay which compares each part compares the whole again and again.
//!
//! Tables are walked in the order in which the state defines them (of making, of age, of priority), never by their places
//! in memory. As with the hash of the whole, journals keep these for ever: see there for what may change.

use crate::averages::Averages;
use crate::engine::Engine;
use crate::fingerprint::{hash_bucket, hash_command, hash_definition, hash_list, hash_order, hash_stream};
use crate::open_orders::{OpenOrder, Place};
use crate::symbols::Symbol;
use rialto_types::command::{SetCommission, SetExchangeLimits};
use rialto_types::{AccountId, Amount, Command, Fingerprint, Side};

/// Told apart from every hash of a whole state, which begins with a sequence number.
const NAME: &[u8] = b"part of a state 1";

/// How many neighbours of each table are in it.
const ACCOUNTS: usize = 256;
const BALANCES: usize = 512;
const SEATS: usize = 128;
const STREAMS: usize = 32;
const SYMBOLS: usize = 2;
const RATES: usize = 16;
/// The oldest orders of a seat, of all those seats together, and the first of a side of a book.
const ORDERS_OF_SEAT: usize = 64;
const ORDERS_OF_SEATS: usize = 256;
const ORDERS_OF_BOOK: usize = 64;
/// The newest stretches of a mean.
const BUCKETS: usize = 32;

/// Neighbours in a table: their places, beginning somewhere and going round.
fn neighbours(table_len: usize, most: usize, chosen: u64) -> impl Iterator<Item = usize> {
    let start = ((u128::from(chosen) * table_len as u128) >> 64) as usize;
    (0..most.min(table_len)).map(move |step| (start + step) % table_len)
}

/// Spread numbers that follow each other over all numbers: the finalizer of SplitMix64.
fn spread(number: u64, table: u64) -> u64 {
    let mut mixed = number.wrapping_add(table.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Engine {
    /// BLAKE3 of a part of the state that the sequence number chooses. Takes a time that does not depend on the state.
    pub fn part_hash(&self) -> [u8; 32] {
        let mut fingerprint = Fingerprint::default();
        fingerprint.bytes(NAME);
        fingerprint.number(self.sequence);
        fingerprint.number(self.time_us);
        self.hash_counts(&mut fingerprint);
        let (accounts, balances) = (&self.ledger.accounts, &self.ledger.balances);
        for place in self.chosen(1, accounts.len(), ACCOUNTS) {
            accounts.get(AccountId(place as u32)).into_iter().for_each(|account| account.fingerprint(&mut fingerprint));
        }
        for place in self.chosen(2, balances.len(), BALANCES) {
            let slot = balances.slot(place as u32);
            slot.into_iter().for_each(|slot| balances.get(slot).fingerprint(&mut fingerprint));
        }
        for place in self.chosen(3, self.symbols.len(), SYMBOLS) {
            self.hash_symbol(&self.symbols[place], &mut fingerprint);
        }
        for place in self.chosen(4, self.streams.streams.len(), STREAMS) {
            hash_stream(&self.streams.streams[place], &mut fingerprint);
        }
        self.hash_seats(&mut fingerprint);
        self.hash_rates(&mut fingerprint);
        fingerprint.finish()
    }

    /// Whether a recorded hash is that of this state: of its part, or of the whole.
    pub fn agrees_with(&self, recorded: &[u8; 32]) -> bool {
        self.part_hash() == *recorded || self.state_hash() == *recorded
    }

    fn chosen(&self, table: u64, table_len: usize, most: usize) -> impl Iterator<Item = usize> + use<> {
        neighbours(table_len, most, spread(self.sequence, table))
    }

    /// How many there are of everything, and the settings of the exchange.
    fn hash_counts(&self, fingerprint: &mut Fingerprint) {
        let numbers = [
            self.assets.len(),
            self.symbols.len(),
            self.ledger.accounts.len(),
            self.ledger.balances.len(),
            self.open_orders.len(),
            self.open_orders.seats.len(),
            self.streams.streams.len(),
            self.pools.len(),
            self.commissions.discounted.len(),
        ];
        numbers.into_iter().for_each(|number| fingerprint.number(number as u64));
        fingerprint.number(self.lists.last_id);
        fingerprint.number(self.lists.len() as u64);
        hash_command(&Command::SetExchangeLimits(SetExchangeLimits { limits: self.limits }), fingerprint);
        fingerprint.number(self.commissions.discount.map_or(0, |asset| 1 + u64::from(asset.0)));
        fingerprint.number(self.commissions.multiplier.units());
        for place in self.chosen(5, self.assets.len(), ACCOUNTS) {
            fingerprint.bytes(self.assets[place].name.as_bytes());
            fingerprint.amount(self.assets[place].limit.unwrap_or(-Amount::COMMAND_MAX));
        }
        for place in self.chosen(6, self.pools.len(), SYMBOLS) {
            let pool = &self.pools[place];
            fingerprint.number(u64::from(pool.base.0));
            fingerprint.number(pool.symbols.len() as u64);
            pool.symbols.iter().for_each(|symbol| fingerprint.number(u64::from(symbol.0)));
        }
    }

    /// A symbol, its newest means, and the orders that come first in its books.
    fn hash_symbol(&self, symbol: &Symbol, fingerprint: &mut Fingerprint) {
        hash_definition(symbol, fingerprint);
        fingerprint.number(u64::from(symbol.has_icebergs));
        if let Some(averages) = &symbol.averages {
            let Averages { weighted, mean } = averages.as_ref();
            for window in [weighted, mean].into_iter().flatten() {
                fingerprint.number(window.buckets().len() as u64);
                window.buckets().rev().take(BUCKETS).for_each(|bucket| hash_bucket(bucket, fingerprint));
            }
        }
        let waiting = symbol.triggers.as_ref().map(|triggers| triggers.books());
        for book in std::iter::once(&symbol.book).chain(waiting.into_iter().flatten()) {
            fingerprint.number(book.len() as u64);
            for side in [Side::Buy, Side::Sell] {
                for resting in book.orders(side).take(ORDERS_OF_BOOK) {
                    fingerprint.number(resting.price.0);
                    fingerprint.number(resting.lots.0);
                    self.hash_open(self.open_orders.get(resting.tag), fingerprint);
                }
            }
        }
    }

    /// Accounts on symbols, and their oldest open orders.
    fn hash_seats(&self, fingerprint: &mut Fingerprint) {
        let mut left = ORDERS_OF_SEATS;
        for place in self.chosen(7, self.open_orders.seats.len(), SEATS) {
            let seat = self.open_orders.seats.get(place as u32);
            let (account, symbol) = seat.key();
            let counts = seat.counts;
            let numbers = [account.0, symbol.0, counts.orders, counts.algo_orders, counts.iceberg_orders, counts.lists];
            numbers.into_iter().for_each(|number| fingerprint.number(u64::from(number)));
            for open in self.open_orders.on_seat(place as u32).take(ORDERS_OF_SEAT.min(left)) {
                left -= 1;
                self.hash_open(open, fingerprint);
            }
        }
    }

    /// An open order, its list, and what stands where it stands.
    fn hash_open(&self, open: &OpenOrder, fingerprint: &mut Fingerprint) {
        let symbol = &self.symbols[open.order.symbol.index()];
        hash_order(&open.order, symbol, fingerprint);
        match open.place {
            Place::Book(slot) => {
                let resting = symbol.book.get(slot);
                let numbers = [1, resting.price.0, resting.lots.0, symbol.book.total_with(slot).0];
                numbers.into_iter().for_each(|number| fingerprint.number(number));
            }
            Place::Waiting(_) => fingerprint.number(2),
            Place::Aside => fingerprint.number(3),
        }
        if let Some(list) = open.order.list {
            hash_list(self.lists.get(list.slot), fingerprint);
        }
    }

    /// What single accounts pay.
    fn hash_rates(&self, fingerprint: &mut Fingerprint) {
        let accounts = self.ledger.accounts.len() as u128;
        let first = AccountId(((u128::from(spread(self.sequence, 8)) * accounts) >> 64) as u32);
        let round = self.commissions.iter_from(first).chain(self.commissions.iter_from(AccountId(0)));
        for (account, symbol, commission) in round.take(RATES) {
            let commission = Some(*commission);
            let command = Command::SetCommission(Box::new(SetCommission { account, symbol, commission }));
            hash_command(&command, fingerprint);
        }
        let discounted = &self.commissions.discounted;
        for AccountId(account) in discounted.range(first..).chain(discounted.range(..)).take(RATES) {
            fingerprint.number(u64::from(*account));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_go_round_and_small_tables_are_whole() {
        let places = |len, most, chosen| neighbours(len, most, chosen).collect::<Vec<_>>();
        assert_eq!(places(0, 4, 9), [0; 0]);
        assert_eq!(places(3, 4, u64::MAX), [2, 0, 1]);
        assert_eq!(places(8, 4, u64::MAX / 8 * 7 + 8), [7, 0, 1, 2]);
    }

    #[test]
    fn over_many_sequence_numbers_every_place_is_chosen() {
        let mut seen = vec![false; 10_000];
        for sequence in 0..2_000 {
            neighbours(seen.len(), 64, spread(sequence * 50_000, 2)).for_each(|place| seen[place] = true);
        }
        assert!(seen.iter().all(|seen| *seen));
    }
}
