"""How much someone may take out: a limit on 24 hours by level of verification, in the value of one asset.

Values are by the newest trades, or else as configured; where neither tells, nobody knows, and an operator must look.
Owns no state: what was taken out lately is read from the withdrawals themselves.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from rialto.contracts.amounts import units_of
from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.custody.withdrawals.reading import WithdrawalRow
from rialto.foundation.settings.withdrawals import WithdrawalSettings
from rialto.wire.decimals import ONE, to_units

DAY_US: Final = 86_400_000_000


class Quota(NamedTuple):
    """What may be taken out in 24 hours and what was, in units of 1e-8 of the valuation asset; None: no limit."""

    limit: int | None
    used: int


class Limits:
    """Values and limits."""

    def __init__(self, runtime: Runtime, prices: Prices, settings: WithdrawalSettings) -> None:
        self._runtime = runtime
        self._prices = prices
        self._settings = settings

    def value(self, asset: int, units: int) -> int | None:
        """Return what so many units of 1e-8 of an asset are worth, rounded down; None where nobody knows."""
        catalog = self._runtime.catalog
        into = catalog.asset_named(self._settings.valuation_asset)
        found = None if into is None else self._prices.value(asset, units, into.id)
        if found is None:
            configured = self._settings.valuations.get(catalog.asset(asset).name)
            found = None if configured is None else units * to_units(configured) // ONE
        return found

    def quota(self, level: int | None, taken: Sequence[WithdrawalRow], elsewhere: int = 0) -> Quota:
        """Return what a level allows, and what was taken of it, by chains and elsewhere; no level, no limit."""
        used = elsewhere + sum(units_of(row.value) for row in taken if row.value is not None)
        limits = self._settings.limits
        limit = None if level is None else limits[min(max(level, 0), len(limits) - 1)] * ONE
        return Quota(limit, used)

    def approvals_needed(self, value: int | None, points: int, *, is_limited: bool) -> int:
        """Tell how many operators must agree. What nobody can value is looked at, unless there is no limit."""
        if value is not None and value >= self._settings.two_approvals_from * ONE:
            return 2
        is_large = value is not None and value >= self._settings.one_approval_from * ONE
        is_unknown = value is None and is_limited
        return 1 if is_large or is_unknown or points >= self._settings.risk_review_points else 0
