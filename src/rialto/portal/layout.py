"""Where which file lies and what time it covers. Pure.

    data/spot/daily/trades/BTCUSDT/BTCUSDT-trades-2026-11-28.zip
    data/spot/monthly/klines/BTCUSDT/1mo/BTCUSDT-1mo-2026-11.zip

A file of candles holds those that open within its day or month, so one of weeks or of three days covers time beyond its
end, and is complete later. Times are microseconds since the Unix epoch, days are those of UTC.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from rialto.wire.candle_zones import ZonedInterval

ROOT: Final = "data/spot"
CHECKSUM: Final = ".CHECKSUM"

WITHIN_A_DAY: Final = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d")
MONTH: Final = "1M"
BEYOND_A_MONTH: Final = ("3d", "1w")
"""Intervals whose candles open in one month and may close in the next."""

INTERVALS: Final = {name: ZonedInterval(name, 0) for name in (*WITHIN_A_DAY, *BEYOND_A_MONTH, MONTH)}
_FOLDERS: Final = {MONTH: "1mo"}
"""Where a folder is not called as the interval: names that differ in case alone are one on some systems."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_MICROSECONDS_FROM: Final = datetime(2025, 1, 1, tzinfo=UTC)
_SERVABLE: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)


class Period(NamedTuple):
    """A day or a month: from its first microsecond to the first after it, and how names spell it."""

    folder: str
    name: str
    start_us: int
    end_us: int

    @property
    def is_month(self) -> bool:
        """Whether it is a month."""
        return self.folder == "monthly"

    @property
    def time_divisor(self) -> int:
        """What microseconds are divided by in its files, which tell milliseconds before 2025."""
        return 1 if _at(self.start_us) >= _MICROSECONDS_FROM else 1_000


class Group(NamedTuple):
    """The files of a symbol and a period that are written in one pass over the trades of one stretch of time.

    With `has_trades`, the trades themselves are among them.
    """

    period: Period
    intervals: tuple[str, ...]
    has_trades: bool
    start_us: int
    end_us: int


def day_of(time_us: int) -> Period:
    """Return the day a time falls into."""
    return _period("daily", "%Y-%m-%d", _midnight(time_us), _DAY)


def month_of(time_us: int) -> Period:
    """Return the month a time falls into."""
    first = _midnight(time_us).replace(day=1)
    return _period("monthly", "%Y-%m", first, (first + 32 * _DAY).replace(day=1) - first)


def groups(first_trade_us: int, complete_at_us: int) -> Iterator[Group]:
    """List what is to be written of trading that began at one time and is known up to another, days before months."""
    # The week of the first trade may have opened in the month before.
    opened_us = min(INTERVALS[name].start_of(first_trade_us) for name in BEYOND_A_MONTH)
    for of, start_us in ((day_of, first_trade_us), (month_of, opened_us)):
        period = of(start_us)
        while period.end_us <= complete_at_us:
            for group in _groups_of(period):
                if first_trade_us < group.end_us <= complete_at_us:
                    yield group
            period = of(period.end_us)


def trades_path(kind: str, symbol: str, period: Period) -> str:
    """Return where trades lie; `kind` is `trades` or `aggTrades`."""
    return f"{ROOT}/{period.folder}/{kind}/{symbol}/{symbol}-{kind}-{period.name}.zip"


def candles_path(symbol: str, interval: str, period: Period) -> str:
    """Return where candles lie."""
    folder = _FOLDERS.get(interval, interval)
    return f"{ROOT}/{period.folder}/klines/{symbol}/{folder}/{symbol}-{folder}-{period.name}.zip"


def is_servable(name: str) -> bool:
    """Tell whether a name may be part of a path: nothing that is hidden or leads elsewhere."""
    return _SERVABLE.fullmatch(name) is not None


def _groups_of(period: Period) -> Iterator[Group]:
    short: Sequence[str] = (*WITHIN_A_DAY, MONTH) if period.is_month else WITHIN_A_DAY
    yield Group(period, tuple(short), True, period.start_us, period.end_us)
    if period.is_month:
        for name in BEYOND_A_MONTH:
            openings = INTERVALS[name]
            first, following = openings.first_from(period.start_us), openings.first_from(period.end_us)
            yield Group(period, (name,), False, first, following)


def _period(folder: str, pattern: str, start: datetime, length: timedelta) -> Period:
    return Period(folder, f"{start:{pattern}}", _microseconds(start), _microseconds(start + length))


def _midnight(time_us: int) -> datetime:
    return _at(time_us).replace(hour=0, minute=0, second=0, microsecond=0)


def _at(time_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=time_us)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
