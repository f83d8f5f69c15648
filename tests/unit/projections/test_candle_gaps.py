"""Candles without trades stand where nothing traded, at the previous close, and never more of them than asked for."""

import calendar

import pytest

from rialto.contracts.amounts import ZERO
from rialto.contracts.market import Candle
from rialto.projections.candle_gaps import newest_without_gaps, oldest_without_gaps

MINUTE_US = 60_000_000


def minute(number: int, close: str = "5.00000000") -> Candle:
    return traded(number * MINUTE_US, (number + 1) * MINUTE_US, close)


def traded(opened_at_us: int, closes_at_us: int, close: str = "5.00000000") -> Candle:
    return Candle(opened_at_us, closes_at_us, "4.0", "6.0", "3.0", close, "1.0", "5.0", 1, "1.0", "5.0", 7, 7)


def drawn(candles: list[Candle]) -> str:
    """Draw candles as their numbers of minutes, those without trades in brackets with their price."""
    parts = []
    for candle in candles:
        number = candle.opened_at_us // MINUTE_US
        assert candle.closes_at_us - candle.opened_at_us == MINUTE_US
        if candle.trades:
            parts.append(f"{number}")
        else:
            assert candle.open == candle.high == candle.low == candle.close
            assert {candle.volume, candle.quote_volume, candle.taker_buy_volume, candle.taker_buy_quote_volume} == {
                ZERO
            }
            assert (candle.first_trade_id, candle.last_trade_id) == (0, 0)
            parts.append(f"({number}@{candle.close[0]})")
    return " ".join(parts)


@pytest.mark.parametrize(
    ("before", "stored", "start", "end", "limit", "expected"),
    [
        (None, [], 0, 9, 5, ""),
        (None, [3, 4], 0, None, 5, "3 4"),
        (None, [3, 6], 0, None, 9, "3 (4@3) (5@3) 6"),
        (None, [3, 6], 0, None, 2, "3 (4@3)"),
        (1, [4], 2, None, 9, "(2@1) (3@1) 4"),
        (1, [4], 3, None, 9, "(3@1) 4"),
        (1, [4], 0, None, 1, "(2@1)"),
        (1, [], 3, 5, 9, "(3@1) (4@1) (5@1)"),
        (1, [], 3, None, 9, ""),
        (1, [4], 4, 6, 9, "4 (5@4) (6@4)"),
        (1, [4], 4, 6, 2, "4 (5@4)"),
        (1, [], 1_000_000_000, 2_000_000_000, 2, "(1000000000@1) (1000000001@1)"),
    ],
)
def test_the_oldest_from_a_start(
    before: int | None, stored: list[int], start: int, end: int | None, limit: int, expected: str
) -> None:
    found = oldest_without_gaps(
        None if before is None else minute(before, f"{before}.00000000"),
        [minute(number, f"{number}.00000000") for number in stored],
        "1m",
        start_us=start * MINUTE_US,
        end_us=None if end is None else end * MINUTE_US,
        limit=limit,
    )
    assert drawn(found) == expected


@pytest.mark.parametrize(
    ("stored", "end", "limit", "expected"),
    [
        ([], 9, 5, ""),
        ([3, 4], None, 5, "3 4"),
        ([3, 4], None, 1, "4"),
        ([3, 6], None, 9, "3 (4@3) (5@3) 6"),
        ([3, 6], None, 2, "(5@3) 6"),
        ([3, 6], 8, 9, "3 (4@3) (5@3) 6 (7@6) (8@6)"),
        ([3, 6], 8, 2, "(7@6) (8@6)"),
        ([3, 6], 8, 3, "6 (7@6) (8@6)"),
        ([3], 2_000_000_000, 2, "(1999999999@3) (2000000000@3)"),
    ],
)
def test_the_newest_up_to_an_end(stored: list[int], end: int | None, limit: int, expected: str) -> None:
    found = newest_without_gaps(
        [minute(number, f"{number}.00000000") for number in stored],
        "1m",
        end_us=None if end is None else end * MINUTE_US,
        limit=limit,
    )
    assert drawn(found) == expected


def month_us(year: int, month: int) -> int:
    return calendar.timegm((year, month, 1, 0, 0, 0)) * 1_000_000


def test_months_follow_the_calendar() -> None:
    starts = [month_us(2023, 11), month_us(2023, 12), month_us(2024, 1), month_us(2024, 2), month_us(2024, 3)]
    november, march = traded(starts[0], starts[1]), traded(starts[4], month_us(2024, 4))
    found = oldest_without_gaps(None, [november, march], "1M", start_us=0, end_us=None, limit=9)
    assert [candle.opened_at_us for candle in found] == starts
    assert [candle.closes_at_us for candle in found] == [*starts[1:], month_us(2024, 4)]
    assert newest_without_gaps([november, march], "1M", end_us=None, limit=9) == found
