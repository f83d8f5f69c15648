"""The candles between candles: intervals without trades, which are not stored.

Such a candle carries the previous close in its four prices and nothing else, as those served from memory do. Filling is
bounded by the number of candles asked for, however long nothing traded. All intervals but the month have a fixed
length.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from rialto.contracts.amounts import ZERO
from rialto.contracts.market import Candle

MONTH: Final = "1M"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def oldest_without_gaps(
    before: Candle | None, stored: Sequence[Candle], interval: str, *, start_us: int, end_us: int | None, limit: int
) -> list[Candle]:
    """List the first `limit` candles that open from `start_us` on.

    `stored` are the first `limit` stored ones in the range, in order, and `before` is the last stored one that opens
    before it. Without `end_us` the list ends with the last of `stored`.
    """
    filled: list[Candle] = []
    previous = before
    for candle in stored:
        if previous is not None:
            openings = _openings(previous, interval, candle.opened_at_us)
            first = bisect_left(openings, start_us)
            filled += _empty(previous, interval, openings[first : first + limit])
        filled.append(candle)
        if len(filled) >= limit:
            return filled[:limit]
        previous = candle
    if previous is not None and end_us is not None:
        openings = _openings(previous, interval, end_us + 1)
        first = bisect_left(openings, start_us)
        filled += _empty(previous, interval, openings[first : first + limit])
    return filled[:limit]


def newest_without_gaps(stored: Sequence[Candle], interval: str, *, end_us: int | None, limit: int) -> list[Candle]:
    """List the last `limit` candles that open up to `end_us`, or up to the last stored one.

    `stored` are the last `limit` stored ones in the range, in order.
    """
    newest_first: list[Candle] = []
    opens_before_us = None if end_us is None else end_us + 1
    for candle in reversed(stored):
        if opens_before_us is not None:
            openings = _openings(candle, interval, opens_before_us)
            newest_first += reversed(_empty(candle, interval, openings[-limit:]))
        newest_first.append(candle)
        if len(newest_first) >= limit:
            break
        opens_before_us = candle.opened_at_us
    return newest_first[:limit][::-1]


def _openings(previous: Candle, interval: str, before_us: int) -> Sequence[int]:
    """List when the candles open that follow `previous` and open before `before_us`."""
    if interval != MONTH:
        return range(previous.closes_at_us, before_us, previous.closes_at_us - previous.opened_at_us)
    openings = []
    opens_us = previous.closes_at_us
    while opens_us < before_us:
        openings.append(opens_us)
        opens_us = _next_month_us(opens_us)
    return openings


def _empty(previous: Candle, interval: str, openings: Sequence[int]) -> list[Candle]:
    """Make the candles that open at these times, when nothing traded since `previous`."""
    length_us = previous.closes_at_us - previous.opened_at_us
    return [
        Candle(
            opened_at_us=opens_us,
            closes_at_us=_next_month_us(opens_us) if interval == MONTH else opens_us + length_us,
            open=previous.close,
            high=previous.close,
            low=previous.close,
            close=previous.close,
            volume=ZERO,
            quote_volume=ZERO,
            trades=0,
            taker_buy_volume=ZERO,
            taker_buy_quote_volume=ZERO,
            first_trade_id=0,
            last_trade_id=0,
        )
        for opens_us in openings
    ]


def _next_month_us(opens_us: int) -> int:
    opened = _EPOCH + timedelta(microseconds=opens_us)
    following = datetime(opened.year + opened.month // 12, opened.month % 12 + 1, 1, tzinfo=UTC)
    return (following - _EPOCH) // timedelta(microseconds=1)
