"""How risky a withdrawal is: points, and what each is for, so that an operator sees why they are asked. Pure.

What is known of who asks, rather than of what they ask, is in `signals`.
"""

import msgspec

from rialto.custody.withdrawals.model import RiskPart

SHARE_PERCENT = 95
OFTEN_A_DAY = 10
TIMES_LARGEST = 5


class Circumstances(msgspec.Struct, frozen=True):
    """What is known when someone asks."""

    is_first: bool
    """Nothing of theirs has ever arrived anywhere."""
    is_new_address: bool
    """Nothing of theirs has ever arrived there."""
    units: int
    balance_units: int
    """What they have of the asset and may take out."""
    count_of_day: int
    """How often they asked in the last 24 hours, this time not counted."""
    value_units: int | None
    limit_units: int | None
    largest_value_units: int
    """What the largest that was paid to them in the last 90 days was worth; 0 for nothing."""


def assess(seen: Circumstances) -> tuple[RiskPart, ...]:
    """List what makes a withdrawal riskier."""
    parts = []
    if seen.is_first:
        parts.append(RiskPart("first_withdrawal", 15, "nothing was ever paid out to this person"))
    if seen.is_new_address:
        parts.append(RiskPart("new_address", 15, "nothing of theirs ever arrived at this address"))
    if seen.balance_units and seen.units * 100 >= seen.balance_units * SHARE_PERCENT:
        percent = seen.units * 100 // seen.balance_units
        parts.append(RiskPart("share_of_balance", 20, f"takes {percent} % of what they have of the asset"))
    if seen.count_of_day >= OFTEN_A_DAY:
        parts.append(RiskPart("velocity", 30, f"{seen.count_of_day} others were asked for within 24 hours"))
    if seen.value_units is not None and seen.limit_units is not None and seen.value_units * 2 >= seen.limit_units > 0:
        parts.append(RiskPart("share_of_limit", 10, "takes half of their limit or more at once"))
    if seen.value_units is not None and seen.value_units > seen.largest_value_units * TIMES_LARGEST > 0:
        parts.append(RiskPart("above_history", 15, f"worth {TIMES_LARGEST} times the largest of 90 days, or more"))
    return tuple(parts)


def points(parts: tuple[RiskPart, ...]) -> int:
    """Add the points up."""
    return sum(part.points for part in parts)
