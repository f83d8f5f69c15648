//! Candles: open, high, low, close and volumes per interval, of one symbol.
//!
//! Only candles with trades are held; an interval without trades follows from the close before it and is filled in when
//! asked for. Times never go back, so a candle is complete as soon as a trade falls behind its end.

use crate::interval::Interval;
use crate::newest::push_newest;
use crate::trades::RecentTrade;
use rialto_types::state_codec::{StateError, StateReader, StateWriter, require};
use rialto_types::{Amount, Price, Quantity, SymbolId, TradeId};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many candles with trades are held per interval, and the most that one question is answered with.
pub const CANDLES_MAX: usize = 1_000;

/// How many one-minute candles with trades are held: a day of them for the statistics, and the one before that day.
pub const MINUTE_CANDLES_MAX: usize = 24 * 60 + 1;

/// One interval of trading.
///
/// An interval without trades carries the close before it in all four prices, zero volumes and trade ids of 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// When the interval begins.
    pub opened_at_us: u64,
    /// The first microsecond after it.
    pub closes_at_us: u64,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// How much base traded.
    pub volume: Amount,
    /// How much quote traded.
    pub quote_volume: Amount,
    /// How many trades.
    pub trades: u64,
    /// How much base incoming orders bought.
    pub taker_buy_volume: Amount,
    /// How much quote incoming orders paid for it.
    pub taker_buy_quote_volume: Amount,
    /// The first trade.
    pub first_trade_id: TradeId,
    /// The last trade.
    pub last_trade_id: TradeId,
}

/// A candle that changed since last asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CandleChanged {
    /// Of which symbol.
    pub symbol: SymbolId,
    /// How long it is.
    pub interval: Interval,
    /// As it stands.
    pub candle: Candle,
}

/// A candle's interval is over, seen at the symbol's first trade after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "update")]
pub struct CandleClosed {
    /// Of which symbol.
    pub symbol: SymbolId,
    /// How long it is.
    pub interval: Interval,
    /// As it stands for good.
    pub candle: Candle,
}

/// Which candles are asked for, by the time they open, both ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CandleRange {
    pub(crate) start_us: Option<u64>,
    pub(crate) end_us: Option<u64>,
    pub(crate) limit: usize,
    /// Not before the last trade.
    pub(crate) now_us: u64,
}

impl Candle {
    pub(crate) fn without_trades(opened_at_us: u64, closes_at_us: u64, price: Price) -> Candle {
        Candle {
            opened_at_us,
            closes_at_us,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Amount::ZERO,
            quote_volume: Amount::ZERO,
            trades: 0,
            taker_buy_volume: Amount::ZERO,
            taker_buy_quote_volume: Amount::ZERO,
            first_trade_id: TradeId(0),
            last_trade_id: TradeId(0),
        }
    }

    fn begun_by(interval: Interval, trade: &RecentTrade) -> Candle {
        let time_us = trade.traded_at_us;
        let mut candle = Candle::without_trades(interval.start_of(time_us), interval.next(time_us), trade.price);
        candle.first_trade_id = trade.trade_id;
        candle.add(trade);
        candle
    }

    fn add(&mut self, trade: &RecentTrade) {
        self.high = self.high.max(trade.price);
        self.low = self.low.min(trade.price);
        self.close = trade.price;
        self.volume = sum(self.volume, base(trade.quantity));
        self.quote_volume = sum(self.quote_volume, trade.quote_quantity);
        self.trades += 1;
        if !trade.buyer_is_maker {
            self.taker_buy_volume = sum(self.taker_buy_volume, base(trade.quantity));
            self.taker_buy_quote_volume = sum(self.taker_buy_quote_volume, trade.quote_quantity);
        }
        self.last_trade_id = trade.trade_id;
    }

    /// Take in a later candle; both have trades.
    fn extend(&mut self, later: &Candle) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
        self.volume = sum(self.volume, later.volume);
        self.quote_volume = sum(self.quote_volume, later.quote_volume);
        self.trades += later.trades;
        self.taker_buy_volume = sum(self.taker_buy_volume, later.taker_buy_volume);
        self.taker_buy_quote_volume = sum(self.taker_buy_quote_volume, later.taker_buy_quote_volume);
        self.last_trade_id = later.last_trade_id;
    }
}

fn base(quantity: Quantity) -> Amount {
    Amount::from_units(i128::from(quantity.units()))
}

/// Add volumes. A volume only informs: at the end of the range, far beyond any that can be traded, it stays there.
pub(crate) fn sum(a: Amount, b: Amount) -> Amount {
    Amount::from_units(a.units().saturating_add(b.units()))
}

/// The newest candles of one symbol and one interval.
#[derive(Clone, Debug)]
pub(crate) struct CandleSeries {
    interval: Interval,
    /// Whether there were candles before the oldest held.
    dropped: bool,
    candles: VecDeque<Candle>,
}

impl CandleSeries {
    pub(crate) fn new(interval: Interval) -> CandleSeries {
        CandleSeries { interval, dropped: false, candles: VecDeque::new() }
    }

    /// Add a trade, not older than the one before; returns the candle that it found closed.
    pub(crate) fn add(&mut self, trade: &RecentTrade) -> Option<Candle> {
        let newest = self.candles.back_mut();
        let closed = match newest {
            Some(newest) if trade.traded_at_us < newest.closes_at_us => {
                newest.add(trade);
                return None;
            }
            newest => newest.copied(),
        };
        let max = self.candles_max();
        let left = push_newest(&mut self.candles, Candle::begun_by(self.interval, trade), max);
        self.dropped |= left.is_some();
        closed
    }

    /// Write the candles with trades, oldest first.
    pub(crate) fn write_state(&self, writer: &mut StateWriter<'_>) -> Result<(), StateError> {
        let CandleSeries { interval: _, dropped, candles } = self;
        writer.put(dropped)?;
        writer.put_count(candles.len())?;
        candles.iter().try_for_each(|candle| writer.put(candle))
    }

    /// Read what [`CandleSeries::write_state`] wrote of this interval; none is of later than a time.
    pub(crate) fn read_state(&mut self, reader: &mut StateReader<'_>, time_us: u64) -> Result<(), StateError> {
        self.dropped = reader.take()?;
        for _ in 0..reader.take_count("candles", self.candles_max())? {
            let candle: Candle = reader.take()?;
            let follows = self.candles.back().is_none_or(|newest| newest.closes_at_us <= candle.opened_at_us);
            let is_within = candle.opened_at_us <= time_us
                && candle.opened_at_us == self.interval.start_of(candle.opened_at_us)
                && candle.closes_at_us == self.interval.next(candle.opened_at_us);
            require(follows && is_within && candle.trades > 0, "a candle is not of its interval")?;
            self.candles.push_back(candle);
        }
        Ok(())
    }

    fn candles_max(&self) -> usize {
        if self.interval == Interval::OneMinute { MINUTE_CANDLES_MAX } else { CANDLES_MAX }
    }

    /// Everything from the first interval that opens at or after a time, as one candle; `None` where memory does not
    /// reach back to it.
    pub(crate) fn joined_from(&self, from_us: u64, now_us: u64) -> Option<Candle> {
        let opened_at_us = self.first_opening_from(from_us);
        if opened_at_us < self.kept_from_us() {
            return None;
        }
        let first = self.candles.partition_point(|candle| candle.opened_at_us < opened_at_us);
        let mut candles = self.candles.range(first..);
        let mut joined = match candles.next() {
            Some(oldest) => *oldest,
            None => Candle::without_trades(opened_at_us, now_us, Price::ZERO),
        };
        candles.for_each(|candle| joined.extend(candle));
        Some(Candle { opened_at_us, closes_at_us: now_us, ..joined })
    }

    pub(crate) fn newest(&self) -> Option<&Candle> {
        self.candles.back()
    }

    /// The candles with trades, oldest first.
    pub(crate) fn with_trades(&self) -> &VecDeque<Candle> {
        &self.candles
    }

    /// From which opening time on the candles are complete.
    pub(crate) fn kept_from_us(&self) -> u64 {
        match self.candles.front() {
            Some(oldest) if self.dropped => oldest.opened_at_us,
            _ => 0,
        }
    }

    /// The candles of a range, oldest first, those without trades filled in.
    pub(crate) fn range(&self, range: CandleRange) -> Vec<Candle> {
        let Some(oldest) = self.candles.front() else { return Vec::new() };
        let limit = range.limit.min(CANDLES_MAX);
        let last_us = self.interval.start_of(range.end_us.map_or(range.now_us, |end_us| end_us.min(range.now_us)));
        let first_us = match range.start_us {
            Some(start_us) => self.first_opening_from(start_us).max(oldest.opened_at_us),
            None => self.back_from(last_us, limit, oldest.opened_at_us),
        };
        if limit == 0 || last_us < first_us {
            return Vec::new();
        }
        self.filled(first_us, last_us, limit)
    }

    /// When the first interval opens that does not open before a time.
    fn first_opening_from(&self, time_us: u64) -> u64 {
        if self.interval.start_of(time_us) == time_us { time_us } else { self.interval.next(time_us) }
    }

    /// When the first of so many intervals opens of which the last opens at a time, but not before the oldest.
    fn back_from(&self, last_us: u64, count: usize, oldest_us: u64) -> u64 {
        let mut first_us = last_us.max(oldest_us);
        for _ in 1..count {
            if first_us <= oldest_us {
                break;
            }
            first_us = self.interval.start_of(first_us - 1);
        }
        first_us
    }

    /// Candles from one opening time, not before the oldest held, to another.
    fn filled(&self, first_us: u64, last_us: u64, limit: usize) -> Vec<Candle> {
        let mut answer = Vec::with_capacity(limit.min(64));
        let mut following = self.candles.partition_point(|candle| candle.opened_at_us <= first_us);
        let mut current = self.candles[following - 1];
        let mut opened_at_us = first_us;
        while opened_at_us <= last_us && answer.len() < limit {
            let closes_at_us = self.interval.next(opened_at_us);
            if current.opened_at_us < opened_at_us {
                current = match self.candles.get(following) {
                    Some(candle) if candle.opened_at_us == opened_at_us => {
                        following += 1;
                        *candle
                    }
                    _ => Candle::without_trades(opened_at_us, closes_at_us, current.close),
                };
            }
            answer.push(current);
            opened_at_us = closes_at_us;
        }
        answer
    }
}
