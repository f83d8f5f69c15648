"""Decimal numbers between the wire and the core: strings with eight places, never floats.

`canonical` takes what a client sent to a text the core accepts without loss. `to_units` and `to_text` are for the few
figures the edge derives itself (price changes, averages): whole numbers of 1e-8, so that sums and ratios are exact.
"""

import re
from typing import Final

from rialto.wire import errors
from rialto.wire.errors import ErrorCode

DECIMAL_RANGE: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
PLACES: Final = 8
ONE: Final = 10**PLACES
ZERO: Final = "0.00000000"

UNITS_MAX: Final = 2**63 - 1
"""The largest number of units a price or a quantity may have; documented for depth as 92233720368.54775807."""

_DECIMAL = re.compile(DECIMAL_RANGE, re.ASCII)


def canonical(name: str, text: str) -> str:
    """Check a decimal a client sent and return it in a form the core takes.

    Zeros beyond the eighth place are dropped, because they say nothing. Raises `ApiError`: -1100 malformed or signed,
    -1111 more than eight places, -1108 too large.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise errors.illegal_characters(name, DECIMAL_RANGE)
    whole, _, fraction = text.partition(".")
    if len(fraction) > PLACES:
        fraction = fraction.rstrip("0")
        if len(fraction) > PLACES:
            raise ErrorCode.BAD_PRECISION.error(name)
        text = f"{whole}.{fraction}" if fraction else whole
    if len(whole) > 10 and to_units(text) > UNITS_MAX:
        raise ErrorCode.PARAM_OVERFLOW.error(name)
    return text


def to_units(text: str) -> int:
    """Read a decimal with at most eight places as a whole number of 1e-8. Precondition: it is well formed."""
    whole, _, fraction = text.partition(".")
    units = int(whole.removeprefix("-") or "0") * ONE + int(fraction.ljust(PLACES, "0") or "0")
    return -units if whole.startswith("-") else units


def to_text(units: int, places: int = PLACES) -> str:
    """Write a whole number of 10^-places with exactly that many places."""
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def shortened(text: str, places_min: int) -> str:
    """Write a decimal without the zeros at its end, but with so many places at least."""
    whole, _, fraction = to_text(to_units(text)).partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(places_min, '0')}"


def plain(text: str) -> str:
    """Write a decimal without zeros at its end, as `1` and `0.05`: how calls about wallets spell amounts."""
    whole, _, fraction = to_text(to_units(text)).partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def plain_of(units: int) -> str:
    """Write units of 1e-8 without zeros at their end."""
    return plain(to_text(units))


def ratio(numerator: int, denominator: int, scale: int) -> int:
    """Return numerator * scale / denominator, rounded half away from zero. Precondition: denominator above zero."""
    product = abs(numerator) * scale
    rounded = (2 * product + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded


def plain_units(units: int, places: int = PLACES) -> str:
    """Write a whole number of 10^-places without zeros at its end, as `/sapi` does: `0.01`, `20`, `0`."""
    text = to_text(units, places) if places else str(units)
    return text.rstrip("0").rstrip(".") if "." in text else text
