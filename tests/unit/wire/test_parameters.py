"""The reader of an endpoint's parameters: order of checks, messages, and struct declarations."""

from typing import Annotated

import pytest

from rialto.wire import errors
from rialto.wire.endpoints import SIGNED_NAMES
from rialto.wire.errors import ApiError
from rialto.wire.kinds import SYMBOL_RANGE, Integer, Text
from rialto.wire.parameters import NoParameters, ParameterReader, Parameters


class Example(Parameters, frozen=True):
    symbol: Annotated[str, Text(SYMBOL_RANGE)]
    from_id: Annotated[int, Integer()] | None = None
    limit: Annotated[int, Integer(1, 1000, clamp=True)] = 500

    def check(self) -> None:
        if self.from_id == 13:
            raise errors.bad_combination()


READER = ParameterReader(Example)
SIGNED_READER = ParameterReader(Example, SIGNED_NAMES)


def check(
    pairs: dict[str, str], expected: Example | tuple[int, str], reader: ParameterReader[Example] = READER
) -> None:
    if isinstance(expected, Example):
        assert reader.read(pairs) == expected
        return
    with pytest.raises(ApiError) as refused:
        reader.read(pairs)
    assert (refused.value.code, refused.value.message) == expected


def test_names_are_in_camel_case_and_defaults_hold() -> None:
    check({"symbol": "A"}, Example(symbol="A"))
    check({"symbol": "A", "fromId": "7", "limit": "3"}, Example(symbol="A", from_id=7, limit=3))


def test_a_mandatory_parameter_must_be_sent() -> None:
    check({}, (-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."))


def test_a_parameter_without_value_is_empty() -> None:
    check({"symbol": ""}, (-1105, "Parameter 'symbol' was empty."))
    check({"symbol": "A", "limit": ""}, (-1105, "Parameter 'limit' was empty."))


def test_more_parameters_than_declared_are_too_many() -> None:
    pairs = {"symbol": "A", "a": "1", "b": "1", "c": "1"}
    check(pairs, (-1101, "Too many parameters; expected '3' and received '4'."))


def test_an_unknown_parameter_is_left_unread() -> None:
    pairs = {"symbol": "A", "Limit": "1"}
    check(pairs, (-1104, "Not all sent parameters were read; read '1' parameter(s) but was sent '2'."))


def test_a_missing_parameter_is_told_before_an_unknown_one() -> None:
    check({"limitt": "1"}, (-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."))


def test_values_that_do_not_go_together_are_refused_last() -> None:
    check({"symbol": "A", "fromId": "13"}, (-1128, "Combination of optional parameters invalid."))


def test_what_a_signed_request_carries_is_counted_but_not_kept() -> None:
    signed = {"timestamp": "1", "recvWindow": "1", "signature": "x"}
    check({"symbol": "A", **signed}, Example(symbol="A"), SIGNED_READER)
    pairs = {"symbol": "A", "timestamp": "1", "other": "1"}
    message = "Not all sent parameters were read; read '2' parameter(s) but was sent '3'."
    check(pairs, (-1104, message), SIGNED_READER)
    check({"symbol": "A", "timestamp": "1"}, (-1104, message.replace("'2'", "'1'").replace("'3'", "'2'")))


def test_an_endpoint_without_parameters_takes_none() -> None:
    assert ParameterReader(NoParameters).read({}) == NoParameters()
    with pytest.raises(ApiError, match="expected '0' and received '1'"):
        ParameterReader(NoParameters).read({"a": "1"})


def test_a_field_without_a_kind_is_a_mistake_of_the_declaration() -> None:
    class Unkind(Parameters, frozen=True):
        symbol: str

    with pytest.raises(TypeError, match=r"Unkind\.symbol states no kind"):
        ParameterReader(Unkind)
