"""Quoting: a book that is never crossed, within its filters, and of which a move changes only a little."""

from itertools import pairwise
from random import Random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.vocabulary import OrderState, OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce
from rialto.demo.quoting import Change, Ladder, plan
from rialto.wire.decimals import ONE, to_text, to_units
from tests.exchange import spec

PRICE = 64_000 * ONE
QUANTITY = ONE // 10


def ladder(spacing_ppm: int = 50, price: int = PRICE, **changes: Any) -> Ladder:
    return Ladder(spec(**changes), price, spacing_ppm)


def standing_after(change: Change, standing: tuple[OrderState, ...] = ()) -> tuple[OrderState, ...]:
    """The orders on the book once a change is carried out."""
    placed = tuple(
        OrderState(
            order_id=max((order.order_id for order in standing), default=0) + number,
            symbol=0,
            account=7,
            client_order_id=f"order-{number}",
            side=quote.side,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GOOD_TILL_CANCELED,
            price=to_text(quote.price),
            quantity=to_text(quote.quantity),
            quote_quantity="0.00000000",
            executed="0.00000000",
            executed_quote="0.00000000",
            self_trade_prevention=SelfTradePrevention.NONE,
            prevented="0.00000000",
            prevented_match_id=0,
            status=OrderStatus.NEW,
            placed_at_us=0,
            updated_at_us=0,
            working_at_us=0,
        )
        for number, quote in enumerate(change.place, start=1)
    )
    return tuple(order for order in standing if order not in change.cancel) + placed


def opened(rungs: Ladder, centre: int, quantity: int = QUANTITY) -> tuple[OrderState, ...]:
    return standing_after(plan(rungs, centre, quantity, (), Random(1)))


@given(centre=st.integers(20, 10_000_000), spacing_ppm=st.integers(1, 100_000))
def test_levels_lie_in_order_on_ticks_and_never_cross(centre: int, spacing_ppm: int) -> None:
    rungs = ladder(spacing_ppm, price_max="0")
    bids = [price for price, _size in rungs.levels(Side.BUY, centre)]
    asks = [price for price, _size in rungs.levels(Side.SELL, centre)]
    prices = [*reversed(bids), *asks]
    assert all(low < high for low, high in pairwise(prices))
    assert len(asks) == 10
    assert all(price % to_units("0.01") == 0 for price in prices)
    assert bids[0] // rungs.cell_size == centre


def test_cells_are_a_round_number_of_ticks_and_never_less_than_one() -> None:
    assert ladder(50).cell_size == to_units("2")
    assert ladder(50, tick="10", price_min="10").cell_size == to_units("10")
    assert ladder(16).cell_size == to_units("1")


def test_sizes_grow_outward_and_the_two_sides_mirror() -> None:
    sizes = [size for _price, size in ladder().levels(Side.SELL, 32_000)]
    assert sizes == sorted(sizes)
    assert sizes == [size for _price, size in ladder().levels(Side.BUY, 32_000)]


def test_nothing_changes_while_the_price_stands() -> None:
    rungs = ladder()
    standing = opened(rungs, 32_000)
    assert len(standing) == 20
    assert plan(rungs, 32_000, QUANTITY, standing, Random(2)) == Change((), ())


@given(seed=st.integers(0, 1_000))
def test_a_move_by_a_cell_changes_little(seed: int) -> None:
    rungs, random, changes = ladder(), Random(seed), 0
    standing = opened(rungs, 32_000)
    for step in range(1, 33):
        change = plan(rungs, 32_000 + step, QUANTITY, standing, random)
        standing = standing_after(change, standing)
        assert {(order.side, order.price) for order in standing} == {
            (order.side, order.price) for order in opened(rungs, 32_000 + step)
        }
        changes += len(change.cancel) + len(change.place)
    assert changes <= 8 * 32, "far fewer than the 40 a step would take to quote everything anew"


def test_a_level_is_made_anew_once_little_is_left_of_it() -> None:
    rungs = ladder()
    standing = opened(rungs, 32_000)
    best = standing[0]

    def after(percent: int) -> Change:
        executed = to_text(to_units(best.quantity) - QUANTITY * percent // 100)
        return plan(
            rungs, 32_000, QUANTITY, (msgspec.structs.replace(best, executed=executed), *standing[1:]), Random(2)
        )

    assert after(40) == Change((), ())
    anew = after(39)
    assert [order.order_id for order in anew.cancel] == [best.order_id]
    assert [(quote.side, to_text(quote.price)) for quote in anew.place] == [(best.side, best.price)]


def test_a_second_order_on_a_level_is_taken_back() -> None:
    rungs = ladder()
    standing = opened(rungs, 32_000)
    twin = msgspec.structs.replace(standing[3], order_id=99)
    assert plan(rungs, 32_000, QUANTITY, (*standing, twin), Random(2)) == Change((twin,), ())


@given(quantity=st.integers(0, 10**16), price=st.integers(1, 10**9).map(lambda ticks: ticks * 10**6))
def test_a_fitted_quantity_passes_every_filter(quantity: int, price: int) -> None:
    rules = spec(quantity_min="0.00010", notional_min="5", notional_max="90000")
    fitted = Ladder(rules, PRICE, 50).fit(quantity, price)
    if fitted:
        assert fitted % to_units(rules.lot) == 0
        assert to_units(rules.quantity_min) <= fitted <= to_units(rules.quantity_max)
        assert to_units(rules.notional_min) <= price * fitted // ONE <= to_units(rules.notional_max)
    else:
        assert price * to_units(rules.lot) > to_units("1000"), "only where no quantity fits"


def test_prices_beyond_the_filter_are_left_out() -> None:
    narrow = ladder(price_min="63990", price_max="64010")
    quoted = {to_units(order.price) for order in opened(narrow, 32_000)}
    assert quoted
    assert all(to_units("63990") <= price <= to_units("64010") for price in quoted)
    low = Ladder(spec(), to_units("0.05"), 50)
    bids = [order.price for order in opened(low, 5, 1_000 * ONE) if order.side is Side.BUY]
    assert bids == ["0.05000000", "0.04000000", "0.03000000", "0.02000000"], "no price is zero or less"


def test_no_more_orders_than_the_symbol_allows() -> None:
    assert len(opened(ladder(open_orders_max=7), 32_000)) == 6
