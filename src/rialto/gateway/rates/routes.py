"""Rates for showing worth: what a unit is in each currency, and what each asset is in that unit.

The unit is an asset of the exchange that stands for a currency. Where a currency is traded here itself, its own market
speaks; else its reference rate against the currency that the unit stands for. An amount of an asset is then worth
`amount * price * rate` in a currency. Everything is fixed point and rounded down.
"""

from fractions import Fraction
from typing import Any, Final

import msgspec

from rialto.core.prices import Prices
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.rates.reference import References
from rialto.gateway.rates.source import ReferenceRates
from rialto.gateway.router import Route
from rialto.wire.decimals import to_text
from rialto.wire.endpoints import Budget, Endpoint
from rialto.wire.parameters import NoParameters

UNITS: Final = (("USDT", "USD"), ("USDC", "USD"), ("FDUSD", "USD"), ("USD", "USD"), ("EUR", "EUR"))
"""Assets that worth can be told in, and the currency each stands for; the first that is listed is taken."""

PLACES: Final = 12
KEPT_US: Final = 1_000_000
"""For how long an answer is given again."""

MARKET: Final = "MARKET"


class CurrencyRate(msgspec.Struct, frozen=True):
    """What one unit is in a currency.

    `source` is `MARKET` (traded here), `ECB`, `PEG` (fixed against the dollar), `OPEN` (an open list) or `NAMED` (named
    by the operator); `time` is of when.
    """

    currency: str
    rate: str
    source: str
    time: int


class AssetPrice(msgspec.Struct, frozen=True):
    """What one of an asset is in the unit, by the newest trades."""

    asset: str
    price: str


class DisplayRates(msgspec.Struct, frozen=True):
    """Rates by currency and prices by asset; what no trades value is left out. Without a unit there are none."""

    unit: str
    time: int
    currencies: list[CurrencyRate]
    assets: list[AssetPrice]


DISPLAY_RATES: Final = Endpoint(
    "GET",
    "/account/v1/display-rates",
    summary="Tell what assets are worth in currencies, for showing.",
    parameters=NoParameters,
    response=DisplayRates,
    weight=2,
    budget=Budget.ADDRESS,
)


class Rates:
    """Shows rates."""

    def __init__(self, runtime: Runtime, prices: Prices, references: ReferenceRates) -> None:
        self._runtime = runtime
        self._prices = prices
        self._references = references
        self._kept: tuple[int, str, list[CurrencyRate], list[AssetPrice]] | None = None

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(DISPLAY_RATES, self.display_rates)]

    async def display_rates(self, call: Call, _parameters: NoParameters) -> DisplayRates:
        """Tell the rates."""
        now_us = self._runtime.now_us()
        if self._kept is None or now_us - self._kept[0] >= KEPT_US:
            self._kept = (now_us, *self._told(now_us, self._references.now()))
        made_us, unit, currencies, assets = self._kept
        shown = [CurrencyRate(each.currency, each.rate, each.source, call.time(each.time)) for each in currencies]
        return DisplayRates(unit, call.time(made_us), shown, assets)

    def _told(self, now_us: int, known: References) -> tuple[str, list[CurrencyRate], list[AssetPrice]]:
        catalog = self._runtime.catalog
        unit, stands_for = next((each for each in UNITS if catalog.asset_named(each[0])), ("", ""))
        asset = catalog.asset_named(unit)
        if asset is None:
            return "", [], []
        valued = {each.name: self._prices.rate(each.id, asset.id) for each in catalog.assets}
        base = known[stands_for]
        rates = []
        for currency, reference in sorted(known.items()):
            own = valued.get(currency)
            if own and unit != currency:
                rates.append(CurrencyRate(currency, _text(1 / own), MARKET, now_us))
            else:
                day_us = min(reference.day_us, base.day_us)
                per_unit = reference.per_euro / base.per_euro
                rates.append(CurrencyRate(currency, _text(per_unit), reference.source, day_us))
        prices = [AssetPrice(name, _text(price)) for name, price in valued.items() if price is not None]
        return unit, rates, prices


def _text(value: Fraction) -> str:
    text = to_text(value.numerator * 10**PLACES // value.denominator, PLACES)
    return text.rstrip("0").rstrip(".")
