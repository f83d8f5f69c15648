"""Every kind of parameter: what it reads, and which error it gives for the rest."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.wire import kinds
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.kinds import Kind
from rialto.wire.vocabulary import INTERVALS, TickerType

SYMBOLS = kinds.Names(kinds.SYMBOLS_RANGE, 3)
INTERVAL = kinds.Choice(dict.fromkeys(INTERVALS, 1), ErrorCode.BAD_INTERVAL.error)
ALL: list[Kind[Any]] = [
    kinds.Text(kinds.SYMBOL_RANGE),
    kinds.Text(kinds.CLIENT_ORDER_ID_RANGE),
    kinds.Integer(1, 1000, clamp=True),
    kinds.Integer(),
    kinds.Decimal("Invalid price."),
    kinds.Choice(TickerType),
    INTERVAL,
    kinds.Boolean(),
    kinds.Timestamp(),
    SYMBOLS,
    kinds.WordOrWords(("SPOT", "MARGIN")),
    kinds.UtcOffset(),
]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (kinds.Text(kinds.SYMBOL_RANGE), "BTC-USDT_2.5", "BTC-USDT_2.5"),
        (kinds.Text(kinds.CLIENT_ORDER_ID_RANGE), "x-R4:a/b.c_9", "x-R4:a/b.c_9"),
        (kinds.Integer(1, 1000, clamp=True), "5000", 1000),
        (kinds.Integer(1, 1000), "0001", 1),
        (kinds.Integer(), "9223372036854775807", 2**63 - 1),
        (kinds.Decimal(), "0.0", "0.0"),
        (kinds.Choice(TickerType), "MINI", TickerType.MINI),
        (kinds.Boolean(), "True", True),
        (kinds.Boolean(), "false", False),
        (kinds.Timestamp(), "1499827319559", 1499827319559000),
        (kinds.Timestamp(), "1499827319559001", 1499827319559001),
        (kinds.Timestamp(), "0", 0),
        (kinds.Timestamp(is_end=True), "1499827319559", 1499827319559999),
        (kinds.Timestamp(is_end=True), "1499827319559001", 1499827319559001),
        (SYMBOLS, '["BTCUSDT","BNBBTC"]', ("BTCUSDT", "BNBBTC")),
        (kinds.WordOrWords(("SPOT", "MARGIN")), "SPOT", frozenset({"SPOT"})),
        (kinds.WordOrWords(("SPOT", "MARGIN")), '["SPOT","MARGIN"]', frozenset({"SPOT", "MARGIN"})),
        (kinds.UtcOffset(), "0", 0),
        (kinds.UtcOffset(), "8", 8 * 3600),
        (kinds.UtcOffset(), "-1:00", -3600),
        (kinds.UtcOffset(), "05:45", 5 * 3600 + 45 * 60),
        (kinds.UtcOffset(), "+14:00", 14 * 3600),
        (kinds.UtcOffset(), "-12", -12 * 3600),
    ],
)
def test_values(kind: Kind[object], text: str, expected: object) -> None:
    assert kind.read("name", text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "code", "message"),
    [
        (
            kinds.Text(kinds.SYMBOL_RANGE),
            "btcusdt",
            -1100,
            "Illegal characters found in parameter 'name'; legal range is '^[A-Z0-9-_.]{1,20}$'.",
        ),
        (kinds.Text(kinds.SYMBOL_RANGE), "A" * 21, -1100, None),
        (kinds.Text(kinds.SYMBOL_RANGE), "BTCUSDT\n", -1100, None),
        (kinds.Text(kinds.CLIENT_ORDER_ID_RANGE), "a" * 37, -1100, None),
        (kinds.Text(kinds.CLIENT_ORDER_ID_RANGE), "ä", -1100, None),
        (
            kinds.Integer(),
            "1.5",
            -1100,
            "Illegal characters found in parameter 'name'; legal range is '^[0-9]{1,20}$'.",
        ),
        (kinds.Integer(), "-1", -1100, None),
        (kinds.Integer(), "²", -1100, None),
        (kinds.Integer(), "9" * 21, -1100, None),
        (kinds.Integer(), "9223372036854775808", -1108, "Parameter 'name' overflowed."),
        (kinds.Integer(1, 1000, clamp=True), "0", -1130, "Data sent for parameter 'name' is not valid."),
        (kinds.Integer(1, 100), "101", -1130, None),
        (kinds.Decimal("Invalid price."), "0.000", -1013, "Invalid price."),
        (INTERVAL, "7m", -1120, "Invalid interval."),
        (INTERVAL, "1D", -1120, None),
        (kinds.Choice(TickerType), "mini", -1130, None),
        (kinds.Boolean(), "1", -1130, None),
        (SYMBOLS, "BTCUSDT", -1100, None),
        (SYMBOLS, '["BTCUSDT", "BNBBTC"]', -1100, None),
        (SYMBOLS, '["BTCUSDT","BTCUSDT"]', -1151, "Symbol is present multiple times in the list."),
        (
            SYMBOLS,
            '["A","B","C","D"]',
            -1101,
            "Too many values sent for parameter 'name', maximum allowed up to 3.",
        ),
        (SYMBOLS, "[]", -1105, "Parameter 'name' was empty."),
        (kinds.WordOrWords(("SPOT",)), "MARGIN", -1130, None),
        (kinds.WordOrWords(("SPOT",)), '["SPOT"', -1130, None),
        (kinds.WordOrWords(("SPOT",)), "[]", -1130, None),
        (kinds.UtcOffset(), "14:01", -1130, None),
        (kinds.UtcOffset(), "-12:01", -1130, None),
        (kinds.UtcOffset(), "5:60", -1130, None),
        (kinds.UtcOffset(), "Europe/Paris", -1130, None),
    ],
)
def test_refusals(kind: Kind[object], text: str, code: int, message: str | None) -> None:
    with pytest.raises(ApiError) as refused:
        kind.read("name", text)
    assert refused.value.code == code
    if message is not None:
        assert refused.value.message == message


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: type(kind).__name__)
@given(text=st.text(min_size=1) | st.from_regex(r'[\[\]"0-9A-Z:.,+-]{1,30}', fullmatch=True))
def test_nothing_but_a_value_or_an_api_error_comes_out(kind: Kind[object], text: str) -> None:
    with contextlib.suppress(ApiError):
        kind.read("name", text)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: type(kind).__name__)
def test_kinds_describe_themselves(kind: Kind[object]) -> None:
    assert kind.schema()["type"] in {"string", "integer", "boolean"}


def test_what_is_written_for_others_turns_no_text_beside_it() -> None:
    label, body = kinds.Text(kinds.line(8)), kinds.Text(kinds.line(8, least=0, breaks=True))
    for text in ("Zo\u00eb", "\u0645\u0631\u062d\u0628\u0627", "a\u200db"):
        assert label.read("label", text) == text
    assert body.read("body", "a\nb") == "a\nb"
    assert body.read("body", "") == ""
    for text in ("", "a\nb", "\u202e", "a\u2066", "\u202ab", "\x7f", "123456789"):
        with pytest.raises(ApiError):
            label.read("label", text)
