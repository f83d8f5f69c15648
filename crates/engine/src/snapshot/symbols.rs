//! Symbols as bytes, without their orders.

use crate::listing::check_spec;
use crate::symbols::Symbol;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{Price, SymbolId, SymbolStatus};
use serde::{Deserialize, Serialize};

/// What a symbol has beside its definition, its orders and its averages.
#[derive(Serialize, Deserialize)]
struct SymbolRecord {
    status: SymbolStatus,
    has_icebergs: bool,
    told_reference: Option<Price>,
    told_reference_at_us: u64,
    pool: Option<u32>,
    last_order_id: u64,
    last_trade_id: u64,
    last_prevented_match_id: u64,
    last_block_trade_id: u64,
    allocations: u64,
    last_update_id: u64,
    last_price: Price,
}

impl Symbol {
    /// Write the symbol; its orders are written with all others, after all symbols.
    pub(super) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let &Symbol {
            // Follow from its place and its definition.
            id: _,
            scale: _,
            // Written with the orders.
            book: _,
            specials: _,
            triggers: _,
            ref spec,
            ref averages,
            status,
            has_icebergs,
            told_reference,
            told_reference_at_us,
            pool,
            last_order_id,
            last_trade_id,
            last_prevented_match_id,
            last_block_trade_id,
            allocations,
            last_update_id,
            last_price,
        } = self;
        writer.put(spec)?;
        writer.put(&SymbolRecord {
            status,
            has_icebergs,
            told_reference,
            told_reference_at_us,
            pool,
            last_order_id,
            last_trade_id,
            last_prevented_match_id,
            last_block_trade_id,
            allocations,
            last_update_id,
            last_price,
        })?;
        averages.iter().try_for_each(|averages| averages.write_state(writer))
    }
}

/// Read what [`Symbol::write_state`] wrote.
pub(super) fn read_state(reader: &mut StateReader<'_>, id: SymbolId, time_us: u64) -> Result<Symbol, StateError> {
    let spec = reader.take()?;
    require(check_spec(&spec).is_ok(), "a symbol's definition is not one that is listed")?;
    let mut symbol = Symbol::new(id, spec);
    let record: SymbolRecord = reader.take()?;
    let counters = [
        record.last_order_id,
        record.last_trade_id,
        record.last_prevented_match_id,
        record.last_block_trade_id,
        record.allocations,
        record.last_update_id,
    ];
    require(counters.into_iter().all(|counter| counter < COUNTER_MAX), "a symbol has counted beyond all")?;
    require(symbol.scale.ticks(record.last_price).is_some(), "a symbol's last price is not a whole number of ticks")?;
    symbol.status = record.status;
    symbol.has_icebergs = record.has_icebergs;
    symbol.told_reference = record.told_reference;
    symbol.told_reference_at_us = record.told_reference_at_us;
    symbol.pool = record.pool;
    symbol.last_order_id = record.last_order_id;
    symbol.last_trade_id = record.last_trade_id;
    symbol.last_prevented_match_id = record.last_prevented_match_id;
    symbol.last_block_trade_id = record.last_block_trade_id;
    symbol.allocations = record.allocations;
    symbol.last_update_id = record.last_update_id;
    symbol.last_price = record.last_price;
    symbol.averages.iter_mut().try_for_each(|averages| averages.read_state(reader, time_us))?;
    Ok(symbol)
}

/// More than any counter ever reaches.
const COUNTER_MAX: u64 = 1 << 62;
