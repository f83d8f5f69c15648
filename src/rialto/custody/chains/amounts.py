"""Amounts on a chain and in the ledger: whole numbers of units on both sides, converted without losing any.

A chain counts in its own smallest unit (wei, satoshi, lamport); the ledger counts in units of 1e-8. What the ledger
cannot hold of a deposit stays with the house as a remainder that is written down; what a chain cannot pay of a
withdrawal is refused.
"""

from typing import Final, NamedTuple

LEDGER_PLACES: Final = 8
"""Decimal places of the ledger."""


class Inexact(Exception):
    """An amount that a chain cannot pay exactly."""


class Credit(NamedTuple):
    """What a deposit is worth in the ledger, in units of 1e-8, and what is left of it, in the chain's units."""

    units: int
    remainder: int


def to_ledger(amount: int, decimals: int) -> Credit:
    """Convert an amount of an asset with so many decimals on its chain, rounded down."""
    if decimals <= LEDGER_PLACES:
        return Credit(amount * _power(LEDGER_PLACES - decimals), 0)
    return Credit(*divmod(amount, _power(decimals - LEDGER_PLACES)))


def to_chain(units: int, decimals: int) -> int:
    """Convert an amount in units of 1e-8 to the chain's units.

    Errors: `Inexact` when the chain's unit is too coarse for it.
    """
    if decimals >= LEDGER_PLACES:
        return units * _power(decimals - LEDGER_PLACES)
    amount, rest = divmod(units, _power(LEDGER_PLACES - decimals))
    if rest:
        raise Inexact(f"an amount finer than 1e-{decimals} cannot be paid on this chain; give fewer decimal places")
    return amount


def _power(places: int) -> int:
    return int("1" + "0" * places)
