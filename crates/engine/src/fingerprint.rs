//! The hash of the whole state, in one canonical order.

use crate::engine::Engine;
use crate::open_orders::Order;
use rialto_types::command::ListSymbol;
use rialto_types::{Command, Fingerprint, Side, codec};

impl Engine {
    /// BLAKE3 of everything the next command's outcome can depend on. Takes time in proportion to the state.
    pub fn state_hash(&self) -> [u8; 32] {
        let mut fingerprint = Fingerprint::default();
        fingerprint.number(self.sequence);
        fingerprint.number(self.time_us);
        fingerprint.number(self.assets.len() as u64);
        for asset in &self.assets {
            fingerprint.bytes(asset.name.as_bytes());
        }
        self.ledger.fingerprint(&mut fingerprint);
        self.hash_symbols(&mut fingerprint);
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
            // As the journal writes it: every field is in it, in a form that later releases must keep.
            let listing = Command::ListSymbol(Box::new(ListSymbol { spec: symbol.spec.clone() }));
            let mut definition = Vec::new();
            codec::encode(&listing, &mut definition);
            fingerprint.bytes(&definition);
            fingerprint.number(symbol.last_order_id);
            fingerprint.number(symbol.last_trade_id);
            fingerprint.number(symbol.last_prevented_match_id);
            fingerprint.number(symbol.last_update_id);
            fingerprint.number(symbol.last_price.units());
            for side in [Side::Buy, Side::Sell] {
                fingerprint.number(symbol.book.orders(side).count() as u64);
                for resting in symbol.book.orders(side) {
                    fingerprint.number(resting.price.0);
                    fingerprint.number(resting.lots.0);
                    hash_order(&self.open_orders.get(resting.tag).order, fingerprint);
                }
            }
        }
    }

    fn hash_streams(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.streams.streams.len() as u64);
        for stream in &self.streams.streams {
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
    }
}

fn hash_order(order: &Order, fingerprint: &mut Fingerprint) {
    fingerprint.number(order.id.0);
    fingerprint.number(u64::from(order.guard.account.0));
    fingerprint.bytes(order.client_order_id.as_bytes());
    fingerprint.number(order.order_type as u64);
    fingerprint.number(order.time_in_force as u64);
    fingerprint.number(order.lots.0);
    fingerprint.number(order.executed.0);
    fingerprint.number(order.guard.mode as u64);
    fingerprint.number(order.prevented.0);
    fingerprint.number(order.prevented_match_id.0);
    fingerprint.amount(order.executed_quote);
    fingerprint.number(order.placed_at_us);
    fingerprint.number(order.updated_at_us);
}
