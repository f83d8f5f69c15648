//! Market data in memory: books, recent trades, candles and day statistics.
//!
//! Stands behind the engine: fed with the events of each command, in order, it answers the public market data requests
//! and states what streams push. Everything here can be thrown away and rebuilt from the events.
//!
//! State: per symbol, the levels of its book and, once it has traded, the newest trades, aggregated trades and candles;
//! beside that, which levels, candles and statistics changed since they were last taken.
//!
//! Memory: 96 bytes for a symbol that never traded, and its levels; about 10 kB after its first trade; about 2.4 MB
//! once every list is full.
//!
//! Invariants: the same events give the same answers; there is no clock (the caller says what time it is), no floating
//! point, no randomness, no hash table. All lists are bounded; what is older than they reach is read from history.
//!
//! Left out on purpose: accounts, orders, symbol names, the spelling of any wire format, and history on disk.

#![forbid(unsafe_code)]

mod candles;
mod depth;
mod interval;
mod newest;
mod snapshot;
mod statistics;
mod trades;
mod views;

pub use candles::{CANDLES_MAX, Candle, CandleChanged, CandleClosed, MINUTE_CANDLES_MAX};
pub use depth::{BookTickerChanged, Cadence, DepthSnapshot, DepthUpdate, Level, PENDING_LEVELS_MAX};
pub use interval::{Interval, UnknownInterval};
pub use snapshot::VIEWS_VERSION;
pub use statistics::TickerStatistics;
pub use trades::{RecentTrade, TRADES_MAX, TradesAggregated};
pub use views::MarketViews;

use serde::Serialize;

/// What one command meant to the market.
///
/// Of one command and symbol: the candles that its first trade found closed, shortest first, then the aggregated trades,
/// then the changed best prices. Each begins with its own name when serialized, here as in the answer to a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MarketUpdate {
    /// See [`BookTickerChanged`].
    BookTickerChanged(BookTickerChanged),
    /// See [`TradesAggregated`].
    TradesAggregated(TradesAggregated),
    /// See [`CandleClosed`].
    CandleClosed(CandleClosed),
}
