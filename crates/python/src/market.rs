//! Looking at the market views; answers are MessagePack.

use crate::runtime::Runtime;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_market::{Cadence, Interval, MarketViews};
use rialto_runtime::encode_value;
use rialto_types::{SymbolId, TradeId};
use serde::Serialize;

fn interval_named(name: &str) -> PyResult<Interval> {
    name.parse().map_err(|error: rialto_market::UnknownInterval| PyValueError::new_err(error.to_string()))
}

impl Runtime {
    /// Look without the interpreter's lock, since the journal thread may hold the views for a moment.
    fn look<T: Send>(&self, py: Python<'_>, look: impl FnOnce(&mut MarketViews) -> T + Send) -> T {
        py.detach(|| self.inner().with_views(look))
    }

    fn look_at<'py, T: Serialize + Send>(
        &self,
        py: Python<'py>,
        symbol: u32,
        look: impl FnOnce(&mut MarketViews) -> Option<T> + Send,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let seen = self.look(py, |views| look(views).map(|value| encode_value(&value)));
        let encoded = seen.ok_or_else(|| PyKeyError::new_err(format!("no symbol {symbol}")))?;
        Ok(PyBytes::new(py, &encoded))
    }

    fn take<'py, T: Serialize + Send>(
        &self,
        py: Python<'py>,
        take: impl FnOnce(&mut MarketViews) -> T + Send,
    ) -> Bound<'py, PyBytes> {
        let taken = self.look(py, take);
        PyBytes::new(py, &encode_value(&taken))
    }

    pub(crate) fn depth_view<'py>(&self, py: Python<'py>, symbol: u32, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.depth(SymbolId(symbol), limit))
    }

    pub(crate) fn book_ticker_view<'py>(&self, py: Python<'py>, symbol: u32) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.book_ticker(SymbolId(symbol)))
    }

    pub(crate) fn trades_view<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        limit: usize,
        from_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.trades(SymbolId(symbol), from_id.map(TradeId), limit))
    }

    pub(crate) fn aggregated_trades_view<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        limit: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.aggregated_trades(SymbolId(symbol), limit))
    }

    pub(crate) fn candles_view<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        interval: &str,
        (start_us, end_us, limit, now_us): (Option<u64>, Option<u64>, usize, u64),
    ) -> PyResult<Bound<'py, PyBytes>> {
        let interval = interval_named(interval)?;
        self.look_at(py, symbol, |views| views.candles(SymbolId(symbol), interval, start_us, end_us, limit, now_us))
    }

    pub(crate) fn candles_kept_from_view(&self, symbol: u32, interval: &str) -> PyResult<u64> {
        let interval = interval_named(interval)?;
        let seen = self.inner().with_views(|views| views.candles_kept_from_us(SymbolId(symbol), interval));
        seen.ok_or_else(|| PyKeyError::new_err(format!("no symbol {symbol}")))
    }

    pub(crate) fn candle_from_view<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        from_us: u64,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.candle_from(SymbolId(symbol), from_us, now_us))
    }

    pub(crate) fn statistics_view<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.statistics(SymbolId(symbol), now_us))
    }

    pub(crate) fn take_depth_updates_view<'py>(&self, py: Python<'py>, slow: bool) -> Bound<'py, PyBytes> {
        let cadence = if slow { Cadence::Slow } else { Cadence::Fast };
        self.take(py, |views| views.take_depth_updates(cadence))
    }

    pub(crate) fn take_changed_candles_view<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.take(py, MarketViews::take_changed_candles)
    }

    pub(crate) fn take_changed_statistics_view<'py>(&self, py: Python<'py>, now_us: u64) -> Bound<'py, PyBytes> {
        self.take(py, |views| views.take_changed_statistics(now_us))
    }
}
