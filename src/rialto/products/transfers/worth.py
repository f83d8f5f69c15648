"""What holdings are worth in bitcoin, by the newest trades; what cannot be valued is worth nothing."""

from collections.abc import Iterable
from typing import Final

from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.products.transfers.accounts import Holding

BITCOIN: Final = "BTC"
DOLLAR: Final = "USDT"


class Worth:
    """Values holdings, in units of 1e-8, rounded down."""

    def __init__(self, runtime: Runtime, prices: Prices) -> None:
        self._runtime = runtime
        self._prices = prices

    def in_bitcoin(self, asset: int, units: int) -> int:
        """Return what units of an asset are worth in bitcoin."""
        return self.of(asset, units, BITCOIN)

    def of(self, asset: int, units: int, into: str) -> int:
        """Return what units of an asset are worth in another; 0 where that is not known."""
        target = self._runtime.catalog.asset_named(into)
        value = None if target is None else self._prices.value(asset, units, target.id)
        return value or 0

    def of_all(self, holdings: Iterable[Holding], into: str = BITCOIN) -> int:
        """Return what holdings are worth together."""
        return sum(self.of(each.asset, each.total, into) for each in holdings)
