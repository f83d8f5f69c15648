//! The whole state as bytes, and back.
//!
//! Stands beside the state hash: what a snapshot holds is what the hash covers, and what is only shown. The bytes follow
//! from the state alone, not from where things stand in memory: balances, accounts, seats and streams are numbered in
//! order of their making, open orders and lists are named by their ids. An engine read from them goes on as the one
//! that was written would have: same events, same answers, same hashes.
//!
//! Every structure is taken apart field by field without `..`, so that a new field does not compile before someone has
//! decided whether it is written or follows from what is. Whatever changes the bytes raises [`ENGINE_VERSION`]: a release
//! refuses snapshots of other versions, and the journal is replayed instead. What is read is believed only as far as
//! it was checked; a caller compares the state hash with the recorded one before it relies on the rest.

mod orders;
mod symbols;

use crate::commissions::{Commissions, pair_of};
use crate::engine::Engine;
use crate::listing::{ASSETS_MAX, SYMBOLS_MAX};
use crate::routing::{POOL_MAX, Pool};
use crate::streams::Streams;
use crate::symbols::Asset;
use rialto_ledger::Ledger;
use rialto_types::account::FEES;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{AssetId, SymbolId};
use std::io::{Read, Write};

/// The layout that this release writes and reads.
pub const ENGINE_VERSION: u8 = 1;

/// No command comes later: the year 142,000 or so, with room for every window behind it.
const TIME_US_MAX: u64 = 1 << 62;

impl Engine {
    /// Write the whole state, between two commands.
    pub fn write_snapshot(&self, output: &mut dyn Write) -> Result<(), StateError> {
        let mut writer = StateWriter::new(output);
        self.write_state(&mut writer)?;
        writer.finish()
    }

    /// Read what [`Engine::write_snapshot`] wrote.
    ///
    /// Errors: another version, bytes that are no state, a state that contradicts itself. Never panics, and never makes
    /// room for more than is there.
    pub fn read_snapshot(input: &mut dyn Read) -> Result<Engine, StateError> {
        let mut reader = StateReader::new(input);
        let engine = Engine::read_state(&mut reader)?;
        reader.finish()?;
        Ok(engine)
    }

    /// Write the whole state among other things.
    pub fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let Engine {
            // Follow from assets and symbols.
            asset_names: _,
            symbol_names: _,
            pairs: _,
            sequence,
            time_us,
            assets,
            symbols,
            pools,
            limits,
            commissions,
            ledger,
            open_orders,
            lists,
            streams,
            course,
        } = self;
        assert!(course.is_empty(), "a snapshot is taken between two commands");
        writer.put(&ENGINE_VERSION)?;
        writer.put(&(sequence, time_us))?;
        ledger.write_state(writer)?;
        writer.put_count(assets.len())?;
        for Asset { name, fees, limit } in assets {
            writer.put(&(name, fees.number(), limit))?;
        }
        writer.put_count(symbols.len())?;
        symbols.iter().try_for_each(|symbol| symbol.write_state(writer))?;
        writer.put_count(pools.len())?;
        for Pool { base, symbols } in pools {
            writer.put(&(base, symbols))?;
        }
        writer.put(limits)?;
        commissions.write_state(writer)?;
        streams.write_state(writer)?;
        open_orders.seats.write_state(writer)?;
        self.write_lists(lists, writer)?;
        self.write_orders(open_orders, writer)?;
        symbols.iter().try_for_each(|symbol| self.write_places(symbol, writer))
    }

    /// Read what [`Engine::write_state`] wrote.
    pub fn read_state(reader: &mut StateReader<'_>) -> Result<Engine, StateError> {
        reader.take_version("engine", ENGINE_VERSION)?;
        let mut engine = Engine::default();
        (engine.sequence, engine.time_us) = reader.take()?;
        require(engine.sequence < u64::MAX && engine.time_us < TIME_US_MAX, "its sequence or time is beyond all")?;
        engine.ledger = Ledger::read_state(reader)?;
        engine.read_assets(reader)?;
        engine.read_symbols(reader)?;
        engine.read_pools(reader)?;
        engine.limits = reader.take()?;
        engine.commissions = Commissions::read_state(reader)?;
        engine.streams = Streams::read_state(reader, &engine.ledger.balances)?;
        engine.read_seats(reader)?;
        engine.read_lists(reader)?;
        engine.read_orders(reader)?;
        for symbol in 0..engine.symbols.len() {
            engine.read_places(SymbolId(symbol as u32), reader)?;
        }
        engine.check_places()?;
        Ok(engine)
    }

    fn read_assets(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for number in 0..reader.take_count("assets", ASSETS_MAX)? as u32 {
            let (name, fees, limit) = reader.take()?;
            let assets = &self.assets;
            let found = self.asset_names.find(&name, |slot| assets[slot as usize].name);
            require(found.is_none(), "two assets have one name")?;
            let fees = self.ledger.balances.slot(fees);
            let of_house = fees.filter(|&slot| {
                let balance = self.ledger.balances.get(slot);
                (balance.account, balance.asset) == (FEES, AssetId(number))
            });
            let fees = of_house.ok_or(StateError::Contradiction("an asset's commissions have no balance"))?;
            self.assets.push(Asset { name, fees, limit });
            let assets = &self.assets;
            self.asset_names.insert(&name, number, |slot| assets[slot as usize].name);
        }
        let is_known = |asset: AssetId| asset.index() < self.assets.len();
        let balances = self.ledger.balances.iter();
        require(balances.map(|balance| balance.asset).all(is_known), "a balance is of an unknown asset")
    }

    fn read_symbols(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for number in 0..reader.take_count("symbols", SYMBOLS_MAX)? as u32 {
            let symbol = symbols::read_state(reader, SymbolId(number), self.time_us)?;
            let (name, pair) = (symbol.spec.name, pair_of(&symbol));
            let are_known = pair.0.index() < self.assets.len() && pair.1.index() < self.assets.len();
            require(are_known, "a symbol is of unknown assets")?;
            let symbols = &self.symbols;
            let found = self.symbol_names.find(&name, |slot| symbols[slot as usize].spec.name);
            require(found.is_none(), "two symbols have one name")?;
            self.symbols.push(symbol);
            let symbols = &self.symbols;
            self.symbol_names.insert(&name, number, |slot| symbols[slot as usize].spec.name);
            if self.pairs.find(&pair, |slot| pair_of(&symbols[slot as usize])).is_none() {
                self.pairs.insert(&pair, number, |slot| pair_of(&symbols[slot as usize]));
            }
        }
        Ok(())
    }

    fn read_pools(&mut self, reader: &mut StateReader<'_>) -> Result<(), StateError> {
        for _ in 0..reader.take_count("pools", ASSETS_MAX)? {
            let (base, symbols) = reader.take::<(AssetId, Vec<SymbolId>)>()?;
            let is_member = |symbol: &SymbolId| {
                let member = self.symbols.get(symbol.index());
                member.is_some_and(|member| member.spec.base == base && member.pool == Some(self.pools.len() as u32))
            };
            require(
                symbols.len() <= POOL_MAX && symbols.iter().all(is_member),
                "a pool has a symbol that is not in it",
            )?;
            require(self.pools.iter().all(|pool| pool.base != base), "two pools are of one asset")?;
            self.pools.push(Pool { base, symbols });
        }
        let is_pooled = |pool: u32| (pool as usize) < self.pools.len();
        require(self.symbols.iter().filter_map(|symbol| symbol.pool).all(is_pooled), "a symbol is in no known pool")
    }
}
