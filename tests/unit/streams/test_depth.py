"""Updates of a book taken at one pace, and joined for another."""

from rialto.contracts.market import DepthUpdate, Level
from rialto.streams.depth import joined


def update(first: int, last: int, bids: dict[str, str], asks: dict[str, str]) -> DepthUpdate:
    sides = [tuple(Level(price, quantity) for price, quantity in side.items()) for side in (bids, asks)]
    return DepthUpdate(0, first, last, sides[0], sides[1])


def test_two_updates_become_one_with_the_later_quantities_and_the_best_levels_first() -> None:
    earlier = update(1, 4, {"10.00": "1", "9.00": "2"}, {"11.00": "1", "100.00": "1"})
    later = update(5, 6, {"9.50": "3", "9.00": "0"}, {"12.00": "5", "11.00": "4"})
    assert joined(earlier, later) == update(
        1,
        6,
        {"10.00": "1", "9.50": "3", "9.00": "0"},
        {"11.00": "4", "12.00": "5", "100.00": "1"},
    )


def test_what_does_not_follow_stands_alone() -> None:
    later = update(6, 7, {"9.50": "3"}, {})
    assert joined(update(1, 4, {"10.00": "1"}, {}), later) == later
