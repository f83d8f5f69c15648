"""Raw parameters: decoding, duplicates, and what a signature covers."""

import contextlib
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.wire import query_string
from rialto.wire.errors import ApiError

# The key and the signatures the API publishes as examples.
SECRET = b"NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
ASCII = (
    b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
)
ASCII_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
ENCODED = ASCII.replace(b"LTCBTC", b"%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96")
ENCODED_SIGNATURE = "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"
MIXED = (
    b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC",
    b"quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559",
)
MIXED_SIGNATURE = "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"


def signature_of(payload: bytes) -> str:
    return hmac.new(SECRET, payload, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        (ASCII + b"&signature=" + ASCII_SIGNATURE.encode(), b"", ASCII_SIGNATURE),
        (b"", ASCII + b"&signature=" + ASCII_SIGNATURE.encode(), ASCII_SIGNATURE),
        (b"signature=" + ASCII_SIGNATURE.encode(), ASCII, ASCII_SIGNATURE),
        (b"signature=x&" + ASCII, b"", ASCII_SIGNATURE),
        (ASCII.replace(b"&price", b"&signature=x&price"), b"", ASCII_SIGNATURE),
        (ENCODED + b"&signature=x", b"", ENCODED_SIGNATURE),
        (MIXED[0], MIXED[1] + b"&signature=x", MIXED_SIGNATURE),
        (MIXED[0] + b"&signature=x", MIXED[1], MIXED_SIGNATURE),
        (ASCII, b"", ASCII_SIGNATURE),
    ],
)
def test_the_published_signatures_fit(query: bytes, body: bytes, signature: str) -> None:
    assert signature_of(query_string.signed_payload(query, body)) == signature


def test_only_a_parameter_of_that_very_name_is_the_signature() -> None:
    assert query_string.signed_payload(b"mysignature=1&a=2", b"") == b"mysignature=1&a=2"
    assert query_string.signed_payload(b"a=1&signature=x", b"signature=y") == b"a=1signature=y"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {}),
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"&a=1&&b=&", {"a": "1", "b": ""}),
        (b"a", {"a": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"symbols=%5B%22BNBBTC%22,%22BTCUSDT%22%5D", {"symbols": '["BNBBTC","BTCUSDT"]'}),
        (b'symbols=["BNBBTC"]', {"symbols": '["BNBBTC"]'}),
        (b"a=1+2%2B3", {"a": "1 2+3"}),
        (b"%61=1", {"a": "1"}),
        (b"symbol=%EF%BC%91", {"symbol": "\uff11"}),
    ],
)
def test_pairs_are_decoded(raw: bytes, expected: dict[str, str]) -> None:
    assert query_string.read_pairs(raw) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a=1&a=2", -1101),
        (b"a=1&%61=2", -1101),
        (b"&".join(b"p%d=1" % number for number in range(65)), -1101),
        (b"a=%FF", -1100),
        (b"a=\xff", -1100),
    ],
)
def test_what_cannot_be_read_is_refused(raw: bytes, code: int) -> None:
    with pytest.raises(ApiError) as refused:
        query_string.read_pairs(raw)
    assert refused.value.code == code


def test_the_query_string_counts_over_the_body() -> None:
    assert query_string.merge({"a": "query"}, {"a": "body", "b": "body"}) == {"a": "query", "b": "body"}


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(query: bytes, body: bytes) -> None:
    query_string.signed_payload(query, body)
    for raw in (query, body):
        with contextlib.suppress(ApiError):
            query_string.read_pairs(raw)
