"""The published dictionaries, read: messages, groups within groups, and how they are written."""

import pytest

from rialto.fix.dictionary import Group, market_data_dictionary, order_entry_dictionary
from rialto.fix.limits import FixLimits
from rialto.fix.service import ServiceKind, services


def test_components_stand_where_they_are_named() -> None:
    orders = order_entry_dictionary()
    layout = orders.messages["D"]
    names = [member.name for member in layout.members]
    assert names[:6] == ["ClOrdID", "OrderQty", "OrdType", "ExecInst", "Price", "TriggerType"]
    assert names[-2:] == ["SelfTradePreventionMode", "SOR"]
    assert layout.required == (11, 40, 54, 55)


def test_groups_hold_groups() -> None:
    orders = order_entry_dictionary()
    group = orders.messages["E"].by_tag[73]
    assert isinstance(group, Group)
    assert group.delimiter == 11
    inner = group.layout.by_tag[25010]
    assert isinstance(inner, Group)
    assert inner.layout.required == (25011, 25012, 25013)
    written = orders.write(
        "N",
        {
            "ListStatusType": 4,
            "ListOrderStatus": 3,
            "NoOrders": [
                {"ClOrdID": "a", "Symbol": "BTCUSDT"},
                {"ClOrdID": "b", "Symbol": "BTCUSDT", "NoListTriggeringInstructions": [
                    {"ListTriggerType": 3, "ListTriggerTriggerIndex": 0, "ListTriggerAction": 1}
                ]},
            ],
        },
    )  # fmt: skip
    assert written.replace(b"\x01", b"|") == (
        b"429=4|431=3|73=2|11=a|55=BTCUSDT|11=b|55=BTCUSDT|25010=1|25011=3|25012=0|25013=1|"
    )


def test_words_and_values_stand_for_each_other() -> None:
    orders = order_entry_dictionary()
    assert orders.code("TimeInForce", "FILL_OR_KILL") == "4"
    assert orders.field("TimeInForce").words["4"] == "FILL_OR_KILL"
    with pytest.raises(KeyError):
        orders.code("TimeInForce", "GOOD_TILL_DATE")


def test_every_message_a_service_takes_is_in_its_dictionary() -> None:
    described = services(FixLimits())
    assert set(described) == set(ServiceKind)
    for service in described.values():
        assert service.taken <= set(service.dictionary.messages)
    assert "V" in market_data_dictionary().messages
    assert "V" not in order_entry_dictionary().messages
