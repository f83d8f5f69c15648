"""From which value on the travel rule asks about a transfer: by where its owner lives, and by asset.

What has no price is asked about, at the prices of the moment it is looked at. What goes to one destination within the
rule's window is one transfer, whatever pieces it goes in.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from rialto.core.catalog import Catalog
from rialto.foundation.settings.verification import VerificationSettings
from rialto.wire.decimals import ONE, to_units

Asks = Callable[[str, int], bool]
"""Tells whether a transfer of so many units of 1e-8 of an asset is asked about."""


class Thresholds:
    """They, by settings."""

    def __init__(
        self,
        settings: VerificationSettings,
        catalog: Catalog,
        value: Callable[[int, int], int | None],
        country_of: Callable[[int], str | None],
    ) -> None:
        """`value` tells what units of an asset are worth; `country_of` where an owner lives: it blocks."""
        self._settings: Final = settings
        self._catalog = catalog
        self._value = value
        self._country_of = country_of
        self._by_asset: Final = {name: to_units(text) for name, text in settings.questionnaire_from_by_asset.items()}

    def of_owner_together(self, owner: int, moved: Sequence[tuple[str, int]]) -> bool:
        """Tell whether it is asked about several transfers of an owner as if they were one. Blocks: off the event loop.

        Assets with a threshold of their own count towards that alone, the others by what they are worth.
        """
        sums: Counter[str] = Counter()
        for coin, units in moved:
            sums[coin] += units
        asks = self.of_owner(owner)
        if any(asks(coin, units) for coin, units in sums.items()):
            return True
        settings = self._settings
        least = self._least(owner)
        if not settings.questionnaire_country or not least:
            return False
        # Each of them has a price: it would have been asked about else.
        worth = [self._worth(coin, units) or 0 for coin, units in sums.items() if coin not in self._by_asset]
        return sum(worth) >= least * ONE

    def of_owner(self, owner: int) -> Asks:
        """Return what tells what is asked of an owner. Blocks: off the event loop."""
        if not self._settings.questionnaire_country:
            return lambda _coin, _units: False
        least = self._least(owner)

        def asks(coin: str, units: int) -> bool:
            of_asset = self._by_asset.get(coin)
            if of_asset is not None:
                return units >= of_asset
            value = self._worth(coin, units) if least else None
            return value is None or value >= least * ONE

        return asks

    def _least(self, owner: int) -> int:
        settings = self._settings
        if not settings.questionnaire_from_by_country:
            return settings.questionnaire_from
        return settings.questionnaire_from_by_country.get(self._country_of(owner) or "", settings.questionnaire_from)

    def _worth(self, coin: str, units: int) -> int | None:
        asset = self._catalog.asset_named(coin)
        return None if asset is None else self._value(asset.id, units)
