"""Spellings cover the core's words, both ways."""

import msgspec

from rialto.contracts.vocabulary import (
    ExpiryReason,
    OrderState,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
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


def test_an_expired_order_says_why() -> None:
    assert set(vocabulary.EXPIRY_REASON_NAMES) == set(ExpiryReason)
    order = msgspec.structs.replace(ORDER, status=OrderStatus.EXPIRED, expiry_reason=ExpiryReason.OTHER_ORDER_OF_LIST)
    assert vocabulary.expiry_reason(order) == "OCO_TRIGGER"
    assert vocabulary.expiry_reason(ORDER) is None
