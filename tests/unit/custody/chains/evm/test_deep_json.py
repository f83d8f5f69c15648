"""JSON without recursion reads what other readers read, and what they cannot."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.custody.chains.adapter import NodeUnavailable
from rialto.custody.chains.evm.deep_json import parsed
from rialto.custody.chains.evm.traces import decode_debug, read_debug

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def same(found: dict[str, Any]) -> dict[str, Any]:
    return found


@given(values, st.sampled_from([None, 2]), st.booleans())
def test_it_reads_what_others_read(value: Any, indent: int | None, ascii_only: bool) -> None:
    assert parsed(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode(), same) == value


def test_depth_is_no_bound() -> None:
    found = parsed(b'{"calls":[' * 50_000 + b"{}" + b"]}" * 50_000, lambda made: made.get("calls", [0])[0] + 1)
    assert found == 50_001


@pytest.mark.parametrize(
    "text", [b"", b"[", b'{"a"', b"]", b"[}", b"{]", b'{"a": 1', b"[1, x]", b'"a', b"{1: 2}", b"{[]: 1}"]
)
def test_what_is_none_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed(text, same)


@pytest.mark.parametrize("depth", [1, 5_000])
def test_traces_of_any_depth_are_read(depth: int) -> None:
    outer = b'{"type":"CALL","from":"0x%040x","to":"0x%040x","value":"0x1","input":"0xff","calls":[' % (1, 2)
    body = b'{"jsonrpc":"2.0","id":1,"result":[{"txHash":"0xab","result":' + outer * depth + b"]}" * depth + b"}]}"
    reply = decode_debug(body)
    assert reply.result is not None
    paid = read_debug(reply.result, ["0xab"])
    assert len(paid) == depth
    assert paid[-1].place == ":".join(["call", ".".join("0" * (depth - 1))][: 1 + (depth > 1)])


def test_refusals_of_any_kind_are_read() -> None:
    refused = decode_debug(b'{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}')
    assert (refused.result, refused.error and refused.error.code) == (None, -32601)
    for body in (
        b"",
        b"[]",
        b'{"result": 5}',
        b"<html>",
        b'{"result":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b"[" * 5_000,
    ):
        with pytest.raises(NodeUnavailable, match="do not read"):
            decode_debug(body)
