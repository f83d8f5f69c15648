//! The views of all symbols as bytes, and back.
//!
//! Levels, trades and candles are written; what waits for a taker is not, because whoever reads a snapshot begins
//! anew and nobody has taken anything of it yet: views that are read are as after [`MarketViews::forget_changes`].
//! Structures are taken apart without `..`, and whatever changes the bytes raises [`VIEWS_VERSION`].

use crate::depth::Depth;
use crate::trades::TradeTape;
use crate::views::{MarketViews, SymbolView, Trading};
use rialto_types::SymbolId;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use std::io::{Read, Write};

/// The layout that this release writes and reads.
pub const VIEWS_VERSION: u8 = 1;

/// How many symbols are listed at most.
const SYMBOLS_MAX: usize = 1_000_000;
/// No command comes later.
const TIME_US_MAX: u64 = 1 << 62;

impl MarketViews {
    /// Write all views, between two commands.
    pub fn write_snapshot(&self, output: &mut dyn Write) -> Result<(), StateError> {
        let mut writer = StateWriter::new(output);
        self.write_state(&mut writer)?;
        writer.finish()
    }

    /// Read what [`MarketViews::write_snapshot`] wrote.
    ///
    /// Errors: another version, bytes that are no views. Never panics, and never makes room for more than is there.
    pub fn read_snapshot(input: &mut dyn Read) -> Result<MarketViews, StateError> {
        let mut reader = StateReader::new(input);
        let views = MarketViews::read_state(&mut reader)?;
        reader.finish()?;
        Ok(views)
    }

    /// Write all views among other things.
    pub fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let MarketViews {
            symbols,
            applied_at_us,
            // Wait for a taker.
            fast_depth: _,
            slow_depth: _,
            changed_candles: _,
            changed_statistics: _,
            statistics_window_us: _,
        } = self;
        writer.put(&VIEWS_VERSION)?;
        writer.put(applied_at_us)?;
        writer.put_count(symbols.len())?;
        for SymbolView { depth, trading } in symbols {
            depth.write_state(writer)?;
            writer.put(&trading.is_some())?;
            if let Some(Trading { tape, candles }) = trading.as_deref() {
                tape.write_state(writer)?;
                candles.iter().try_for_each(|series| series.write_state(writer))?;
            }
        }
        Ok(())
    }

    /// Read what [`MarketViews::write_state`] wrote.
    pub fn read_state(reader: &mut StateReader<'_>) -> Result<MarketViews, StateError> {
        reader.take_version("market views", VIEWS_VERSION)?;
        let mut views = MarketViews { applied_at_us: reader.take()?, ..MarketViews::default() };
        require(views.applied_at_us < TIME_US_MAX, "the time of the market views is beyond all")?;
        for number in 0..reader.take_count("symbols", SYMBOLS_MAX)? as u32 {
            let mut view = SymbolView { depth: Depth::read_state(reader)?, trading: None };
            if reader.take()? {
                let mut trading = Trading { tape: TradeTape::read_state(reader, SymbolId(number))?, ..Trading::new() };
                for series in &mut trading.candles {
                    series.read_state(reader, views.applied_at_us)?;
                }
                view.trading = Some(Box::new(trading));
            }
            views.symbols.push(view);
        }
        views.forget_changes();
        Ok(views)
    }
}
