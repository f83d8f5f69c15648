"""Candles of other time zones."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.market import Candle
from rialto.wire.candle_zones import ZonedInterval
from rialto.wire.vocabulary import INTERVALS

HOUR = 3600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us(*parts: int) -> int:
    return (datetime(*parts, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("interval", "offset_s", "base"),
    [
        ("1d", 0, "1d"),
        ("1h", 8 * HOUR, "1h"),
        ("4h", 8 * HOUR, "4h"),
        ("1d", 8 * HOUR, "8h"),
        ("1M", 8 * HOUR, "8h"),
        ("1w", 5 * HOUR + 1800, "30m"),
        ("1h", 5 * HOUR + 45 * 60, "15m"),
        ("1m", 5 * HOUR + 45 * 60, "1m"),
        ("1d", 7 * 60, "1m"),
        ("12h", -HOUR, "1h"),
    ],
)
def test_candles_are_composed_of_the_longest_interval_that_fits(interval: str, offset_s: int, base: str) -> None:
    assert ZonedInterval(interval, offset_s).base == base


@pytest.mark.parametrize(
    ("interval", "offset_s", "at", "opened", "following"),
    [
        ("1d", 8 * HOUR, us(2024, 3, 1, 15, 59), us(2024, 2, 29, 16), us(2024, 3, 1, 16)),
        ("1d", 8 * HOUR, us(2024, 3, 1, 16), us(2024, 3, 1, 16), us(2024, 3, 2, 16)),
        ("1w", 0, us(2024, 3, 6), us(2024, 3, 4), us(2024, 3, 11)),
        ("1w", -HOUR, us(2024, 3, 4, 0, 30), us(2024, 2, 26, 1), us(2024, 3, 4, 1)),
        ("1M", 8 * HOUR, us(2024, 2, 29, 16), us(2024, 2, 29, 16), us(2024, 3, 31, 16)),
        ("1M", 8 * HOUR, us(2024, 2, 29, 15), us(2024, 1, 31, 16), us(2024, 2, 29, 16)),
    ],
)
def test_candles_open_by_the_clock_of_the_zone(
    interval: str, offset_s: int, at: int, opened: int, following: int
) -> None:
    zone = ZonedInterval(interval, offset_s)
    assert (zone.start_of(at), zone.next(opened)) == (opened, following)
    assert zone.first_from(opened) == opened
    assert zone.first_from(opened + 1) == following
    assert zone.back(following, 1) == opened


@given(
    st.sampled_from(INTERVALS),
    st.integers(-12 * 60, 14 * 60).map(lambda minutes: minutes * 60),
    st.integers(86_400 * 10**6 * 400, 2 * 10**15),
)
def test_every_moment_falls_into_one_candle(interval: str, offset_s: int, at: int) -> None:
    zone = ZonedInterval(interval, offset_s)
    opened = zone.start_of(at)
    assert opened <= at < zone.next(opened)
    assert zone.start_of(opened) == opened
    assert zone.start_of(zone.next(opened) - 1) == opened
    if not zone.is_utc:
        assert ZonedInterval(zone.base, 0).start_of(opened) == opened


def candle(hour: int, prices: tuple[str, str, str, str], trades: int = 0, first: int = 0, last: int = 0) -> Candle:
    opened = us(2024, 3, 1) + hour * HOUR * 10**6
    volume = f"{trades}.00000000"
    return Candle(opened, opened + 8 * HOUR * 10**6, *prices, volume, volume, trades, volume, volume, first, last)


def test_parts_are_joined_exactly() -> None:
    parts = [
        candle(8, ("9", "9", "9", "9"), 1, 1, 1),
        candle(16, ("10", "11", "9.5", "9.5"), 2, 2, 3),
        candle(24, ("9.5", "9.5", "9.5", "9.5")),
        candle(32, ("9.5", "100", "8", "10"), 4, 4, 7),
        candle(40, ("10", "10", "10", "10")),
    ]
    composed = ZonedInterval("1d", 8 * HOUR).compose(parts)
    assert [each.opened_at_us for each in composed] == [us(2024, 2, 29, 16), us(2024, 3, 1, 16), us(2024, 3, 2, 16)]
    whole = composed[1]
    assert (whole.open, whole.high, whole.low, whole.close) == ("10", "100", "8", "10")
    assert (whole.volume, whole.quote_volume, whole.taker_buy_volume) == ("6.00000000",) * 3
    assert (whole.trades, whole.first_trade_id, whole.last_trade_id) == (6, 2, 7)
    assert whole.closes_at_us == us(2024, 3, 2, 16)
    assert (composed[2].trades, composed[2].first_trade_id) == (0, 0)


def test_a_part_without_trades_does_not_open_a_candle_that_has_some() -> None:
    flat, traded = candle(16, ("7", "7", "7", "7")), candle(24, ("10", "11", "9.5", "9.5"), 2, 2, 3)
    joined = ZonedInterval("1d", 8 * HOUR).compose([flat, traded])[0]
    assert (joined.open, joined.high, joined.low, joined.close) == ("10", "11", "9.5", "9.5")
    alone = ZonedInterval("1d", 8 * HOUR).compose([flat])[0]
    assert (alone.open, alone.close, alone.trades, alone.first_trade_id) == ("7", "7", 0, 0)
