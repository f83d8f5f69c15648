"""Quoting: which orders the house wants on a book, and what must change to get there.

Pure: from a price, the symbol's filters and the orders that stand, to orders to cancel and to place. Owns no state, so
that a restart, a refusal or a user's trade needs no special care: the next comparison mends whatever differs.

Prices lie on a fixed ladder of cells, one price to a cell, dense next to the best price and coarser further out. When
the price moves by a cell, only the levels at the ends of each part change; the others stand as they are. Prices,
quantities and amounts are whole numbers of 1e-8.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from rialto.contracts.vocabulary import OrderState, Side, SymbolSpec
from rialto.wire.decimals import ONE, to_units

LADDER: Final = ((4, 1), (3, 4), (3, 16))
"""From the inside out: how many levels, and how many cells they are apart."""

SIZES_PERCENT: Final = (100, 120, 150, 200, 300, 400, 600, 900, 1_300, 2_000)
"""The size of each level in terms of the first."""

KEPT_PERCENT_MIN: Final = 40
"""A level that has less than this left of its size is made anew."""

JITTER_PERCENT: Final = 30
"""How much larger or smaller than its size an order may be, so that no two look alike."""


@dataclass(frozen=True, slots=True)
class Quote:
    """An order the house wants: at a price, so much."""

    side: Side
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Change:
    """What must be done to a book: cancel first, then place, the best prices first."""

    cancel: tuple[OrderState, ...]
    place: tuple[Quote, ...]


class Ladder:
    """The prices the house may quote on a symbol, and the quantities its filters allow there."""

    def __init__(self, spec: SymbolSpec, first_price: int, spacing_ppm: int) -> None:
        """Lay cells about so far apart at a first price: a round number of ticks, and at least one."""
        self._tick = to_units(spec.tick)
        self._lot = to_units(spec.lot)
        self._price_min, self._price_max = to_units(spec.price_min), to_units(spec.price_max)
        self._quantity_min, self._quantity_max = to_units(spec.quantity_min), to_units(spec.quantity_max)
        self._notional_min, self._notional_max = to_units(spec.notional_min), to_units(spec.notional_max)
        self._levels_max = spec.open_orders_max // 2
        self._name = spec.name.encode()
        self._ticks_per_cell = _round_number(first_price * spacing_ppm // 1_000_000 // self._tick)

    @property
    def cell_size(self) -> int:
        """How far apart two cells are."""
        return self._ticks_per_cell * self._tick

    def cell_of(self, price: int) -> int:
        """Return the cell a price lies in."""
        return price // self.cell_size

    def price_of(self, cell: int) -> int:
        """Return the one price of a cell: somewhere in it, always the same, so that prices do not look ruled."""
        within = zlib.crc32(self._name + cell.to_bytes(16, "big", signed=True)) % self._ticks_per_cell
        return (cell * self._ticks_per_cell + within) * self._tick

    def may_quote(self, price: int) -> bool:
        """Say whether the symbol's filters allow an order at a price."""
        return price > 0 and price >= self._price_min and (self._price_max == 0 or price <= self._price_max)

    def fit(self, quantity: int, price: int) -> int:
        """Return the allowed quantity that is nearest to the one wanted, or zero if none is allowed at this price."""
        least = max(self._quantity_min, self._lot, _ceil_div(self._notional_min * ONE, price))
        most = self._quantity_max
        if self._notional_max:
            most = min(most, self._notional_max * ONE // price)
        lots = max(_ceil_div(least, self._lot), min(most, quantity) // self._lot)
        return lots * self._lot if lots * self._lot <= most else 0

    def levels(self, side: Side, centre: int) -> Iterator[tuple[int, int]]:
        """Yield the prices of a side around the centre cell, best first, each with its size in percent of the first.

        No more of them than half the open orders that the symbol allows an account.
        """
        sign, cell = (1, centre) if side is Side.SELL else (-1, centre + 1)
        steps = [apart for count, apart in LADDER for _ in range(count)]
        for apart, size in list(zip(steps, SIZES_PERCENT, strict=True))[: self._levels_max]:
            cell = _next_multiple(cell, apart, sign)
            price = self.price_of(cell)
            if self.may_quote(price):
                yield price, size


def plan(ladder: Ladder, centre: int, first_quantity: int, standing: Sequence[OrderState], random: Random) -> Change:
    """Compare what stands with what is wanted around the centre cell.

    An order stays if its price is still wanted and enough of it is left.
    """
    wanted: dict[tuple[Side, int], int] = {}
    for side in (Side.BUY, Side.SELL):
        for price, percent in ladder.levels(side, centre):
            quantity = ladder.fit(first_quantity * percent // 100, price)
            if quantity:
                wanted[side, price] = quantity
    cancel = []
    for order in standing:
        level = (order.side, to_units(order.price))
        left = to_units(order.quantity) - to_units(order.executed)
        if level in wanted and left * 100 >= wanted[level] * KEPT_PERCENT_MIN:
            del wanted[level]
        else:
            cancel.append(order)
    place = [
        Quote(
            side, price, ladder.fit(quantity * random.randint(100 - JITTER_PERCENT, 100 + JITTER_PERCENT) // 100, price)
        )
        for (side, price), quantity in wanted.items()
    ]
    return Change(tuple(cancel), tuple(place))


def _next_multiple(cell: int, of: int, sign: int) -> int:
    """Return the next multiple above a cell, or below it."""
    return (cell // of + 1) * of if sign > 0 else (-(-cell // of) - 1) * of


def _round_number(ticks: int) -> int:
    """Return the largest of 1, 2, 5, 10, 20, … that is not above; at least 1."""
    power = 1
    while power * 10 <= ticks:
        power *= 10
    return max(step * power for step in (1, 2, 5) if step == 1 or step * power <= ticks)


def _ceil_div(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
