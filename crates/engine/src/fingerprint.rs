//! The hash of the whole state, in one canonical order.
//!
//! Journals record such hashes and keep them for ever, so what is fed here may grow and never change: a later release
//! must come to the same hash for every state that an earlier one could be in. A new field is therefore fed behind
//! everything else of its kind, and only where it is not at its default; nothing is taken out, reordered or widened.
//! The golden journals hold releases to it.

use crate::averages::Bucket;
use crate::engine::Engine;
use crate::open_orders::{OpenOrder, Place};
use crate::order::{Order, Special};
use crate::order_lists::OrderList;
use crate::streams::Stream;
use crate::symbols::Symbol;
use rialto_types::command::{ListSymbol, NewOrder, PlaceOrder, SetCommission, SetExchangeLimits};
use rialto_types::{AccountId, Amount, Command, Fingerprint, Side, codec};

impl Engine {
    /// BLAKE3 of everything the next command's outcome can depend on. Takes time in proportion to the state.
    pub fn state_hash(&self) -> [u8; 32] {
        let mut fingerprint = Fingerprint::default();
        fingerprint.number(self.sequence);
        fingerprint.number(self.time_us);
        fingerprint.number(self.assets.len() as u64);
        for asset in &self.assets {
            fingerprint.bytes(asset.name.as_bytes());
            fingerprint.amount(asset.limit.unwrap_or(-Amount::COMMAND_MAX));
        }
        self.ledger.fingerprint(&mut fingerprint);
        self.hash_symbols(&mut fingerprint);
        self.hash_orders(&mut fingerprint);
        self.hash_lists(&mut fingerprint);
        self.hash_settings(&mut fingerprint);
        self.hash_streams(&mut fingerprint);
        fingerprint.finish()
    }

    /// The state hash in hexadecimal.
    pub fn state_hash_text(&self) -> String {
        self.state_hash().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn hash_symbols(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.symbols.len() as u64);
        for symbol in &self.symbols {
            hash_definition(symbol, fingerprint);
            hash_averages(symbol, fingerprint);
            for side in [Side::Buy, Side::Sell] {
                fingerprint.number(symbol.book.orders(side).count() as u64);
                for resting in symbol.book.orders(side) {
                    fingerprint.number(resting.price.0);
                    fingerprint.number(resting.lots.0);
                    fingerprint.number(self.open_orders.get(resting.tag).order.id.0);
                }
            }
            fingerprint.number(symbol.triggers.as_ref().map_or(0, |triggers| triggers.len() as u64));
            for (price, slot) in symbol.triggers.iter().flat_map(|triggers| triggers.iter()) {
                fingerprint.number(price.0);
                fingerprint.number(self.open_orders.get(slot).order.id.0);
            }
        }
    }

    fn hash_orders(&self, fingerprint: &mut Fingerprint) {
        let mut orders: Vec<&OpenOrder> = self.open_orders.iter().collect();
        orders.sort_by_key(|open| open.order.id_key());
        fingerprint.number(orders.len() as u64);
        for open in orders {
            hash_order(&open.order, &self.symbols[open.order.symbol.index()], fingerprint);
            fingerprint.number(match open.place {
                Place::Book(_) => 0,
                Place::Waiting(_) => 1,
                Place::Aside => 2,
            });
        }
    }

    fn hash_lists(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.lists.last_id);
        let mut lists: Vec<_> = self.lists.iter().collect();
        lists.sort_by_key(|list| list.state.list_id);
        fingerprint.number(lists.len() as u64);
        for list in lists {
            hash_list(list, fingerprint);
        }
    }

    fn hash_settings(&self, fingerprint: &mut Fingerprint) {
        hash_command(&Command::SetExchangeLimits(SetExchangeLimits { limits: self.limits }), fingerprint);
        for (account, symbol, commission) in self.commissions.iter() {
            let commission = Some(*commission);
            let command = Command::SetCommission(Box::new(SetCommission { account, symbol, commission }));
            hash_command(&command, fingerprint);
        }
        fingerprint.number(self.commissions.discount.map_or(0, |asset| 1 + u64::from(asset.0)));
        fingerprint.number(self.commissions.multiplier.units());
        fingerprint.number(self.commissions.discounted.len() as u64);
        for AccountId(account) in &self.commissions.discounted {
            fingerprint.number(u64::from(*account));
        }
        fingerprint.number(self.pools.len() as u64);
        for pool in &self.pools {
            fingerprint.number(u64::from(pool.base.0));
            fingerprint.number(pool.symbols.len() as u64);
            pool.symbols.iter().for_each(|symbol| fingerprint.number(u64::from(symbol.0)));
        }
    }

    fn hash_streams(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.streams.streams.len() as u64);
        for stream in &self.streams.streams {
            hash_stream(stream, fingerprint);
        }
    }
}

/// What a symbol is, and what it has counted.
pub(crate) fn hash_definition(symbol: &Symbol, fingerprint: &mut Fingerprint) {
    let spec = symbol.spec.clone();
    hash_command(&Command::ListSymbol(Box::new(ListSymbol { spec })), fingerprint);
    let counters = [
        symbol.status as u64,
        symbol.last_order_id,
        symbol.last_trade_id,
        symbol.last_prevented_match_id,
        symbol.last_block_trade_id,
        symbol.allocations,
        symbol.last_update_id,
        symbol.last_price.units(),
        symbol.told_reference.map_or(0, |price| 1 + price.units()),
        symbol.told_reference_at_us,
    ];
    counters.into_iter().for_each(|counter| fingerprint.number(counter));
}

pub(crate) fn hash_list(list: &OrderList, fingerprint: &mut Fingerprint) {
    let state = &list.state;
    fingerprint.bytes(state.client_order_id.as_bytes());
    let (first, second, third) = state.client_order_ids;
    for name in [Some(first), Some(second), third].into_iter().flatten() {
        fingerprint.bytes(name.as_bytes());
    }
    let numbers = [
        state.list_id.0,
        u64::from(state.symbol.0),
        u64::from(state.account.0),
        state.contingency as u64,
        state.one_pays_the_other.into(),
        state.orders.0.0,
        state.orders.1.0,
        state.orders.2.map_or(0, |id| id.0),
        state.placed_at_us,
        list.is_active.into(),
        list.is_pair.into(),
    ];
    numbers.into_iter().for_each(|number| fingerprint.number(number));
    fingerprint.amount(list.held);
}

pub(crate) fn hash_stream(stream: &Stream, fingerprint: &mut Fingerprint) {
    fingerprint.bytes(stream.key.kind.as_bytes());
    fingerprint.bytes(stream.key.id.as_bytes());
    fingerprint.number(stream.version);
    fingerprint.number(stream.holds.len() as u64);
    for ((account, asset), amount) in &stream.holds {
        fingerprint.number(u64::from(account.0));
        fingerprint.number(u64::from(asset.0));
        fingerprint.amount(*amount);
    }
}

/// As the journal writes it: every field is in it, in a form that later releases must keep.
pub(crate) fn hash_command(command: &Command, fingerprint: &mut Fingerprint) {
    let mut bytes = Vec::new();
    codec::encode(command, &mut bytes);
    fingerprint.bytes(&bytes);
}

fn hash_averages(symbol: &Symbol, fingerprint: &mut Fingerprint) {
    let Some(averages) = &symbol.averages else { return };
    for window in [&averages.weighted, &averages.mean].into_iter().flatten() {
        fingerprint.number(window.buckets().count() as u64);
        window.buckets().for_each(|bucket| hash_bucket(bucket, fingerprint));
    }
}

pub(crate) fn hash_bucket(bucket: &Bucket, fingerprint: &mut Fingerprint) {
    fingerprint.number(bucket.number);
    fingerprint.number(bucket.trades);
    for sum in [bucket.prices, bucket.lots, bucket.worth] {
        fingerprint.number(sum as u64);
        fingerprint.number((sum >> 64) as u64);
    }
}

pub(crate) fn hash_order(order: &Order, symbol: &Symbol, fingerprint: &mut Fingerprint) {
    let asked = NewOrder { quote_quantity: None, ..order.asked(symbol) };
    let (account, routed) = (order.guard.account, order.working_floor.is_some());
    hash_command(
        &Command::PlaceOrder(PlaceOrder { account, symbol: order.symbol, order: asked, is_routed: routed }),
        fingerprint,
    );
    let special = symbol.special(order);
    let numbers = [
        order.id.0,
        order.price.0,
        order.holding_price.0,
        order.executed.0,
        order.prevented.0,
        order.prevented_match_id.0,
        order.placed_at_us,
        order.updated_at_us,
        order.working_at_us,
        order.holder as u64,
        u64::from(order.amendments),
        order.list.map_or(0, |list| list.id.0),
        special.map_or(0, |special: &Special| special.best.0),
        special.map_or(0, |special| special.trailing_since_us),
        special.is_some_and(|special| special.is_pegged).into(),
    ];
    numbers.into_iter().for_each(|number| fingerprint.number(number));
    fingerprint.amount(order.executed_quote);
}
