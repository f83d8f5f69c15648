"""Sums of amounts, exact, on their decimal text with eight places."""

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
    units = int(left.replace(".", "")) + int(right.replace(".", ""))
    whole, part = divmod(abs(units), _SCALE)
    return f"{'-' if units < 0 else ''}{whole}.{part:08d}"
