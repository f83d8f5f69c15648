//! Looking at the market views, a runtime's or a follower's; answers are MessagePack.

use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rialto_market::{Cadence, Interval, MarketViews};
use rialto_runtime::encode_value;
use rialto_types::{SymbolId, TradeId};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};

fn interval_named(name: &str) -> PyResult<Interval> {
    name.parse().map_err(|error: rialto_market::UnknownInterval| PyValueError::new_err(error.to_string()))
}

/// The market views, shared with whoever builds them.
#[pyclass(frozen, module = "rialto_core")]
pub(crate) struct Views {
    shared: Arc<Mutex<MarketViews>>,
}

impl Views {
    pub(crate) fn new(shared: Arc<Mutex<MarketViews>>) -> Views {
        Views { shared }
    }

    /// Look without the interpreter's lock, since whoever builds the views may hold them for a moment.
    fn look<T: Send>(&self, py: Python<'_>, look: impl FnOnce(&mut MarketViews) -> T + Send) -> T {
        py.detach(|| look(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner)))
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
}

#[pymethods]
impl Views {
    /// The best `limit` levels of both sides.
    fn depth<'py>(&self, py: Python<'py>, symbol: u32, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.depth(SymbolId(symbol), limit))
    }

    /// The best bid and ask.
    fn book_ticker<'py>(&self, py: Python<'py>, symbol: u32) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.book_ticker(SymbolId(symbol)))
    }

    /// The newest trades, or those from an id on, oldest first.
    #[pyo3(signature = (symbol, limit, from_id=None))]
    fn trades<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        limit: usize,
        from_id: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.trades(SymbolId(symbol), from_id.map(TradeId), limit))
    }

    /// The newest aggregated trades, oldest first.
    fn aggregated_trades<'py>(&self, py: Python<'py>, symbol: u32, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.aggregated_trades(SymbolId(symbol), limit))
    }

    /// Candles by opening time.
    #[pyo3(signature = (symbol, interval, *, start_us, end_us, limit, now_us))]
    #[expect(clippy::too_many_arguments, reason = "the parameters of the question")]
    fn candles<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        interval: &str,
        start_us: Option<u64>,
        end_us: Option<u64>,
        limit: usize,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let interval = interval_named(interval)?;
        self.look_at(py, symbol, |views| views.candles(SymbolId(symbol), interval, start_us, end_us, limit, now_us))
    }

    /// From which opening time on memory has every candle.
    fn candles_kept_from_us(&self, py: Python<'_>, symbol: u32, interval: &str) -> PyResult<u64> {
        let interval = interval_named(interval)?;
        let seen = self.look(py, |views| views.candles_kept_from_us(SymbolId(symbol), interval));
        seen.ok_or_else(|| PyKeyError::new_err(format!("no symbol {symbol}")))
    }

    /// Everything from a time on, as one candle.
    fn candle_from<'py>(
        &self,
        py: Python<'py>,
        symbol: u32,
        from_us: u64,
        now_us: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.candle_from(SymbolId(symbol), from_us, now_us))
    }

    /// The last 24 hours.
    fn statistics<'py>(&self, py: Python<'py>, symbol: u32, now_us: u64) -> PyResult<Bound<'py, PyBytes>> {
        self.look_at(py, symbol, |views| views.statistics(SymbolId(symbol), now_us))
    }

    /// What changed in the books since the last call of the same cadence.
    fn take_depth_updates<'py>(&self, py: Python<'py>, slow: bool) -> Bound<'py, PyBytes> {
        let cadence = if slow { Cadence::Slow } else { Cadence::Fast };
        self.take(py, |views| views.take_depth_updates(cadence))
    }

    /// Candles that changed since the last call.
    fn take_changed_candles<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.take(py, MarketViews::take_changed_candles)
    }

    /// Statistics that changed since the last call.
    fn take_changed_statistics<'py>(&self, py: Python<'py>, now_us: u64) -> Bound<'py, PyBytes> {
        self.take(py, |views| views.take_changed_statistics(now_us))
    }
}
