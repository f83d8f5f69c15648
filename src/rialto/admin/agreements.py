"""Who must agree to an action: one, two, or two of whom one is of security; what moves money, by what it is worth.

Owns no state. What is worth something is valued at the newest prices, once, when it is proposed.
"""

from enum import Enum
from math import ceil
from typing import Final

from rialto.admin.action import MACHINE, AnyAction, Sum
from rialto.core.prices import ONE, Prices
from rialto.core.runtime import Runtime
from rialto.foundation.settings.operators import OperatorSettings

WORTH_MAX: Final = 2**63 - 1
"""What is worth more is taken to be worth this."""


class Agreement(Enum):
    """Who must agree."""

    ONE = "one"
    TWO = "two"
    OFFICER = "officer"
    """Two, and one of them has the role security."""


class Agreements:
    """Says who must agree."""

    def __init__(self, runtime: Runtime, prices: Prices, settings: OperatorSettings) -> None:
        self._runtime = runtime
        self._prices = prices
        self._settings = settings

    def worth(self, moved: Sum | None) -> int | None:
        """Value money in units of 1e-8 of the valuation asset, rounded up; None where no price is known."""
        into = self._runtime.catalog.asset_named(self._settings.valuation_asset)
        if moved is None or into is None:
            return None
        rate = self._prices.rate(moved.asset, into.id)
        return None if rate is None else min(ceil(moved.units * rate), WORTH_MAX)

    def demanded(
        self, action: AnyAction, proposer: int, worth: int | None, is_own: bool, moved_alone: int
    ) -> Agreement:
        """Say who must agree to something of a worth, given what the proposer moved alone in the last 24 hours.

        Nobody moves money alone that is theirs (`is_own`), nor from the machine: that must not become the way around.
        """
        if action.moves is None:
            return Agreement.TWO if action.takes_two else Agreement.ONE
        if worth is None:
            return Agreement.TWO
        alone_below, officer_from = self._settings.alone_below, self._settings.officer_from
        if officer_from is not None and worth >= officer_from * ONE:
            return Agreement.OFFICER
        is_anothers = proposer != MACHINE and not is_own
        may_alone = not action.takes_two and is_anothers and worth + moved_alone < alone_below * ONE
        return Agreement.ONE if may_alone else Agreement.TWO
