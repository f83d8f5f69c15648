"""Candle streams: where intervals end, and that each end is stated once."""

import datetime as dt
from collections.abc import Sequence

from rialto.contracts.market import Candle, CandleChanged
from rialto.streams.candles import CandleStreams
from rialto.streams.names import OFFSET_S, Kind, Topic
from tests.unit.streams.served import MINUTE_US, candle

SECOND_US = 1_000_000
HOUR_US = 60 * MINUTE_US
MINUTE = Topic(Kind.CANDLE, 0, interval="1m")
SECOND = Topic(Kind.CANDLE, 0, interval="1s")


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).timestamp()) * SECOND_US


class Candles:
    """Candles by interval, as the market views would answer."""

    def __init__(self, **by_interval: Sequence[Candle]) -> None:
        self.by_interval = {name.removeprefix("of_"): list(candles) for name, candles in by_interval.items()}
        self.said: list[tuple[int, str, bool]] = []
        self.streams = CandleStreams(self, self._say)

    def candles(
        self, symbol: int, interval: str, *, start_us: int | None, end_us: int | None, limit: int
    ) -> Sequence[Candle]:
        assert start_us is not None
        assert end_us is not None
        return [stored for stored in self.by_interval[interval] if start_us <= stored.opened_at_us <= end_us][:limit]

    def _say(self, topic: Topic, stated: Candle, is_closed: bool) -> None:
        self.said.append((stated.opened_at_us, stated.close, is_closed))

    def beat(self, now_us: int, *topics: Topic, changed: bool = False) -> list[tuple[int, str, bool]]:
        """Return what is said at a beat; `changed`: the newest candle of every interval did."""
        stored = self.by_interval.items() if changed else ()
        self.said = []
        self.streams.beat(now_us, topics, [CandleChanged(0, interval, candles[-1]) for interval, candles in stored])
        return self.said


def test_a_minute_is_stated_when_it_changes_and_once_when_it_ends() -> None:
    t = 100 * MINUTE_US
    market = Candles(of_1m=[candle(t, MINUTE_US, "5")])
    assert market.beat(t + 2 * SECOND_US, MINUTE) == [(t, "5", False)]
    assert market.beat(t + 4 * SECOND_US, MINUTE) == []
    market.by_interval["1m"] = [candle(t, MINUTE_US, "5", "6")]
    assert market.beat(t + 5 * SECOND_US, MINUTE, changed=True) == []  # Not yet: minutes are stated every two seconds.
    assert market.beat(t + 6 * SECOND_US, MINUTE) == [(t, "6", False)]
    assert market.beat(t + 8 * SECOND_US, MINUTE) == []
    quiet = candle(t + MINUTE_US, MINUTE_US, "6", volume="0.00000000")
    market.by_interval["1m"].append(quiet)
    assert market.beat(t + MINUTE_US, MINUTE) == [(t, "6", True), (t + MINUTE_US, "6", False)]
    assert market.beat(t + MINUTE_US + 2 * SECOND_US, MINUTE) == []
    assert market.beat(t + 2 * MINUTE_US, MINUTE) == [(t + MINUTE_US, "6", True)]


def test_seconds_are_stated_every_second() -> None:
    t = 101 * SECOND_US
    market = Candles(of_1s=[candle(t + i * SECOND_US, SECOND_US, str(i)) for i in range(4)])
    assert market.beat(t, SECOND) == [(t, "0", False)]
    assert market.beat(t + SECOND_US, SECOND) == [(t, "0", True), (t + SECOND_US, "1", False)]


def test_after_a_halt_every_candle_is_closed_in_order() -> None:
    t = 100 * SECOND_US
    market = Candles(of_1s=[candle(t + i * SECOND_US, SECOND_US, str(i)) for i in range(4)])
    market.beat(t, SECOND)
    assert [said for said in market.beat(t + 3 * SECOND_US, SECOND) if said[2]] == [
        (t, "0", True),
        (t + SECOND_US, "1", True),
        (t + 2 * SECOND_US, "2", True),
    ]


def test_what_never_traded_has_no_candles() -> None:
    market = Candles(of_1s=[])
    assert market.beat(100 * SECOND_US, SECOND) == []
    assert market.beat(101 * SECOND_US, SECOND) == []


def test_a_topic_read_anew_starts_anew() -> None:
    t = 100 * SECOND_US
    market = Candles(of_1s=[candle(t + i * SECOND_US, SECOND_US, str(i)) for i in range(9)])
    market.beat(t, SECOND)
    market.beat(t + SECOND_US)
    assert market.beat(t + 8 * SECOND_US, SECOND) == [(t + 8 * SECOND_US, "8", False)]


def test_a_day_eight_hours_ahead_is_joined_from_thirds() -> None:
    t = at("2024-02-29T16:00:00Z")
    thirds = [
        candle(t, 8 * HOUR_US, "3", "9", "4", volume="1.50000000"),
        candle(t + 8 * HOUR_US, 8 * HOUR_US, "4", volume="0.00000000"),
        candle(t + 16 * HOUR_US, 8 * HOUR_US, "2", "5", volume="2.50000000"),
        candle(t + 24 * HOUR_US, 8 * HOUR_US, "6"),
    ]
    day = Topic(Kind.CANDLE, 0, interval="1d", offset_s=OFFSET_S)
    market = Candles(of_8h=thirds[:2])
    assert market.beat(t + 10 * HOUR_US, day) == [(t, "4", False)]
    market.by_interval["8h"] = thirds
    assert market.beat(t + 24 * HOUR_US, day, changed=True) == [(t, "5", True), (t + 24 * HOUR_US, "6", False)]
