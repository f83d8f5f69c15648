"""Candle streams: what each says at every beat, and that each interval is closed exactly once.

The market views learn of candles from trades alone; that an interval ends without one is seen here, by the clock.
State: per topic that is read, when the candle now open began and whether it was stated; what changed since. Left out on
purpose: candles from before the subscription, which are asked for over HTTP.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from rialto.contracts.market import Candle, CandleChanged
from rialto.streams.names import Topic
from rialto.wire import decimals

HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
EPOCH_WEEKDAY: Final = 3
"""The epoch was a Thursday, three days into its week."""

_LENGTHS_US: Final = {
    "1s": 1_000_000,
    **{f"{count}m": count * 60_000_000 for count in (1, 3, 5, 15, 30)},
    **{f"{count}h": count * HOUR_US for count in (1, 2, 4, 6, 8, 12)},
    **{f"{count}d": count * DAY_US for count in (1, 3)},
    "1w": 7 * DAY_US,
}
_PARTS: Final = {"6h": "2h", "12h": "4h", "1d": "8h", "3d": "8h", "1w": "8h", "1M": "8h"}
"""Where an offset of eight hours moves an interval's ends: the largest interval whose ends it leaves in place."""

CLOSINGS_MAX: Final = 1_000
"""The most closed candles stated at once, after a halt. More than the views answer with are not stated."""


class CandleSource(Protocol):
    """What is asked of the market views."""

    def candles(
        self, symbol: int, interval: str, *, start_us: int | None, end_us: int | None, limit: int
    ) -> Sequence[Candle]:
        """Return candles by opening time, both ends included, oldest first."""


Say = Callable[[Topic, Candle, bool], None]
"""Publishes a candle of a topic; the flag says whether it is closed."""


class _Followed(msgspec.Struct):
    """A topic that is read."""

    opened_at_us: int
    said: bool = False


def interval_start_us(interval: str, time_us: int, offset_us: int = 0) -> int:
    """Return when the interval that contains a time begins, in a time zone ahead of UTC by an offset."""
    local_us = time_us + offset_us
    if interval == "1M":
        day = _date(local_us)
        return (local_us // DAY_US - (day.day - 1)) * DAY_US - offset_us
    shift_us = EPOCH_WEEKDAY * DAY_US if interval == "1w" else 0
    length_us = _LENGTHS_US[interval]
    return (local_us + shift_us) // length_us * length_us - shift_us - offset_us


def interval_end_us(interval: str, opened_at_us: int, offset_us: int = 0) -> int:
    """Return the first microsecond after the interval that begins at a time."""
    if interval == "1M":
        return interval_start_us(interval, opened_at_us + 31 * DAY_US, offset_us)
    return opened_at_us + _LENGTHS_US[interval]


def _date(time_us: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=time_us // DAY_US)


def joined_candle(opened_at_us: int, closes_at_us: int, parts: Sequence[Candle]) -> Candle:
    """Return the candle over several that follow each other. Those without trades add nothing but the price."""
    traded = [part for part in parts if part.trades] or [parts[-1]]
    return Candle(
        opened_at_us=opened_at_us,
        closes_at_us=closes_at_us,
        open=traded[0].open,
        high=max((part.high for part in traded), key=decimals.to_units),
        low=min((part.low for part in traded), key=decimals.to_units),
        close=traded[-1].close,
        volume=_sum(part.volume for part in traded),
        quote_volume=_sum(part.quote_volume for part in traded),
        trades=sum(part.trades for part in traded),
        taker_buy_volume=_sum(part.taker_buy_volume for part in traded),
        taker_buy_quote_volume=_sum(part.taker_buy_quote_volume for part in traded),
        first_trade_id=traded[0].first_trade_id,
        last_trade_id=traded[-1].last_trade_id,
    )


def _sum(figures: Iterable[str]) -> str:
    return decimals.to_text(sum(map(decimals.to_units, figures)))


class CandleStreams:
    """Follows the candles that are read."""

    def __init__(self, source: CandleSource, say: Say) -> None:
        self._source = source
        self._say = say
        self._followed: dict[Topic, _Followed] = {}
        self._changed: set[tuple[int, str]] = set()

    def beat(self, now_us: int, topics: Sequence[Topic], changed: Sequence[CandleChanged]) -> None:
        """Say what is new, as of `now_us`; called once a second, when everything timed before `now_us` is in the views.

        `topics` are those now read, `changed` what changed since the last beat.
        """
        self._followed = {
            topic: self._followed.get(topic)
            or _Followed(interval_start_us(topic.interval, now_us, topic.offset_us))
            for topic in topics
        }  # fmt: skip
        self._changed |= {(change.symbol, change.interval) for change in changed}
        even = now_us // 1_000_000 % 2 == 0
        for topic, followed in self._followed.items():
            self._close_ended(topic, followed, now_us)
            if topic.interval == "1s" or even:
                self._say_open(topic, followed)
        # What others still wait for at the next even second stays.
        self._changed = set() if even else {change for change in self._changed if change[1] != "1s"}

    def _close_ended(self, topic: Topic, followed: _Followed, now_us: int) -> None:
        """Say of every candle that ended since the last beat that it did."""
        current_us = interval_start_us(topic.interval, now_us, topic.offset_us)
        if followed.opened_at_us >= current_us:
            return
        for candle in self._candles(topic, followed.opened_at_us, current_us):
            self._say(topic, candle, True)
        followed.opened_at_us = current_us
        followed.said = False

    def _say_open(self, topic: Topic, followed: _Followed) -> None:
        """State the open candle, if it traded since it was last stated or was never stated since it opened."""
        changed = (topic.symbol, _stored_interval(topic)) in self._changed
        if not changed and followed.said:
            return
        end_us = interval_end_us(topic.interval, followed.opened_at_us, topic.offset_us)
        for candle in self._candles(topic, followed.opened_at_us, end_us):
            self._say(topic, candle, False)
            followed.said = True

    def _candles(self, topic: Topic, start_us: int, end_us: int) -> list[Candle]:
        """Return the candles of a topic that open from one time on and before another."""
        interval = _stored_interval(topic)
        stored = self._source.candles(
            topic.symbol, interval, start_us=start_us, end_us=end_us - 1, limit=CLOSINGS_MAX
        )  # fmt: skip
        if interval == topic.interval:
            return list(stored)
        candles = []
        parts: list[Candle] = []
        for part in stored:
            parts.append(part)
            opened_at_us = interval_start_us(topic.interval, part.opened_at_us, topic.offset_us)
            closes_at_us = interval_end_us(topic.interval, opened_at_us, topic.offset_us)
            if part.closes_at_us == closes_at_us or part is stored[-1]:
                candles.append(joined_candle(opened_at_us, closes_at_us, parts))
                parts = []
        return candles


def _stored_interval(topic: Topic) -> str:
    """Return the interval of the views that a topic is read from."""
    return _PARTS.get(topic.interval, topic.interval) if topic.offset_us else topic.interval
