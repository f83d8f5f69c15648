"""Past prices: what every asset was worth before a demonstration opened, step by step.

Pure, and the same for the same seed and the same end. One market moves, and every asset goes along with it and some way
of its own; there are hours in which much happens and hours in which little does, and for some hours at a time the
market leans one way. Each walk ends at the value that the asset is defined with, which is where the house goes on.

Whole numbers only: values are in units of 1e-16, moves in parts of 1e-9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from rialto.demo.definition import AssetDefinition
from rialto.demo.valuation import FINE
from rialto.wire.decimals import ONE, to_units

STEP_US: Final = 20_000_000
HOUR_US: Final = 3_600_000_000
STEPS_PER_LEANING: Final = 3 * HOUR_US // STEP_US

BUSY_PERCENT: Final = (
    95,
    90,
    85,
    75,
    70,
    65,
    70,
    80,
    95,
    100,
    100,
    105,
    115,
    135,
    150,
    150,
    140,
    130,
    120,
    115,
    110,
    105,
    100,
    95,
)
"""How much happens in each hour of the day, in UTC: least while Europe sleeps, most when America gets up."""

MOOD_PERCENT: Final = (50, 220)
"""Between what the mood may come to: how much more or less happens than at that hour of another day."""

TOGETHER, APART = 7, 7
"""How much of a move is the market's and how much the asset's own, in tenths; their squares add up to about a whole."""

ROUNDS_PER_STEP: Final = 4
"""How many steps of the house's rounds, as far as an asset may wander in one, are about one step here."""

PPB: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class PastPrices:
    """What assets were worth at the beginning of each step and at the end of the last, and how much happened in it."""

    began_us: int
    values: Mapping[str, list[int]]
    busy_percent: list[int]

    def price(self, base: str, quote: str, at_us: int) -> int:
        """Tell what one asset was worth in another, in 1e-8, at a time within the walk."""
        step, within_us = divmod(at_us - self.began_us, STEP_US)
        return self._value(base, step, within_us) * ONE // self._value(quote, step, within_us)

    def _value(self, asset: str, step: int, within_us: int) -> int:
        before, after = self.values[asset][step : step + 2]
        return before + (after - before) * within_us // STEP_US


def walk(assets: Mapping[str, AssetDefinition], began_us: int, steps: int, random: Random) -> PastPrices:
    """Walk so many steps."""
    busy_percent, mood, leaning = [], 100, 0
    unscaled: dict[str, list[int]] = {name: [FINE] for name in assets}
    for step in range(steps):
        if step % STEPS_PER_LEANING == 0:
            leaning = random.randint(-60, 60)
        mood = max(MOOD_PERCENT[0], min(MOOD_PERCENT[1], mood + random.randint(-4, 4) + (100 - mood) // 50))
        hour = (began_us + step * STEP_US) // HOUR_US % len(BUSY_PERCENT)
        busy = BUSY_PERCENT[hour] * mood // 100
        busy_percent.append(busy)
        market = _permille(random) + leaning
        for name, asset in assets.items():
            values = unscaled[name]
            permille = (market * TOGETHER + _permille(random) * APART) // 10
            ppb = asset.step_ppm_max * ROUNDS_PER_STEP * permille * busy // 100
            values.append(values[-1] + values[-1] * ppb // PPB)
    scaled = {}
    for name, asset in assets.items():
        end, last = to_units(asset.value) * ONE, unscaled[name][-1]
        scaled[name] = [value * end // last for value in unscaled[name]]
    return PastPrices(began_us, scaled, busy_percent)


def _permille(random: Random) -> int:
    """Draw a number around zero that is seldom far from it: as far as 1,000 about once in twelve times."""
    return sum(random.randint(-500, 500) for _ in range(4))
