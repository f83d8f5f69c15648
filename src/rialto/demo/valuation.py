"""Valuation: what the house takes each asset to be worth, wandering from round to round.

One value per asset, told in the reference asset, rather than one price per symbol: a cross symbol's price is the ratio
of two values, so that no way around the books gains anything. Owns the values. A value is drawn back towards where it
began and never leaves the range from half to double of it, whatever is traded; trades do not move it at all. Whole
numbers only: values and prices are in units of 1e-16.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from rialto.wire.decimals import ONE

FINE: Final = ONE * ONE
"""Units of a value or a price in one whole."""

PPM: Final = 1_000_000
ROUNDS_TO_RETURN: Final = 500_000
"""In so many rounds a value without chance would come most of the way back."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an asset's value began, and how far it may wander in a round."""

    value: int
    step_ppm_max: int


@dataclass(frozen=True, slots=True)
class SeenPrice:
    """A price of one asset in another."""

    base: int
    quote: int
    price: int


class Valuation:
    """The value of every asset, by its id."""

    def __init__(self, anchors: Mapping[int, Anchor], reference: int) -> None:
        self._anchors = anchors
        self.reference = reference
        """The asset that values are told in."""
        self._values = {asset: anchor.value for asset, anchor in anchors.items()}

    def value(self, asset: int) -> int:
        """Tell what one of an asset is worth now."""
        return self._values[asset]

    def step(self, random: Random) -> None:
        """Let every value take one step."""
        for asset, anchor in self._anchors.items():
            value = self._values[asset]
            chance = random.randint(-anchor.step_ppm_max, anchor.step_ppm_max)
            back = (anchor.value - value) // ROUNDS_TO_RETURN if anchor.step_ppm_max else 0
            self._set(asset, value + value * chance // PPM + back)

    def resume(self, seen: Iterable[SeenPrice]) -> None:
        """Go on from prices seen earlier: from the reference outwards, as far as they lead."""
        prices = list(seen)
        known = {self.reference}
        progress = True
        while progress:
            progress = False
            for price in prices:
                if price.quote in known and price.base not in known:
                    self._set(price.base, price.price * self._values[price.quote] // FINE)
                    known.add(price.base)
                    progress = True
                elif price.base in known and price.quote not in known:
                    self._set(price.quote, self._values[price.base] * FINE // price.price)
                    known.add(price.quote)
                    progress = True

    def price(self, base: int, quote: int, skew_ppm: Mapping[int, int]) -> int:
        """Tell the price of one asset in another, each value lowered by its skew."""
        worth_base = self._values[base] * (PPM - skew_ppm.get(base, 0))
        worth_quote = self._values[quote] * (PPM - skew_ppm.get(quote, 0))
        return worth_base * FINE // worth_quote

    def _set(self, asset: int, value: int) -> None:
        anchor = self._anchors[asset].value
        self._values[asset] = max(anchor // 2, min(2 * anchor, value))
