"""From which value on the travel rule asks about a transfer: by where its owner lives, and by asset.

What has no price is asked about. A transfer is judged by itself, at the prices of the moment it is looked at.
"""

from collections.abc import Callable
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

    def of_owner(self, owner: int) -> Asks:
        """Return what tells what is asked of an owner. Blocks: off the event loop."""
        settings = self._settings
        if not settings.questionnaire_country:
            return lambda _coin, _units: False
        least = settings.questionnaire_from
        if settings.questionnaire_from_by_country:
            least = settings.questionnaire_from_by_country.get(self._country_of(owner) or "", least)

        def asks(coin: str, units: int) -> bool:
            of_asset = self._by_asset.get(coin)
            if of_asset is not None:
                return units >= of_asset
            asset = self._catalog.asset_named(coin)
            value = None if asset is None or not least else self._value(asset.id, units)
            return value is None or value >= least * ONE

        return asks
