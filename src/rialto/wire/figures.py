"""Figures that REST and the streams both show, computed in one place: averages and changes.

Stands beside `decimals`. Owns no state.
"""

from collections.abc import Sequence
from typing import Final

from rialto.contracts.market import Candle, TickerStatistics
from rialto.wire.decimals import ONE, ratio, to_text, to_units

AVERAGE_MINUTES: Final = 5
PERCENT_PLACES: Final = 3


def average_price(minutes: Sequence[Candle]) -> str:
    """Return quote volume by volume, rounded half up to 1e-8; the last close if nothing traded.

    Precondition: there is a candle.
    """
    volume = sum(to_units(candle.volume) for candle in minutes)
    quote_volume = sum(to_units(candle.quote_volume) for candle in minutes)
    return to_text(ratio(quote_volume, volume, ONE)) if volume else minutes[-1].close


def price_change(statistics: TickerStatistics) -> tuple[str, str]:
    """Return the change from open to last and the same in percent, rounded half away from zero to three places."""
    opened = to_units(statistics.open)
    change = to_units(statistics.last) - opened
    percent = ratio(change, opened, 100 * 10**PERCENT_PLACES) if opened else 0
    return to_text(change), to_text(percent, PERCENT_PLACES)
