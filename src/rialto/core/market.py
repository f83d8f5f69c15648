"""The market views: books, trades, candles and statistics as they stand, read at once without leaving the loop.

What they show is durable. Every read takes microseconds. Errors: `KeyError` for a symbol that was never listed,
`ValueError` for an interval that does not exist.
"""

import msgspec

import rialto_core
from rialto.contracts.market import (
    BookTickerChanged,
    Candle,
    CandleChanged,
    DepthSnapshot,
    DepthUpdate,
    RecentTrade,
    TickerStatistics,
    TradesAggregated,
)
from rialto.foundation.clock import Clock

_depth = msgspec.msgpack.Decoder(DepthSnapshot)
_ticker = msgspec.msgpack.Decoder(BookTickerChanged)
_trades = msgspec.msgpack.Decoder(list[RecentTrade])
_aggregated = msgspec.msgpack.Decoder(list[TradesAggregated])
_candle = msgspec.msgpack.Decoder(Candle)
_candles = msgspec.msgpack.Decoder(list[Candle])
_statistics = msgspec.msgpack.Decoder(TickerStatistics)
_depth_updates = msgspec.msgpack.Decoder(list[DepthUpdate])
_changed_candles = msgspec.msgpack.Decoder(list[CandleChanged])
_changed_statistics = msgspec.msgpack.Decoder(list[TickerStatistics])


class MarketViews:
    """Synchronous reads of the core's market views."""

    def __init__(self, views: rialto_core.Views, clock: Clock) -> None:
        self._views = views
        self._clock = clock

    def depth(self, symbol: int, limit: int) -> DepthSnapshot:
        """Return the best `limit` levels of both sides."""
        return _depth.decode(self._views.depth(symbol, limit))

    def book_ticker(self, symbol: int) -> BookTickerChanged:
        """Return the best bid and ask."""
        return _ticker.decode(self._views.book_ticker(symbol))

    def trades(self, symbol: int, limit: int, from_id: int | None = None) -> list[RecentTrade]:
        """Return the newest trades, or those from an id on, oldest first; memory holds the last 1,000."""
        return _trades.decode(self._views.trades(symbol, limit, from_id))

    def aggregated_trades(self, symbol: int, limit: int) -> list[TradesAggregated]:
        """Return the newest aggregated trades, oldest first; memory holds the last 1,000."""
        return _aggregated.decode(self._views.aggregated_trades(symbol, limit))

    def candles(
        self, symbol: int, interval: str, *, start_us: int | None, end_us: int | None, limit: int
    ) -> list[Candle]:
        """Return candles by opening time, both ends included, oldest first, intervals without trades filled in."""
        encoded = self._views.candles(
            symbol, interval, start_us=start_us, end_us=end_us, limit=limit, now_us=self._clock.now_us()
        )
        return _candles.decode(encoded)

    def candles_kept_from_us(self, symbol: int, interval: str) -> int:
        """Return the opening time from which on memory has every candle; older ones are in SQL."""
        return self._views.candles_kept_from_us(symbol, interval)

    def candle_from(self, symbol: int, from_us: int) -> Candle:
        """Return everything from a time on as one candle, which closes with the asking.

        It opens with the first minute at or after the time, or later where memory does not reach back so far: what lies
        between is in SQL. Without trades: zero prices and trade ids of 0.
        """
        return _candle.decode(self._views.candle_from(symbol, from_us, self._clock.now_us()))

    def statistics(self, symbol: int) -> TickerStatistics:
        """Return the last 24 hours, to the minute."""
        return _statistics.decode(self._views.statistics(symbol, self._clock.now_us()))

    def take_depth_updates(self, *, slow: bool) -> list[DepthUpdate]:
        """Take what changed in the books since the last call with the same `slow`; one caller for each."""
        return _depth_updates.decode(self._views.take_depth_updates(slow))

    def take_changed_candles(self) -> list[CandleChanged]:
        """Take the newest candles of symbols that traded since the last call."""
        return _changed_candles.decode(self._views.take_changed_candles())

    def take_changed_statistics(self) -> list[TickerStatistics]:
        """Take the statistics that changed since the last call."""
        return _changed_statistics.decode(self._views.take_changed_statistics(self._clock.now_us()))
