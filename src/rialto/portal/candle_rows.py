"""Candles made of trades as they pass by: one candle an interval is held, whatever the stretch of time.

Trades make seconds, seconds make minutes, minutes make everything longer, so that a trade costs one step. What comes
out equals what the market views hold: an interval without trades carries the close before it and no volume, and there
is none before the first trade of all. Prices and volumes are whole numbers of 1e-8.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from rialto.portal.layout import INTERVALS
from rialto.wire.candle_zones import ZonedInterval
from rialto.wire.decimals import ZERO, to_text, to_units

Write = Callable[[str], object]

SECOND: Final = "1s"
MINUTE: Final = "1m"
EMPTY_AT_ONCE: Final = 4_096
"""How many candles without trades are written together."""


class _Part:
    """Some trading: a trade, or a candle with trades."""

    __slots__ = (
        *("buy_quote_volume", "buy_volume", "close", "high", "low", "open", "quote_volume", "time_us", "trades"),
        "volume",
    )

    def __init__(self, time_us: int, price: int, volume: int, quote_volume: int, *, taker_buys: bool) -> None:
        self.time_us = time_us
        self.open = self.high = self.low = self.close = price
        self.volume = volume
        self.quote_volume = quote_volume
        self.trades = 1
        self.buy_volume = volume if taker_buys else 0
        self.buy_quote_volume = quote_volume if taker_buys else 0

    def extend(self, later: "_Part") -> None:
        """Take in what came after."""
        self.high = max(self.high, later.high)
        self.low = min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote_volume += later.quote_volume
        self.trades += later.trades
        self.buy_volume += later.buy_volume
        self.buy_quote_volume += later.buy_quote_volume

    def copied(self) -> "_Part":
        """Return another of the same figures."""
        copy = _Part.__new__(_Part)
        for name in _Part.__slots__:
            setattr(copy, name, getattr(self, name))
        return copy


class _Series:
    """The candles of one interval, each written as a row when it is over and handed on to the longer ones."""

    def __init__(self, interval: str, write: Write | None, time_divisor: int) -> None:
        self._interval = INTERVALS[interval]
        self._write = write
        self._time_divisor = time_divisor
        self._longer: list[_Series] = []
        self._open: _Part | None = None
        self._opens_us = 0
        self._closes_us: int | None = None
        """Where the next candle opens; None as long as there was no trade."""
        self._close = ZERO

    def feeds(self, longer: "_Series") -> None:
        """Hand every candle with trades on to a longer interval."""
        self._longer.append(longer)

    def carry_on(self, close: str, start_us: int) -> None:
        """Begin with a price that was traded before the stretch that starts then."""
        self._close = close
        self._closes_us = start_us

    def add(self, part: _Part) -> None:
        """Take in some trading, not older than what came before."""
        if self._open is not None:
            if self._closes_us is not None and part.time_us < self._closes_us:
                self._open.extend(part)
                return
            self._finish_open()
        opens_us = self._interval.start_of(part.time_us)
        self._fill(opens_us)
        self._opens_us, self._closes_us = opens_us, self._interval.next(opens_us)
        self._open = part.copied()

    def finish(self, end_us: int) -> None:
        """Write what is left, up to the end of the stretch."""
        if self._open is not None:
            self._finish_open()
        self._fill(end_us)

    def _finish_open(self) -> None:
        candle = self._open
        assert candle is not None
        assert self._closes_us is not None
        self._open = None
        self._close = to_text(candle.close)
        if self._write is not None:
            divisor = self._time_divisor
            self._write(
                f"{self._opens_us // divisor},{to_text(candle.open)},{to_text(candle.high)},{to_text(candle.low)},"
                f"{self._close},{to_text(candle.volume)},{self._closes_us // divisor - 1},"
                f"{to_text(candle.quote_volume)},{candle.trades},{to_text(candle.buy_volume)},"
                f"{to_text(candle.buy_quote_volume)},0\n"
            )
        for longer in self._longer:
            longer.add(candle)

    def _fill(self, end_us: int) -> None:
        """Write the candles without trades that open before a time."""
        if self._closes_us is None or self._write is None:
            return
        divisor, close = self._time_divisor, self._close
        prices = f",{close},{close},{close},{close},{ZERO},"
        for openings in _batches(self._interval, self._closes_us, end_us):
            self._write(
                "".join(
                    [
                        f"{opens_us // divisor}{prices}{closes_us // divisor - 1},{ZERO},0,{ZERO},{ZERO},0\n"
                        for opens_us, closes_us in pairwise(openings)
                    ]
                )
            )


def _batches(interval: ZonedInterval, opens_us: int, end_us: int) -> Iterator[Sequence[int]]:
    """Yield when candles open from a time on and before another, some at a time, each batch up to the next's first."""
    length_us = interval.length_us
    if length_us is None:
        while opens_us < end_us:
            closes_us = interval.next(opens_us)
            yield (opens_us, closes_us)
            opens_us = closes_us
        return
    while opens_us < end_us:
        count = min(-((opens_us - end_us) // length_us), EMPTY_AT_ONCE)
        following_us = opens_us + count * length_us
        yield range(opens_us, following_us + 1, length_us)
        opens_us = following_us


class CandleRows:
    """Writes the candles of several intervals as rows while trades pass by."""

    def __init__(self, writes: dict[str, Write], *, time_divisor: int) -> None:
        """Take what writes the rows of each interval; seconds and minutes are counted even if nobody wants them."""
        self._writes = writes
        self._seconds = self._series(SECOND, time_divisor)
        minutes = self._series(MINUTE, time_divisor)
        self._seconds.feeds(minutes)
        self._all = [self._seconds, minutes]
        for interval in writes:
            if interval not in (SECOND, MINUTE):
                longer = self._series(interval, time_divisor)
                minutes.feeds(longer)
                self._all.append(longer)

    def carry_on(self, close: str, start_us: int) -> None:
        """Begin with the price of the last trade before the stretch of time, which starts then."""
        for series in self._all:
            series.carry_on(close, start_us)

    def add(self, trade: Sequence[object]) -> None:
        """Take in a trade: id, price, quantity, quote quantity, time, whether the buyer was the maker."""
        _id, price, quantity, quote_quantity, time_us, buyer_is_maker = trade
        assert isinstance(price, str)
        assert isinstance(quantity, str)
        assert isinstance(quote_quantity, str)
        assert isinstance(time_us, int)
        self._seconds.add(
            _Part(
                time_us,
                to_units(price),
                to_units(quantity),
                to_units(quote_quantity),
                taker_buys=not buyer_is_maker,
            )
        )

    def finish(self, end_us: int) -> None:
        """Write what is left, up to the end of the stretch of time."""
        for series in self._all:  # The shorter first: they feed the longer.
            series.finish(end_us)

    def _series(self, interval: str, time_divisor: int) -> _Series:
        return _Series(interval, self._writes.get(interval), time_divisor)
