"""The mirror of a book follows what is recorded, never crossed, and takers meet exactly one order.

`Book` plays a shaped book's commands against a plain model of an exchange: it refuses whatever would trade and should
not, and shows what rests.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.contracts.commands import CancelOrder, Command, PlaceOrder
from rialto.contracts.vocabulary import Side, TimeInForce
from rialto.replay import shaping
from rialto.replay.recording import Level, Message, RecordedDepth, RecordedTicker, RecordedTrade
from rialto.replay.shaping import ShapedBook
from rialto.wire.decimals import ONE, to_units

MAKER, TAKER, SYMBOL = 5, 6, 0


class Book:
    """A shaped book and the exchange it shapes."""

    def __init__(self) -> None:
        self.shaped = ShapedBook(SYMBOL, MAKER, TAKER)
        self.orders: dict[str, tuple[Side, int, int]] = {}
        self.trades: list[tuple[int, int, Side]] = []

    def see(self, message: Message) -> list[Command]:
        commands = self.shaped.shape(message)
        for command in commands:
            if isinstance(command, CancelOrder):
                assert command.account == MAKER
                assert command.order.client_order_id is not None
                del self.orders[command.order.client_order_id]
            else:
                assert isinstance(command, PlaceOrder)
                self._place(command)
        for side in Side:
            assert self.shaped.levels(side) == self.levels(side)
        return commands

    def _place(self, command: PlaceOrder) -> None:
        assert command.order.price is not None
        assert command.order.quantity is not None
        price, quantity = to_units(command.order.price), to_units(command.order.quantity)
        crossed = [
            (name, order)
            for name, order in self.orders.items()
            if order[0] is not command.order.side
            and (order[1] <= price if command.order.side is Side.BUY else order[1] >= price)
        ]
        if command.account == MAKER:
            assert command.order.time_in_force is TimeInForce.GOOD_TILL_CANCELED
            assert not crossed, "a maker order would trade"
            assert price not in [order[1] for order in self.orders.values()], "a level has two orders"
            self.orders[command.order.client_order_id] = (command.order.side, price, quantity)
        else:
            assert command.order.time_in_force is TimeInForce.IMMEDIATE_OR_CANCEL
            ((name, (side, maker_price, left)),) = crossed
            assert maker_price == price
            assert left >= quantity
            self.trades.append((price, quantity, command.order.side))
            self.orders[name] = (side, maker_price, left - quantity)
            if left == quantity:
                del self.orders[name]

    def levels(self, side: Side) -> list[tuple[int, int]]:
        found = [(price, left) for order_side, price, left in self.orders.values() if order_side is side]
        return sorted(found, reverse=side is Side.BUY)

    def check(self, bids: dict[int, int], asks: dict[int, int]) -> None:
        assert dict(self.levels(Side.BUY)) == {price * ONE: quantity for price, quantity in bids.items()}
        assert dict(self.levels(Side.SELL)) == {price * ONE: quantity for price, quantity in asks.items()}


def levels(pairs: dict[int, int]) -> tuple[Level, ...]:
    return tuple(Level(price * ONE, quantity) for price, quantity in pairs.items())


def depth(
    bids: dict[int, int], asks: dict[int, int], update_id: int = 0, *, is_snapshot: bool = False
) -> RecordedDepth:
    return RecordedDepth("A", update_id, levels(bids), levels(asks), is_snapshot)


def ticker(bid: tuple[int, int] | None, ask: tuple[int, int] | None, update_id: int = 0) -> RecordedTicker:
    best = [None if each is None else Level(each[0] * ONE, each[1]) for each in (bid, ask)]
    return RecordedTicker("A", update_id, best[0], best[1])


def trade(price: int, quantity: int, *, taker: Side) -> RecordedTrade:
    return RecordedTrade("A", price * ONE, quantity, 1, buyer_is_maker=taker is Side.SELL)


@pytest.fixture
def book() -> Book:
    made = Book()
    made.see(depth({9: 5, 8: 4}, {11: 5, 12: 4}))
    return made


def test_depth_sets_levels_and_leaves_equal_ones_alone(book: Book) -> None:
    book.check({9: 5, 8: 4}, {11: 5, 12: 4})
    assert book.see(depth({9: 5}, {11: 5})) == []
    commands = book.see(depth({9: 6, 8: 0, 7: 3}, {}))
    assert [type(command).__name__ for command in commands] == [
        "CancelOrder",
        "CancelOrder",
        "PlaceOrder",
        "PlaceOrder",
    ]
    book.check({9: 6, 7: 3}, {11: 5, 12: 4})


def test_depth_removes_levels_of_the_other_side_that_it_would_cross(book: Book) -> None:
    book.see(depth({11: 1}, {}))
    book.check({11: 1, 9: 5, 8: 4}, {12: 4})
    book.see(depth({}, {8: 2}))
    book.check({}, {8: 2, 12: 4})


def test_the_best_bid_and_ask_clear_what_is_before_them(book: Book) -> None:
    book.see(ticker((8, 7), (13, 1)))
    book.check({8: 7}, {13: 1})
    book.see(ticker(None, (14, 1)))
    book.check({}, {14: 1})


def test_a_best_bid_and_ask_older_than_the_depth_is_passed_over(book: Book) -> None:
    book.see(depth({9: 6}, {}, update_id=10))
    assert book.see(ticker((8, 1), (20, 1), update_id=9)) == []
    assert book.shaped.stale_messages == 1
    book.see(ticker((8, 1), (12, 4), update_id=10))
    book.check({8: 1}, {12: 4})


def test_a_depth_older_than_the_best_changes_only_what_lies_behind(book: Book) -> None:
    book.see(ticker((9, 1), (11, 2), update_id=10))
    book.see(depth({10: 3, 9: 4, 8: 5}, {10: 3, 11: 4, 12: 5}, update_id=9))
    book.check({9: 1, 8: 5}, {11: 2, 12: 5})
    book.see(depth({10: 3}, {}, update_id=10))
    book.check({10: 3, 9: 1, 8: 5}, {11: 2, 12: 5})


def test_a_snapshot_clears_what_it_leaves_out_down_to_its_worst_level(book: Book) -> None:
    book.see(depth({7: 1, 6: 1}, {13: 1}, update_id=5))
    book.see(depth({9: 5, 7: 2}, {}, update_id=5, is_snapshot=True))
    book.check({9: 5, 7: 2, 6: 1}, {11: 5, 12: 4, 13: 1})
    assert book.see(depth({1: 1}, {}, update_id=4, is_snapshot=True)) == []
    assert book.shaped.stale_messages == 1


@pytest.mark.parametrize(
    ("price", "quantity", "taker", "bids", "asks", "commands"),
    [
        (9, 2, Side.SELL, {9: 3, 8: 4}, {11: 5, 12: 4}, 1),
        (9, 5, Side.SELL, {8: 4}, {11: 5, 12: 4}, 1),
        (9, 6, Side.SELL, {8: 4}, {11: 5, 12: 4}, 3),
        (8, 1, Side.SELL, {8: 3}, {11: 5, 12: 4}, 2),
        (7, 1, Side.SELL, {}, {11: 5, 12: 4}, 4),
        (11, 4, Side.BUY, {9: 5, 8: 4}, {11: 1, 12: 4}, 1),
        (12, 9, Side.BUY, {9: 5, 8: 4}, {}, 4),
        (9, 1, Side.BUY, {8: 4}, {11: 5, 12: 4}, 3),
        (8, 1, Side.BUY, {}, {11: 5, 12: 4}, 4),
        (12, 1, Side.SELL, {9: 5, 8: 4}, {}, 4),
    ],
)
def test_a_trade_is_made_with_one_maker_order(
    book: Book, price: int, quantity: int, taker: Side, bids: dict[int, int], asks: dict[int, int], commands: int
) -> None:
    assert len(book.see(trade(price, quantity, taker=taker))) == commands
    assert book.trades == [(price * ONE, quantity, taker)]
    book.check(bids, asks)


def test_a_disturbed_level_is_made_anew_by_the_next_word_about_it(book: Book) -> None:
    book.shaped.disturb(Side.BUY, 9 * ONE)
    book.shaped.disturb(Side.BUY, 7 * ONE)
    assert len(book.see(depth({9: 5, 8: 4}, {}))) == 2
    book.check({9: 5, 8: 4}, {11: 5, 12: 4})


def test_a_full_side_takes_no_further_levels_but_trades_go_on(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "LEVELS_MAX", 2)
    book.see(depth({7: 1, 9: 1}, {}))
    book.check({9: 1, 8: 4}, {11: 5, 12: 4})
    assert book.shaped.levels_passed_over == 1
    book.see(trade(10, 1, taker=Side.SELL))
    assert len(book.trades) == 1


def test_orders_of_different_symbols_never_share_a_name() -> None:
    def names() -> Iterator[str]:
        for symbol in (0, 1):
            for command in ShapedBook(symbol, MAKER, TAKER).shape(depth({9: 5, 8: 4}, {11: 5})):
                assert isinstance(command, PlaceOrder)
                yield command.order.client_order_id

    assert len(set(names())) == 6


PRICES = st.integers(1, 12)
SIDES = st.dictionaries(PRICES, st.integers(0, 3), max_size=5)
IDS = st.integers(0, 20)


def _ticker(bid: int, width: int, quantity: int, update_id: int) -> RecordedTicker:
    return ticker((bid, quantity), (bid + width, quantity), update_id)


MESSAGES = st.one_of(
    st.builds(depth, SIDES, SIDES, IDS, is_snapshot=st.booleans()),
    st.builds(_ticker, PRICES, st.integers(1, 4), st.integers(1, 3), IDS),
    st.builds(trade, PRICES, st.integers(1, 4), taker=st.sampled_from(Side)),
)


@given(st.lists(MESSAGES, max_size=30))
def test_whatever_is_recorded_the_book_is_never_crossed_and_every_trade_is_made(messages: list[Message]) -> None:
    book = Book()
    for message in messages:
        book.see(message)
    made = [(m.price, m.quantity, m.buyer_is_maker) for m in messages if isinstance(m, RecordedTrade)]
    assert [(price, quantity, side is Side.SELL) for price, quantity, side in book.trades] == made
