"""Candle streams: what each says at every beat, and that each interval is closed exactly once.

The market views learn of candles from trades alone; that an interval ends without one is seen here, by the clock.
State: per topic that is read, when the candle now open began and whether it was stated; what changed since. Left out on
purpose: candles from before the subscription, which are asked for over HTTP.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from rialto.contracts.market import Candle, CandleChanged
from rialto.streams.names import Topic
from rialto.wire.candle_zones import ZonedInterval

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

    interval: ZonedInterval
    opened_at_us: int
    said: bool = False


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
        self._followed = {topic: self._followed.get(topic) or _follow(topic, now_us) for topic in topics}
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
        current_us = followed.interval.start_of(now_us)
        if followed.opened_at_us >= current_us:
            return
        for candle in self._candles(topic.symbol, followed, current_us):
            self._say(topic, candle, True)
        followed.opened_at_us = current_us
        followed.said = False

    def _say_open(self, topic: Topic, followed: _Followed) -> None:
        """State the open candle, if it traded since it was last stated or was never stated since it opened."""
        changed = (topic.symbol, followed.interval.base) in self._changed
        if not changed and followed.said:
            return
        end_us = followed.interval.next(followed.opened_at_us)
        for candle in self._candles(topic.symbol, followed, end_us):
            self._say(topic, candle, False)
            followed.said = True

    def _candles(self, symbol: int, followed: _Followed, end_us: int) -> Sequence[Candle]:
        """Return the candles from the one now open on, that open before a time."""
        interval = followed.interval
        stored = self._source.candles(
            symbol, interval.base, start_us=followed.opened_at_us, end_us=end_us - 1, limit=CLOSINGS_MAX
        )
        return stored if interval.is_utc else interval.compose(stored)


def _follow(topic: Topic, now_us: int) -> _Followed:
    interval = ZonedInterval(topic.interval, topic.offset_s)
    return _Followed(interval, interval.start_of(now_us))
