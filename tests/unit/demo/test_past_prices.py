"""Past prices: they end where the house begins, move together but not alike, and are the same for the same seed."""

from itertools import pairwise
from random import Random

from rialto.demo.definition import read_definition
from rialto.demo.past_prices import HOUR_US, STEP_US, PastPrices, walk
from rialto.wire.decimals import ONE, to_units

BEGAN_US = 1_700_000_000_000_000
STEPS = 24 * HOUR_US // STEP_US
ASSETS = read_definition().assets


def walked(seed: int = 1) -> PastPrices:
    return walk(ASSETS, BEGAN_US, STEPS, Random(seed))


def hourly_moves(prices: PastPrices, asset: str) -> list[int]:
    """By how many millionths the value moved in each hour."""
    values = prices.values[asset][:: HOUR_US // STEP_US]
    return [(after - before) * 1_000_000 // before for before, after in pairwise(values)]


def test_each_walk_ends_at_the_value_it_is_defined_with() -> None:
    prices = walked()
    for name, asset in ASSETS.items():
        assert len(prices.values[name]) == STEPS + 1
        assert prices.values[name][-1] == to_units(asset.value) * ONE
        assert min(prices.values[name]) * 2 > to_units(asset.value) * ONE
    assert set(prices.values["USDT"]) == {ONE * ONE}


def test_assets_move_as_far_as_they_may_and_mostly_together() -> None:
    prices = walked()
    for name, asset in ASSETS.items():
        moves = hourly_moves(prices, name)
        assert sum(map(abs, moves)) // len(moves) in range(asset.step_ppm_max * 4, asset.step_ppm_max * 40 + 1)
    together = [
        (bitcoin > 0) is (ether > 0)
        for bitcoin, ether in zip(hourly_moves(prices, "BTC"), hourly_moves(prices, "ETH"), strict=True)
    ]
    assert len(together) // 2 < sum(together) < len(together)


def test_less_happens_in_the_night() -> None:
    busy = walked().busy_percent
    assert max(busy) > 2 * min(busy)


def test_a_price_is_the_ratio_of_two_values_at_any_time() -> None:
    prices = walked()
    for at_us in (BEGAN_US, BEGAN_US + 7 * STEP_US + 1, BEGAN_US + STEPS * STEP_US - 1):
        in_euros = prices.price("BTC", "EUR", at_us)
        by_way_of = prices.price("BTC", "USDT", at_us) * ONE // prices.price("EUR", "USDT", at_us)
        assert abs(in_euros - by_way_of) * 1_000_000 <= in_euros
    before, after = (prices.price("BTC", "USDT", BEGAN_US + step * STEP_US) for step in (7, 8))
    between = prices.price("BTC", "USDT", BEGAN_US + 7 * STEP_US + STEP_US // 2)
    assert abs(between * 2 - before - after) <= 2


def test_a_seed_walks_one_way() -> None:
    assert walked() == walked()
    assert walked().values["BTC"] != walked(2).values["BTC"]
