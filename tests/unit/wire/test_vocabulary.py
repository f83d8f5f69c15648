"""Spellings cover the core's words, both ways."""

import msgspec
import pytest

from rialto.contracts.vocabulary import OrderState, OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce
from rialto.wire import vocabulary

ORDER = OrderState(
    1,
    0,
    5,
    "a",
    Side.BUY,
    OrderType.LIMIT,
    TimeInForce.GOOD_TILL_CANCELED,
    "1",
    "1",
    "0",
    "0",
    "0",
    SelfTradePrevention.NONE,
    "0",
    0,
    OrderStatus.NEW,
    1,
    1,
)


def test_every_word_of_the_core_has_a_spelling() -> None:
    assert set(vocabulary.SIDE_NAMES) == set(Side)
    assert set(vocabulary.TIME_IN_FORCE_NAMES) == set(TimeInForce)
    assert set(vocabulary.ORDER_TYPE_NAMES) == set(OrderType)
    assert set(vocabulary.STATUS_NAMES) == set(OrderStatus)
    assert set(vocabulary.SELF_TRADE_PREVENTION_NAMES) == set(SelfTradePrevention)


def test_spellings_are_read_as_they_are_written() -> None:
    assert {vocabulary.SIDE_NAMES[side]: side for side in Side} == vocabulary.SIDES
    assert {vocabulary.TIME_IN_FORCE_NAMES[each]: each for each in TimeInForce} == vocabulary.TIMES_IN_FORCE


@pytest.mark.parametrize(
    ("order_type", "time_in_force", "expected"),
    [
        (OrderType.MARKET, TimeInForce.GOOD_TILL_CANCELED, "INSUFFICIENT_LIQUIDITY"),
        (OrderType.LIMIT, TimeInForce.FILL_OR_KILL, "UNFILLED_FOK_ORDER_EXPIRED"),
        (OrderType.LIMIT, TimeInForce.IMMEDIATE_OR_CANCEL, "UNFILLED_IOC_QUANTITY_EXPIRED"),
    ],
)
def test_an_expired_order_says_why(order_type: OrderType, time_in_force: TimeInForce, expected: str) -> None:
    order = msgspec.structs.replace(
        ORDER, order_type=order_type, time_in_force=time_in_force, status=OrderStatus.EXPIRED
    )
    assert vocabulary.expiry_reason(order) == expected
    assert vocabulary.expiry_reason(msgspec.structs.replace(order, status=OrderStatus.CANCELED)) is None
