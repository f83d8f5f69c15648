"""Amounts as decimal text with eight places, and as whole numbers of units of 1e-8: exact either way."""

from typing import Final

ZERO: Final = "0.00000000"
_PLACES: Final = 8
_SCALE: Final = 10**_PLACES


def sum_of(left: str, right: str) -> str:
    """Add two amounts. Most sums here have a zero in them, which costs nothing."""
    if right == ZERO:
        return left
    if left == ZERO:
        return right
    return text_of(units_of(left) + units_of(right))


def units_of(amount: str) -> int:
    """Count an amount in units of 1e-8. Precondition: it has eight places, as everything the core says."""
    return int(amount.replace(".", ""))


def text_of(units: int) -> str:
    """Spell a number of units of 1e-8 with eight places."""
    whole, part = divmod(abs(units), _SCALE)
    return f"{'-' if units < 0 else ''}{whole}.{part:08d}"
