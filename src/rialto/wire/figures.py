"""Figures that REST and the streams both show, computed in one place: averages and changes.

Stands beside `decimals`. Owns no state.
"""

from collections.abc import Sequence
from typing import Final

from rialto.contracts.market import Candle
from rialto.wire.decimals import ONE, ZERO, ratio, to_text, to_units

AVERAGE_MINUTES: Final = 5
PERCENT_PLACES: Final = 3


def average_price(minutes: Sequence[Candle]) -> str:
    """Return quote volume by volume, rounded half up to 1e-8; the last close if nothing traded.

    Precondition: there is a candle.
    """
    volume = sum(to_units(candle.volume) for candle in minutes)
    quote_volume = sum(to_units(candle.quote_volume) for candle in minutes)
    return to_text(ratio(quote_volume, volume, ONE)) if volume else minutes[-1].close


def weighted_average(window: Candle) -> str:
    """Return quote volume by volume, rounded down to 1e-8 as the core's statistics are; zero without trades."""
    volume = to_units(window.volume)
    return to_text(to_units(window.quote_volume) * ONE // volume) if volume else ZERO


def price_change(first: str, last: str) -> tuple[str, str]:
    """Return the change from a price to another and the same in percent, rounded half away from zero to 3 places."""
    opened = to_units(first)
    change = to_units(last) - opened
    percent = ratio(change, opened, 100 * 10**PERCENT_PLACES) if opened else 0
    return to_text(change), to_text(percent, PERCENT_PLACES)
