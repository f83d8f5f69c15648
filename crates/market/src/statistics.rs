//! A symbol over the last 24 hours, to the minute.
//!
//! The window is the minute of the asking and the 1,439 before it. It is read from the one-minute candles, of which
//! enough are held to cover it and the one before it, so that statistics own no state: nothing to keep in step, nothing
//! to expire. An answer costs one pass over the minutes with trades, at most 1,440 of them (a few microseconds).

use crate::candles::{Candle, CandleSeries, sum};
use crate::depth::BookTickerChanged;
use crate::interval::Interval;
use rialto_types::decimal::ONE;
use rialto_types::{Amount, Price, Quantity, SymbolId, TradeId};
use serde::Serialize;

const MINUTE_US: u64 = 60_000_000;
const MINUTES_BEFORE: u64 = 24 * 60 - 1;

/// A symbol over the last 24 hours, to the minute. Without trades in them: zero prices, and trade ids of 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TickerStatistics {
    /// Which symbol.
    pub symbol: SymbolId,
    /// When the oldest minute of the window begins.
    pub opened_at_us: u64,
    /// The time of the asking.
    pub closed_at_us: u64,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub last: Price,
    /// The quantity of the last trade.
    pub last_quantity: Quantity,
    /// The last price before the window; the first in it when there was none before; zero without either.
    pub previous_close: Price,
    /// Quote volume by volume, rounded down to 1e-8; zero without trades.
    pub weighted_average: Price,
    /// How much base traded.
    pub volume: Amount,
    /// How much quote traded.
    pub quote_volume: Amount,
    /// The first trade.
    pub first_trade_id: TradeId,
    /// The last trade.
    pub last_trade_id: TradeId,
    /// How many trades.
    pub trades: u64,
    /// The highest bid; zero without one.
    pub bid_price: Price,
    /// What rests there.
    pub bid_quantity: Quantity,
    /// The lowest ask; zero without one.
    pub ask_price: Price,
    /// What rests there.
    pub ask_quantity: Quantity,
}

/// When the window of a time begins.
pub(crate) fn window_start_us(now_us: u64) -> u64 {
    Interval::OneMinute.start_of(now_us).saturating_sub(MINUTES_BEFORE * MINUTE_US)
}

/// Whether trades leave the window when its start moves.
pub(crate) fn window_lost_trades(minutes: &CandleSeries, old_start_us: u64, start_us: u64) -> bool {
    let before = |time_us| minutes.with_trades().partition_point(|minute| minute.opened_at_us < time_us);
    before(old_start_us) < before(start_us)
}

impl TickerStatistics {
    /// Of a symbol that has not traded.
    pub(crate) fn without_trades(ticker: BookTickerChanged, now_us: u64) -> TickerStatistics {
        TickerStatistics {
            symbol: ticker.symbol,
            opened_at_us: window_start_us(now_us),
            closed_at_us: now_us,
            open: Price::ZERO,
            high: Price::ZERO,
            low: Price::ZERO,
            last: Price::ZERO,
            last_quantity: Quantity::ZERO,
            previous_close: Price::ZERO,
            weighted_average: Price::ZERO,
            volume: Amount::ZERO,
            quote_volume: Amount::ZERO,
            first_trade_id: TradeId(0),
            last_trade_id: TradeId(0),
            trades: 0,
            bid_price: ticker.bid_price,
            bid_quantity: ticker.bid_quantity,
            ask_price: ticker.ask_price,
            ask_quantity: ticker.ask_quantity,
        }
    }

    /// Of a symbol with trades; `now_us` is not before the last of them.
    pub(crate) fn of(
        ticker: BookTickerChanged,
        minutes: &CandleSeries,
        last_quantity: Quantity,
        now_us: u64,
    ) -> TickerStatistics {
        let mut statistics = TickerStatistics::without_trades(ticker, now_us);
        let candles = minutes.with_trades();
        let first = candles.partition_point(|minute| minute.opened_at_us < statistics.opened_at_us);
        if let Some(before) = first.checked_sub(1) {
            statistics.previous_close = candles[before].close;
        }
        let mut window = candles.range(first..);
        if let Some(oldest) = window.next() {
            statistics.begin(oldest, last_quantity);
            window.for_each(|minute| statistics.add(minute));
            statistics.weighted_average = weighted_average(statistics.quote_volume, statistics.volume);
        }
        statistics
    }

    fn begin(&mut self, oldest: &Candle, last_quantity: Quantity) {
        self.open = oldest.open;
        self.low = oldest.low;
        self.last_quantity = last_quantity;
        self.first_trade_id = oldest.first_trade_id;
        if self.previous_close.is_zero() {
            self.previous_close = oldest.open;
        }
        self.add(oldest);
    }

    fn add(&mut self, minute: &Candle) {
        self.high = self.high.max(minute.high);
        self.low = self.low.min(minute.low);
        self.last = minute.close;
        self.volume = sum(self.volume, minute.volume);
        self.quote_volume = sum(self.quote_volume, minute.quote_volume);
        self.last_trade_id = minute.last_trade_id;
        self.trades += minute.trades;
    }
}

/// Quote by base, rounded down to 1e-8.
///
/// The whole part and the rest are scaled apart, because the product of a volume with 10^8 may not fit.
fn weighted_average(quote: Amount, base: Amount) -> Price {
    if base.is_zero() {
        return Price::ZERO;
    }
    let (quote, base, one) = (quote.units(), base.units(), i128::from(ONE));
    let units = (quote / base).saturating_mul(one).saturating_add((quote % base).saturating_mul(one) / base);
    u64::try_from(units).ok().and_then(Price::from_units).unwrap_or(Price::MAX)
}
