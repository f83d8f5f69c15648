//! The views of all symbols: takes the events of each command, answers reads, states what changed.
//!
//! Owned by whoever applies events; reads and takes go to the same owner. A symbol that never traded has a book and
//! nothing else.

use crate::MarketUpdate;
use crate::candles::{Candle, CandleChanged, CandleClosed, CandleRange, CandleSeries};
use crate::depth::{BookTickerChanged, Cadence, Depth, DepthChanges, DepthSnapshot, DepthUpdate};
use crate::interval::Interval;
use crate::statistics::{TickerStatistics, window_lost_trades, window_start_us};
use crate::trades::{OpenAggregate, RecentTrade, TradeTape, TradesAggregated};
use rialto_types::event::{BookChanged, TradeExecuted};
use rialto_types::{Event, Price, SymbolId, TradeId};
use std::collections::BTreeSet;

/// What trading left behind on one symbol.
#[derive(Clone, Debug)]
pub(crate) struct Trading {
    pub(crate) tape: TradeTape,
    pub(crate) candles: [CandleSeries; Interval::ALL.len()],
}

impl Trading {
    pub(crate) fn new() -> Trading {
        Trading { tape: TradeTape::default(), candles: Interval::ALL.map(CandleSeries::new) }
    }

    fn minutes(&self) -> &CandleSeries {
        &self.candles[Interval::OneMinute.index()]
    }
}

/// One symbol. There may be a hundred thousand of them, most of which never trade.
#[derive(Clone, Debug, Default)]
pub(crate) struct SymbolView {
    pub(crate) depth: Depth,
    pub(crate) trading: Option<Box<Trading>>,
}

/// The market data of all symbols.
#[derive(Clone, Debug, Default)]
pub struct MarketViews {
    pub(crate) symbols: Vec<SymbolView>,
    /// The time of the last command.
    pub(crate) applied_at_us: u64,
    pub(crate) fast_depth: DepthChanges,
    pub(crate) slow_depth: DepthChanges,
    pub(crate) changed_candles: BTreeSet<SymbolId>,
    pub(crate) changed_statistics: BTreeSet<SymbolId>,
    /// Where the window of the statistics began when changes were last taken.
    pub(crate) statistics_window_us: u64,
}

impl MarketViews {
    /// Take in the events of one command, in order, and append what they mean to the market.
    ///
    /// Times never go back: one earlier than that of the command before counts as that. Events other than
    /// `SymbolListed`, `BookChanged` and `TradeExecuted` are passed over.
    ///
    /// # Panics
    /// If symbols are not listed in the order of their ids, or an event is about one that was not listed: the core never
    /// states such events, and views built on would be wrong.
    pub fn apply(&mut self, time_us: u64, events: &[Event], updates: &mut Vec<MarketUpdate>) {
        self.applied_at_us = self.applied_at_us.max(time_us);
        let mut open = None;
        let mut changed_books = BTreeSet::new();
        for event in events {
            match event {
                Event::SymbolListed(listed) => {
                    assert_eq!(listed.symbol.index(), self.symbols.len(), "symbols are listed in order of their ids");
                    self.symbols.push(SymbolView::default());
                }
                Event::BookChanged(changed) => {
                    self.change_book(changed);
                    changed_books.insert(changed.symbol);
                }
                Event::TradeExecuted(trade) => self.add_trade(trade, &mut open, updates),
                _ => {}
            }
        }
        self.close_aggregate(open, updates);
        for symbol in changed_books {
            let depth = &mut self.symbols[symbol.index()].depth;
            if depth.best_changed() {
                updates.push(MarketUpdate::BookTickerChanged(depth.ticker(symbol)));
                self.changed_statistics.insert(symbol);
            }
        }
    }

    /// The best `limit` levels of each side; `None` for an unknown symbol, as everywhere here.
    pub fn depth(&self, symbol: SymbolId, limit: usize) -> Option<DepthSnapshot> {
        Some(self.symbol(symbol)?.depth.snapshot(limit))
    }

    /// The best bid and ask, as of the book's last change.
    pub fn book_ticker(&self, symbol: SymbolId) -> Option<BookTickerChanged> {
        Some(self.symbol(symbol)?.depth.ticker(symbol))
    }

    /// Trades, oldest first: the newest `limit`, or `limit` from an id on.
    ///
    /// The last [`crate::TRADES_MAX`] are held; if `from_id` is older, the answer begins with the oldest held.
    pub fn trades(&self, symbol: SymbolId, from_id: Option<TradeId>, limit: usize) -> Option<Vec<RecentTrade>> {
        let trading = self.symbol(symbol)?.trading.as_ref();
        Some(trading.map_or_else(Vec::new, |trading| trading.tape.trades(from_id, limit)))
    }

    /// The newest `limit` aggregated trades, oldest first; the last [`crate::TRADES_MAX`] are held.
    pub fn aggregated_trades(&self, symbol: SymbolId, limit: usize) -> Option<Vec<TradesAggregated>> {
        let trading = self.symbol(symbol)?.trading.as_ref();
        Some(trading.map_or_else(Vec::new, |trading| trading.tape.aggregated(limit)))
    }

    /// Candles by the time they open, both ends included, oldest first, at most [`crate::CANDLES_MAX`].
    ///
    /// With a start, `limit` from there on; otherwise the newest `limit` up to the end. Intervals without trades are
    /// filled in from the first trade up to and with the one that contains `now_us`. Nothing is said of candles before
    /// [`MarketViews::candles_kept_from_us`], even if the start is earlier.
    pub fn candles(
        &self,
        symbol: SymbolId,
        interval: Interval,
        start_us: Option<u64>,
        end_us: Option<u64>,
        limit: usize,
        now_us: u64,
    ) -> Option<Vec<Candle>> {
        let range = CandleRange { start_us, end_us, limit, now_us: now_us.max(self.applied_at_us) };
        let trading = self.symbol(symbol)?.trading.as_ref();
        Some(trading.map_or_else(Vec::new, |trading| trading.candles[interval.index()].range(range)))
    }

    /// From which opening time on memory has every candle: 0 as long as none had to make room.
    pub fn candles_kept_from_us(&self, symbol: SymbolId, interval: Interval) -> Option<u64> {
        let trading = self.symbol(symbol)?.trading.as_ref();
        Some(trading.map_or(0, |trading| trading.candles[interval.index()].kept_from_us()))
    }

    /// Everything from a time on, as one candle that closes with the asking.
    ///
    /// It opens with the first minute at or after the time, or later where memory has let minutes go: then with the
    /// first of the shortest intervals that are still complete, and what lies between is in history. At most as many
    /// candles are joined as are held of an interval. Without trades: zero prices and trade ids of 0.
    pub fn candle_from(&self, symbol: SymbolId, from_us: u64, now_us: u64) -> Option<Candle> {
        let now_us = now_us.max(self.applied_at_us);
        let trading = self.symbol(symbol)?.trading.as_ref();
        let series = trading.map_or(&[][..], |trading| &trading.candles[Interval::OneMinute.index()..]);
        let joined = series.iter().find_map(|series| series.joined_from(from_us, now_us));
        Some(joined.unwrap_or(Candle::without_trades(from_us, now_us, Price::ZERO)))
    }

    /// The last 24 hours, to the minute. One pass over the minutes with trades, at most 1,440.
    pub fn statistics(&self, symbol: SymbolId, now_us: u64) -> Option<TickerStatistics> {
        let now_us = now_us.max(self.applied_at_us);
        let view = self.symbol(symbol)?;
        let ticker = view.depth.ticker(symbol);
        let Some(trading) = &view.trading else { return Some(TickerStatistics::without_trades(ticker, now_us)) };
        let last_quantity = trading.tape.last().map(|trade| trade.quantity).unwrap_or_default();
        Some(TickerStatistics::of(ticker, trading.minutes(), last_quantity, now_us))
    }

    /// The levels that changed since the last take of the same cadence, by symbol.
    ///
    /// Each update of a book begins one past the end of the one taken before, unless nobody took for so long that more
    /// than [`crate::PENDING_LEVELS_MAX`] levels waited: then there is a gap, and clients need a new snapshot.
    pub fn take_depth_updates(&mut self, cadence: Cadence) -> Vec<DepthUpdate> {
        let changes = match cadence {
            Cadence::Fast => &mut self.fast_depth,
            Cadence::Slow => &mut self.slow_depth,
        };
        changes.take(|symbol| &self.symbols[symbol.index()].depth)
    }

    /// The newest candle of every interval of every symbol that traded since the last take.
    ///
    /// A candle that was overtaken by a newer one in between is not among them: it was stated as closed.
    pub fn take_changed_candles(&mut self) -> Vec<CandleChanged> {
        let mut changed = Vec::with_capacity(self.changed_candles.len() * Interval::ALL.len());
        for symbol in std::mem::take(&mut self.changed_candles) {
            let Some(trading) = &self.symbols[symbol.index()].trading else { continue };
            changed.extend(
                trading.candles.iter().zip(Interval::ALL).filter_map(|(series, interval)| {
                    Some(CandleChanged { symbol, interval, candle: *series.newest()? })
                }),
            );
        }
        changed
    }

    /// The statistics of every symbol that traded, changed its best prices or lost trades out of its window since the
    /// last take, by symbol.
    pub fn take_changed_statistics(&mut self, now_us: u64) -> Vec<TickerStatistics> {
        self.note_moved_window(now_us.max(self.applied_at_us));
        let changed = std::mem::take(&mut self.changed_statistics);
        changed.into_iter().filter_map(|symbol| self.statistics(symbol, now_us)).collect()
    }

    /// Forget what waits to be taken: nobody was there to take it. What changes from here on is stated as ever.
    pub fn forget_changes(&mut self) {
        self.fast_depth = DepthChanges::default();
        self.slow_depth = DepthChanges::default();
        self.changed_candles.clear();
        self.changed_statistics.clear();
        self.statistics_window_us = window_start_us(self.applied_at_us);
    }

    fn symbol(&self, symbol: SymbolId) -> Option<&SymbolView> {
        self.symbols.get(symbol.index())
    }

    fn change_book(&mut self, changed: &BookChanged) {
        self.symbols[changed.symbol.index()].depth.change(changed);
        self.fast_depth.note(changed);
        self.slow_depth.note(changed);
    }

    fn add_trade(&mut self, trade: &TradeExecuted, open: &mut Option<OpenAggregate>, updates: &mut Vec<MarketUpdate>) {
        let traded_at_us = self.applied_at_us;
        let symbol = trade.symbol;
        let recent = RecentTrade::of(trade, traded_at_us);
        let joined = open.as_mut().is_some_and(|aggregate| aggregate.join(trade));
        if !joined {
            self.close_aggregate(open.take(), updates);
        }
        let trading = self.symbols[symbol.index()].trading.get_or_insert_with(|| Box::new(Trading::new()));
        if !joined {
            *open = Some(trading.tape.open_aggregate(trade, traded_at_us));
        }
        trading.tape.push(recent);
        for (series, interval) in trading.candles.iter_mut().zip(Interval::ALL) {
            if let Some(candle) = series.add(&recent) {
                updates.push(MarketUpdate::CandleClosed(CandleClosed { symbol, interval, candle }));
            }
        }
        self.changed_candles.insert(symbol);
        self.changed_statistics.insert(symbol);
    }

    fn close_aggregate(&mut self, open: Option<OpenAggregate>, updates: &mut Vec<MarketUpdate>) {
        let Some(open) = open else { return };
        let Some(trading) = &mut self.symbols[open.symbol().index()].trading else { return };
        updates.push(MarketUpdate::TradesAggregated(trading.tape.close_aggregate(open)));
    }

    /// Once a minute, find the symbols whose oldest trades left the window.
    fn note_moved_window(&mut self, now_us: u64) {
        let start_us = window_start_us(now_us);
        let old_start_us = self.statistics_window_us;
        if start_us <= old_start_us {
            return;
        }
        self.statistics_window_us = start_us;
        for (index, view) in self.symbols.iter().enumerate() {
            let Some(trading) = &view.trading else { continue };
            if window_lost_trades(trading.minutes(), old_start_us, start_us) {
                self.changed_statistics.insert(SymbolId(index as u32));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_that_never_traded_is_small() {
        assert_eq!(size_of::<SymbolView>(), 96);
    }
}
