"""Whose people are taken, by where they say they live and, later, by what they showed. Pure.

Of refused countries nobody is taken. People of limited ones are verified to the first level, may trade and take out
what they have, and bring in nothing more from chains.
"""

from collections.abc import Iterable
from typing import Final

import pycountry

LIMITED_LEVEL_MAX: Final = 1


class Countries:
    """The rules. Countries are two capital letters of ISO 3166."""

    def __init__(self, refused: Iterable[str] = (), limited: Iterable[str] = ()) -> None:
        self._refused: Final = frozenset(refused)
        self._limited: Final = frozenset(limited)

    @property
    def are_any(self) -> bool:
        """Whether it matters where someone lives."""
        return bool(self._refused or self._limited)

    def are_refused(self, country: str | None) -> bool:
        """Tell whether nobody of a country is taken."""
        return country in self._refused

    def may_deposit(self, country: str | None) -> bool:
        """Tell whether people of a country may bring something in from chains."""
        return country not in self._refused and country not in self._limited

    def level_max(self, country: str, usual: int) -> int:
        """Return how far people of a country are verified, where others are to `usual`."""
        return min(usual, LIMITED_LEVEL_MAX) if country in self._limited else usual


EVERYWHERE: Final = Countries()
"""Rules by which everybody is taken."""


def exists(country: str) -> bool:
    """Tell whether there is a country of two letters."""
    return pycountry.countries.get(alpha_2=country) is not None
