//! Registering assets and listing symbols.

use crate::commissions::pair_of;
use crate::engine::Engine;
use crate::symbols::{Asset, Symbol};
use rialto_types::account::FEES;
use rialto_types::command::{ListSymbol, RegisterAsset};
use rialto_types::event::{AssetRegistered, SymbolListed};
use rialto_types::{AssetId, Event, ReferenceMethod, Rejection, SymbolId, SymbolSpec};

/// How many assets and symbols may be known.
pub(crate) const ASSETS_MAX: usize = 1_000_000;
pub(crate) const SYMBOLS_MAX: usize = 1_000_000;
/// A day: how far back a filter may look.
const AVERAGE_MINUTES_MAX: u32 = 1_440;
/// How wide and how many the buckets of a reference price may be.
const BUCKET_WIDTH_MS_MAX: u32 = 86_400_000;
const BUCKETS_MAX: u32 = 10_000;

impl Engine {
    pub(crate) fn register_asset(&mut self, command: &RegisterAsset, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let assets = &self.assets;
        if let Some(taken) = self.asset_names.find(&command.name, |slot| assets[slot as usize].name) {
            return Err(Rejection::AssetExists { asset: AssetId(taken) });
        }
        if command.name.is_empty() {
            return Err(Rejection::InvalidSymbol { field: "name" });
        }
        if self.assets.len() >= ASSETS_MAX {
            return Err(Rejection::CapacityReached { what: "assets" });
        }
        let asset = AssetId(self.assets.len() as u32);
        let fees = self.ledger.balances.find_or_open(FEES, asset, false);
        self.assets.push(Asset { name: command.name, fees, limit: None });
        let assets = &self.assets;
        self.asset_names.insert(&command.name, asset.0, |slot| assets[slot as usize].name);
        events.push(Event::AssetRegistered(AssetRegistered { asset, name: command.name }));
        Ok(())
    }

    pub(crate) fn list_symbol(&mut self, command: &ListSymbol, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let spec = &command.spec;
        let symbols = &self.symbols;
        if let Some(taken) = self.symbol_names.find(&spec.name, |slot| symbols[slot as usize].spec.name) {
            return Err(Rejection::SymbolExists { symbol: SymbolId(taken) });
        }
        self.check_asset(spec.base)?;
        self.check_asset(spec.quote)?;
        check_spec(spec)?;
        if self.symbols.len() >= SYMBOLS_MAX {
            return Err(Rejection::CapacityReached { what: "symbols" });
        }
        let symbol = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol::new(symbol, spec.clone()));
        let symbols = &self.symbols;
        self.symbol_names.insert(&spec.name, symbol.0, |slot| symbols[slot as usize].spec.name);
        let pair = (spec.base, spec.quote);
        if self.pairs.find(&pair, |slot| pair_of(&symbols[slot as usize])).is_none() {
            self.pairs.insert(&pair, symbol.0, |slot| pair_of(&symbols[slot as usize]));
        }
        events.push(Event::SymbolListed(Box::new(SymbolListed { symbol, spec: spec.clone() })));
        Ok(())
    }
}

/// Refuse a definition that contradicts itself.
pub(crate) fn check_spec(spec: &SymbolSpec) -> Result<(), Rejection> {
    let steps = |value: u64, step: u64| step != 0 && value.is_multiple_of(step);
    let ordered = |least: u64, most: u64| most == 0 || least <= most;
    let (tick, lot) = (spec.tick.units(), spec.lot.units());
    let (rules, reference) = (&spec.rules, &spec.rules.reference);
    let has_width = (1..=BUCKET_WIDTH_MS_MAX).contains(&reference.bucket_width_ms);
    let has_buckets = (1..=BUCKETS_MAX).contains(&reference.bucket_count);
    let rules = [
        ("name", !spec.name.is_empty()),
        ("base", spec.base != spec.quote),
        ("tick", tick != 0),
        ("price_min", steps(spec.price_min.units(), tick)),
        ("price_max", steps(spec.price_max.units(), tick) && ordered(spec.price_min.units(), spec.price_max.units())),
        ("lot", lot != 0),
        ("quantity_min", steps(spec.quantity_min.units(), lot)),
        ("quantity_max", !spec.quantity_max.is_zero() && spec.quantity_min <= spec.quantity_max),
        ("market_lot", spec.market_lot.is_zero() || steps(spec.market_lot.units(), lot)),
        ("market_quantity_max", ordered(spec.market_quantity_min.units(), spec.market_quantity_max.units())),
        ("notional_min", !spec.notional_min.is_negative()),
        ("notional_max", !spec.notional_max.is_negative()),
        ("notional_max", spec.notional_max.is_zero() || spec.notional_min <= spec.notional_max),
        ("open_orders_max", spec.open_orders_max > 0),
        ("prevention_allowed", spec.prevention_allowed.is_valid()),
        ("prevention_default", spec.prevention_allowed.has(spec.prevention_default)),
        ("commission", spec.commission.is_valid()),
        ("features", rules.features.is_valid()),
        ("average_minutes", rules.average_minutes <= AVERAGE_MINUTES_MAX),
        ("percent_price", rules.percent_price.is_none_or(|p| p.bid_down <= p.bid_up && p.ask_down <= p.ask_up)),
        ("trailing", rules.trailing.is_none_or(|t| t.above_min <= t.above_max && t.below_min <= t.below_max)),
        ("reference", reference.method != ReferenceMethod::ArithmeticMean || (has_width && has_buckets)),
    ];
    match rules.iter().find(|(_, holds)| !holds) {
        Some(&(field, _)) => Err(Rejection::InvalidSymbol { field }),
        None => Ok(()),
    }
}
