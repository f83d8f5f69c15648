"""The encoder against a reader that shares nothing with it: every message of both schemas, and what does not fit."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rialto.wire.decimals import to_text
from rialto.wire.sbe.answers import spot_codec, stream_codec
from rialto.wire.sbe.codec import Codec
from rialto.wire.sbe.readers import Unrepresentable
from tests.sbe import INTEGERS, MBX, MESSAGE, decode, schema, spelled, spelled_of
from tests.twins import ITSELF, check

UNITS_MAX = 2**63 - 1
FILES = {"spot_3_5.xml": spot_codec, "stream_1_0.xml": stream_codec}
CASES = [(file, each.attrib["name"]) for file in FILES for each in schema(file).iter(MESSAGE)]
TEXT = st.text("abcXYZ0189-_ü", min_size=1, max_size=20)


def decimals(units_max: int) -> st.SearchStrategy[str]:
    return st.integers(-units_max, units_max).map(to_text)


class Values:
    """Draws JSON for a message, as its schema says where what stands."""

    def __init__(self, file: str) -> None:
        root = schema(file)
        self.types = {each.attrib["name"]: each for types in root.iter("types") for each in types}

    def entry(self, element: ET.Element, draw: Any, message: str) -> Any:
        paths = {each.get(f"{MBX}jsonPath") for each in element}
        if "[]" in paths:
            row = [self.field(each, draw) for each in element if each.get(f"{MBX}jsonPath") == "[]"]
            return [*row, "0"] if message == "KlinesResponse" else row
        value: Any = {"count": 1} if any(each.get("name") == "priceChange" for each in element) else {}
        for each in element:
            path = each.get(f"{MBX}jsonPath", each.attrib["name"])
            if each.get("type") == "exponent8":
                continue
            drawn = self.part(each, draw, message)
            if path == ".." or (message, each.get("name")) in ITSELF:
                return drawn
            if drawn is not None:
                place(value, message, element, path, drawn)
        return value

    def part(self, each: ET.Element, draw: Any, message: str) -> Any:
        if each.tag == "group":
            return [self.entry(each, draw, message) for _ in range(draw(st.integers(0, 2)))]
        if each.tag == "data":
            return self.data(each, draw)
        return self.field(each, draw)

    def data(self, each: ET.Element, draw: Any) -> Any:
        _, content = self.types[each.attrib["type"]]
        if each.attrib["type"].startswith("optional") and draw(st.booleans()):
            return None
        if content.get("characterEncoding"):
            return draw(TEXT)
        return {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 7} if each.get("name") != "result" else encoded_time()

    def field(self, each: ET.Element, draw: Any) -> Any:
        declared = self.types.get(each.attrib["type"])
        if each.get("presence") == "constant":
            name = spelled(self.types, each.attrib["valueRef"])
            return True if name == "True" else name
        if each.get("presence") == "optional" and draw(st.booleans()):
            return None
        if declared is not None and declared.tag == "enum":
            value = draw(st.sampled_from([spelled_of(value) for value in declared]))
            return value == "True" if value in ("True", "False") else value
        if declared is not None and declared.tag == "set":
            return draw(st.lists(st.sampled_from([spelled_of(value) for value in declared]), unique=True))
        primitive = each.attrib["type"] if declared is None else declared.attrib["primitiveType"]
        if each.get(f"{MBX}exponent"):
            return draw(decimals(2**100 if declared is not None and declared.get("length") else UNITS_MAX))
        if primitive == "float":
            return draw(st.integers(-99_999, 99_999).map(lambda units: f"{units}e-3"))
        bits = 8 * INTEGERS[primitive] - (primitive[0] == "i")
        return draw(st.integers(1, 2**bits - 2))


def place(value: dict[str, Any], message: str, element: ET.Element, path: str, drawn: Any) -> None:
    """Put a value where JSON has it."""
    is_amended = message == "OrderAmendKeepPriorityResponse" and element.tag == MESSAGE
    if is_amended and path not in ("transactTime", "executionId", "listStatus", "relatedOrders"):
        path = f"amendedOrder.{path}"
    first, _, rest = path.partition(".")
    if rest:
        value.setdefault(first, {})[rest] = drawn
    else:
        value[first] = drawn


def encoded_time() -> bytes:
    return spot_codec().encode("ServerTimeResponse", {"serverTime": 1})


@pytest.mark.parametrize(("file", "message"), CASES, ids=[name for _, name in CASES])
@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data())
def test_every_message_says_what_it_was_given(file: str, message: str, data: st.DataObject) -> None:
    element = next(each for each in schema(file).iter(MESSAGE) if each.get("name") == message)
    value = Values(file).entry(element, data.draw, message)
    decoded = decode(FILES[file]().encode(message, value), file)
    assert decoded.message == message
    if message == "WebSocketResponse":
        assert decoded.pop("result") == {"serverTime": 1}
        value.pop("result")
    check(decoded, value, message)


ORDER = {
    "symbol": "BTCUSDT",
    "orderId": 7,
    "orderListId": -1,
    "clientOrderId": "mine",
    "transactTime": 1_700_000_000_000_000,
    "price": "234.56000000",
    "origQty": "0.00010000",
    "executedQty": "0.00000000",
    "origQuoteOrderQty": "0.00000000",
    "cummulativeQuoteQty": "0.00000000",
    "status": "NEW",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "workingTime": 1_700_000_000_000_000,
    "selfTradePreventionMode": "EXPIRE_MAKER",
    "fills": [],
}


def test_a_new_order_is_written_byte_for_byte_as_the_exchange_does() -> None:
    """Laid out like a reply that a client of the original recorded, with the one field that was added since."""
    time, price = "00401e18240a0600", "0028167605000000"
    none, zero = "0000000000000080", "0000000000000000"
    expected = [
        *("9a00", "2e01", "0300", "0500"),
        *("f8", "f8", "0700000000000000", none, time),
        *(price, "1027000000000000", zero, zero),
        *("00", "00", "01", "00", none, none, none, time, none, none, "00000080", "01", "01", "03"),
        *(none, zero, "00", zero, "ff", "ff", "ff", none, "ff"),
        *("2a00", "00000000", "2800", "00000000"),
        *("07", b"BTCUSDT".hex(), "04", b"mine".hex()),
    ]
    assert spot_codec().encode("NewOrderFullResponse", ORDER).hex() == "".join(expected)


def test_what_is_usual_is_stated_and_what_is_not_there_is_none() -> None:
    decoded = decode(spot_codec().encode("NewOrderFullResponse", ORDER))
    assert (decoded["orderCapacity"], decoded["workingFloor"], decoded["usedSor"]) == ("PRINCIPAL", "EXCHANGE", False)
    assert (decoded["orderListId"], decoded["stopPrice"], decoded["expiryReason"]) == (None, None, None)


def test_a_word_the_schema_does_not_know_is_said_to_be_one() -> None:
    decoded = decode(spot_codec().encode("NewOrderFullResponse", ORDER | {"status": "PAUSED"}))
    assert decoded["status"] == "NON_REPRESENTABLE"
    filters = {"exchangeFilters": [{"filterType": "SOMETHING_NEW"}], "symbolFilters": [], "assetFilters": []}
    (shown,) = decode(spot_codec().encode("MyFiltersResponse", filters))["exchangeFilters"]
    assert shown["filter"].message == "NonRepresentableMessage"


def balance(free: str, locked: str = "0.00000000") -> dict[str, Any]:
    return {"asset": "SHIB", "free": free, "locked": locked}


@pytest.mark.parametrize(
    ("free", "exponent"),
    [
        ("92233720368.54775807", -8),
        ("92233720368.54775810", -7),
        ("589735030408322.50000000", -4),
        ("589735030408322000000.00000000", 2),
    ],
)
def test_large_decimals_have_coarser_exponents_and_stay_exact(free: str, exponent: int) -> None:
    codec = Codec(spot_codec().schema)
    event = {"E": 1, "u": 2, "B": [{"a": "SHIB", "f": free, "l": "0.00000000"}, {"a": "BTC", "f": "0.5", "l": "0"}]}
    encoded = codec.encode("OutboundAccountPositionEvent", event)
    decoded = decode(encoded)
    check(decoded, event, "balances")
    assert decoded["balances"][0]["free"].as_tuple().exponent == exponent
    assert decoded["balances"][1]["free"].as_tuple().exponent == -8


@pytest.mark.parametrize(
    "event",
    [
        [{"a": "SHIB", "f": "92233720368.54775809", "l": "0"}],
        [{"a": "SHIB", "f": "589735030408322.00000000", "l": "0.00000001"}],
        [{"a": "SHIB", "f": "1"}],
        [{"a": "S" * 255, "f": "1", "l": "1"}],
    ],
)
def test_what_has_no_room_is_refused_and_never_rounded(event: list[dict[str, str]]) -> None:
    with pytest.raises(Unrepresentable):
        spot_codec().encode("OutboundAccountPositionEvent", {"E": 1, "u": 2, "B": event})


def test_a_number_too_large_for_its_field_is_refused() -> None:
    with pytest.raises(Unrepresentable):
        spot_codec().encode("NewOrderFullResponse", ORDER | {"orderId": 2**63})


def test_a_change_of_zero_is_none_only_where_nothing_traded() -> None:
    figures = ("weightedAvgPrice", "openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume")
    ticker: dict[str, Any] = dict.fromkeys(figures, "1.00000000")
    ticker |= {"symbol": "A", "priceChange": "0.00000000", "priceChangePercent": "0.000", "openTime": 1, "closeTime": 2}
    for count, shown in ((0, None), (1, 0)):
        decoded = decode(spot_codec().encode("TickerSymbolFullResponse", ticker | {"count": count}))
        assert (decoded["priceChange"], decoded["priceChangePercent"]) == (shown, shown)
