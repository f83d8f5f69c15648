"""Valuation: reproducible, consistent across symbols, and never absurd."""

from random import Random

from rialto.demo.valuation import FINE, Anchor, SeenPrice, Valuation

BTC, ETH, USDT, USDC = range(4)
ANCHORS = {
    BTC: Anchor(64_000 * FINE, 100),
    ETH: Anchor(3_200 * FINE, 100),
    USDT: Anchor(FINE, 0),
    USDC: Anchor(FINE, 4),
}


def wandered(steps: int, seed: int = 1, anchors: dict[int, Anchor] = ANCHORS) -> Valuation:
    valuation, random = Valuation(anchors, USDT), Random(seed)
    for _ in range(steps):
        valuation.step(random)
    return valuation


def values(valuation: Valuation) -> list[int]:
    return [valuation.value(asset) for asset in ANCHORS]


def test_the_same_seed_wanders_the_same_way_and_another_does_not() -> None:
    assert values(wandered(100)) == values(wandered(100))
    assert values(wandered(100)) != values(wandered(100, seed=2))
    assert wandered(100).value(USDT) == FINE


def test_no_way_around_the_symbols_gains() -> None:
    valuation = wandered(1_000)
    direct = valuation.price(ETH, USDT, {})
    around = valuation.price(ETH, BTC, {}) * valuation.price(BTC, USDT, {}) // FINE
    assert abs(direct - around) * 1_000_000 < direct


def test_a_value_keeps_within_half_and_double() -> None:
    wild = {USDT: Anchor(FINE, 0), BTC: Anchor(64_000 * FINE, 10_000)}
    valuation, random, seen = Valuation(wild, USDT), Random(3), []
    for _ in range(50_000):
        valuation.step(random)
        seen.append(valuation.value(BTC))
    assert min(seen) >= 32_000 * FINE
    assert max(seen) <= 128_000 * FINE
    assert max(seen) > min(seen)


def test_a_value_is_drawn_back() -> None:
    far = Valuation({USDT: Anchor(FINE, 0), BTC: Anchor(64_000 * FINE, 1)}, USDT)
    far.resume([SeenPrice(BTC, USDT, 100_000 * FINE)])
    random = Random(1)
    for _ in range(5_000):
        far.step(random)
    assert 99_000 * FINE < far.value(BTC) < 99_800 * FINE


def test_values_resume_from_seen_prices_through_other_symbols() -> None:
    valuation = Valuation(ANCHORS, USDT)
    valuation.resume(
        [SeenPrice(ETH, BTC, FINE // 20), SeenPrice(BTC, USDC, 60_000 * FINE), SeenPrice(BTC, USDT, 60_600 * FINE)]
    )
    assert valuation.value(BTC) == 60_600 * FINE
    assert valuation.value(ETH) == 3_030 * FINE
    assert valuation.value(USDC) == FINE * 101 // 100


def test_an_absurd_seen_price_is_bounded() -> None:
    valuation = Valuation(ANCHORS, USDT)
    valuation.resume([SeenPrice(BTC, USDT, 1)])
    assert valuation.value(BTC) == 32_000 * FINE


def test_a_skew_lowers_what_there_is_too_much_of() -> None:
    valuation = Valuation(ANCHORS, USDT)
    assert valuation.price(BTC, USDT, {BTC: 1_000}) == 63_936 * FINE
    assert valuation.price(BTC, USDT, {BTC: 1_000, USDT: 1_000}) == 64_000 * FINE
