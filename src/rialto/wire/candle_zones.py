"""Candles of another time zone, composed of shorter ones. Pure.

The core counts days, weeks and months in UTC. Where a zone's openings fall elsewhere, its candles are made of the
longest interval whose openings fall on the zone's as well: eight hours for UTC+8, half an hour for UTC+5:30.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from rialto.contracts.market import Candle
from rialto.wire.decimals import to_text, to_units

SECOND_US: Final = 1_000_000
_DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONDAY_US: Final = 4 * _DAY * SECOND_US
"""The first Monday after the epoch, from which weeks are counted."""

_FIXED: Final = {
    "1s": 1,
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "15m": 900,
    "30m": 1_800,
    "1h": 3_600,
    "2h": 7_200,
    "4h": 14_400,
    "6h": 21_600,
    "8h": 28_800,
    "12h": 43_200,
    "1d": _DAY,
    "3d": 3 * _DAY,
    "1w": 7 * _DAY,
}
_MONTH: Final = "1M"
_MONTH_DAYS_MAX: Final = 31


class ZonedInterval:
    """An interval whose candles open by the clock of a zone so many seconds east of UTC."""

    def __init__(self, interval: str, offset_s: int) -> None:
        self._offset_us = offset_s * SECOND_US
        self._is_month = interval == _MONTH
        seconds = _DAY if self._is_month else _FIXED[interval]
        self._length_us = seconds * SECOND_US
        self._anchor_us = _MONDAY_US if interval == "1w" else 0
        self.is_utc: Final = offset_s == 0 or (not self._is_month and offset_s % seconds == 0)
        self.base: Final = interval if self.is_utc else _longest_base(seconds, offset_s)
        days = _MONTH_DAYS_MAX if self._is_month else 1
        self.length_us: Final = None if self._is_month else self._length_us
        """How long each is; None where that differs."""
        self.parts_max: Final = days * seconds // _FIXED[self.base] if not self.is_utc else 1

    def start_of(self, time_us: int) -> int:
        """Return when the candle opens that a time falls into."""
        local = time_us + self._offset_us
        if self._is_month:
            at = _EPOCH + timedelta(microseconds=local)
            start = _microseconds(datetime(at.year, at.month, 1, tzinfo=UTC))
        else:
            start = local - (local - self._anchor_us) % self._length_us
        return start - self._offset_us

    def next(self, opened_at_us: int) -> int:
        """Return when the candle after the one opened then opens."""
        if not self._is_month:
            return opened_at_us + self._length_us
        return self.start_of(opened_at_us + (_MONTH_DAYS_MAX + 1) * _DAY * SECOND_US)

    def first_from(self, time_us: int) -> int:
        """Return when the first candle opens that does not open before a time."""
        start = self.start_of(time_us)
        return start if start == time_us else self.next(start)

    def back(self, opened_at_us: int, count: int) -> int:
        """Return when the candle opens that stands so many before the one opened then, not before the epoch."""
        opened = opened_at_us
        if not self._is_month:
            opened -= count * self._length_us
        else:
            for _ in range(count):
                if opened <= 0:
                    break
                opened = self.start_of(opened - 1)
        return max(opened, 0)

    def compose(self, parts: Iterable[Candle]) -> list[Candle]:
        """Join candles of the base interval, in order and without gaps, into candles of the zone."""
        composed: list[Candle] = []
        group: list[Candle] = []
        closes_at_us = 0
        for part in parts:
            if group and part.opened_at_us >= closes_at_us:
                composed.append(join_candles(group, self.start_of(group[0].opened_at_us), closes_at_us))
                group = []
            if not group:
                closes_at_us = self.next(self.start_of(part.opened_at_us))
            group.append(part)
        if group:
            composed.append(join_candles(group, self.start_of(group[0].opened_at_us), closes_at_us))
        return composed


def join_candles(parts: Sequence[Candle], opened_at_us: int, closes_at_us: int) -> Candle:
    """Join candles, in order and at least one, into one that opens and closes at the times given."""
    # As in the core's own candles, what did not trade adds nothing, not even the price it carries over.
    traded = [part for part in parts if part.trades] or parts[-1:]
    return Candle(
        opened_at_us=opened_at_us,
        closes_at_us=closes_at_us,
        open=traded[0].open,
        high=max((part.high for part in traded), key=to_units),
        low=min((part.low for part in traded), key=to_units),
        close=traded[-1].close,
        volume=_sum(part.volume for part in parts),
        quote_volume=_sum(part.quote_volume for part in parts),
        trades=sum(part.trades for part in parts),
        taker_buy_volume=_sum(part.taker_buy_volume for part in parts),
        taker_buy_quote_volume=_sum(part.taker_buy_quote_volume for part in parts),
        first_trade_id=traded[0].first_trade_id,
        last_trade_id=traded[-1].last_trade_id,
    )


def _longest_base(seconds: int, offset_s: int) -> str:
    fitting = [name for name, length in _FIXED.items() if seconds % length == 0 and offset_s % length == 0]
    return fitting[-1]


def _sum(amounts: Iterable[str]) -> str:
    return to_text(sum(map(to_units, amounts)))


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
