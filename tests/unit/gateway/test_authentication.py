"""Keys, times and signatures."""

from pathlib import Path

import pytest

from rialto.foundation.database import Access, open_engine
from rialto.foundation.migrating import migrate
from rialto.foundation.secrets import MasterKey
from rialto.gateway.authentication import Authenticator, Timing, key_name, read_signature, read_timing
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.identity.owners import Owners
from rialto.identity.restrictions import Permission, Restrictions
from rialto.identity.signatures import HmacVerifier, KeyType
from rialto.wire.endpoints import Security
from rialto.wire.errors import ApiError

NOW_US = 1_700_000_000_000_000

# The key the API publishes in its examples, with its signature.
PUBLISHED = ApiKey(
    key="vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    owner=1,
    permissions=frozenset((Permission.TRADE,)),
    label="published",
    created_at_us=0,
    type=KeyType.HMAC,
    verifier=HmacVerifier("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"),
)
PAYLOAD = (
    b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
)
SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"


@pytest.fixture
def keys(tmp_path: Path) -> ApiKeys:
    url = f"sqlite:///{tmp_path / 'rialto.sqlite'}"
    migrate(url)
    engine = open_engine(url, Access.DURABLE)
    Owners(engine).create("alice", 1)
    return ApiKeys(engine, MasterKey.load_or_create(tmp_path / "master.key"))


def test_the_published_signature_is_accepted_in_any_case_and_no_other(keys: ApiKeys) -> None:
    authenticator = Authenticator(keys, lambda: NOW_US)
    authenticator.check_signature(PUBLISHED, PAYLOAD, SIGNATURE)
    authenticator.check_signature(PUBLISHED, PAYLOAD, SIGNATURE.upper())
    for payload, signature in ((PAYLOAD + b"0", SIGNATURE), (PAYLOAD, SIGNATURE[:-1]), (PAYLOAD, "ä"), (PAYLOAD, "")):
        with pytest.raises(ApiError) as refused:
            authenticator.check_signature(PUBLISHED, payload, signature)
        assert (refused.value.code, refused.value.message) == (-1022, "Signature for this request is not valid.")


@pytest.mark.parametrize(
    ("permissions", "allowed"),
    [
        ({Permission.READ}, {Security.USER_DATA, Security.USER_STREAM, Security.SIGNED}),
        ({Permission.TRADE}, {Security.TRADE, Security.SIGNED}),
        (
            {Permission.READ, Permission.TRADE},
            {Security.TRADE, Security.USER_DATA, Security.USER_STREAM, Security.SIGNED},
        ),
        ({Permission.MARGIN}, {Security.MARGIN, Security.SIGNED}),
        ({Permission.TRANSFER}, {Security.TRANSFER, Security.SIGNED}),
        ({Permission.INTERNAL_TRANSFER}, {Security.SIGNED}),
        ({Permission.WITHDRAW}, {Security.WITHDRAW, Security.SIGNED}),
        ({Permission.FUTURES, Permission.OPTIONS, Permission.FIX, Permission.FIX_READ_ONLY}, {Security.SIGNED}),
        (set(Permission), set(Security) - {Security.NONE, Security.SESSION, Security.OPERATOR}),
    ],
)
def test_a_key_makes_the_calls_it_is_permitted(
    keys: ApiKeys, permissions: set[Permission], allowed: set[Security]
) -> None:
    authenticator = Authenticator(keys, lambda: NOW_US)
    key, _ = keys.create(1, "label", permissions, 1, restrictions=Restrictions.read(["127.0.0.1"], []))
    for security in set(Security) - {Security.NONE}:
        if security in allowed:
            assert authenticator.find_key(key.key, security, "127.0.0.1") is key
        else:
            with pytest.raises(ApiError) as refused:
                authenticator.find_key(key.key, security, "127.0.0.1")
            assert (refused.value.code, refused.value.status) == (-2015, 401)


def test_an_unknown_or_revoked_key_is_rejected(keys: ApiKeys) -> None:
    authenticator = Authenticator(keys, lambda: NOW_US)
    key, _ = keys.create(1, "label", [Permission.READ], 1)
    keys.revoke(key.key, 2)
    for name in (key.key, "unknown"):
        with pytest.raises(ApiError) as refused:
            authenticator.find_key(name, Security.USER_DATA, "127.0.0.1")
        assert refused.value.code == -2015


@pytest.mark.parametrize("header", [None, b"", b"with space", "schlüssel".encode(), b"k" * 129, b"a\x00b"])
def test_what_cannot_be_a_key_is_malformed(header: bytes | None) -> None:
    with pytest.raises(ApiError) as refused:
        key_name(header)
    assert (refused.value.code, refused.value.status) == (-2014, 401)
    assert refused.value.message == "API-key format invalid."


@pytest.mark.parametrize(
    ("age_us", "window_us", "message"),
    [
        (0, 5_000_000, None),
        (5_000_000, 5_000_000, None),
        (5_000_001, 5_000_000, "Timestamp for this request is outside of the recvWindow."),
        (1, 0, "Timestamp for this request is outside of the recvWindow."),
        (-999_999, 5_000_000, None),
        (-1_000_000, 60_000_000, "Timestamp for this request was 1000ms ahead of the server's time."),
    ],
)
def test_a_request_is_valid_for_its_window(keys: ApiKeys, age_us: int, window_us: int, message: str | None) -> None:
    authenticator = Authenticator(keys, lambda: NOW_US)
    timing = Timing(NOW_US - age_us, window_us)
    if message is None:
        authenticator.check_time(timing)
        return
    with pytest.raises(ApiError) as refused:
        authenticator.check_time(timing)
    assert (refused.value.code, refused.value.message) == (-1021, message)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"timestamp": "1499827319559"}, Timing(1499827319559000, 5_000_000)),
        ({"timestamp": "1499827319559001"}, Timing(1499827319559001, 5_000_000)),
        ({"timestamp": "1499827319559", "recvWindow": "60000"}, Timing(1499827319559000, 60_000_000)),
        ({"timestamp": "1499827319559", "recvWindow": "6000.346"}, Timing(1499827319559000, 6_000_346)),
        ({"timestamp": "1499827319559", "recvWindow": "0.5"}, Timing(1499827319559000, 500)),
    ],
)
def test_timing_is_read(pairs: dict[str, str], expected: Timing) -> None:
    assert read_timing(pairs) == expected


@pytest.mark.parametrize(
    ("pairs", "code", "message"),
    [
        ({}, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed."),
        ({"timestamp": ""}, -1105, "Parameter 'timestamp' was empty."),
        ({"timestamp": "now"}, -1100, None),
        ({"timestamp": "-1"}, -1100, None),
        ({"timestamp": "1", "recvWindow": ""}, -1105, None),
        ({"timestamp": "1", "recvWindow": "-5"}, -1100, None),
        ({"timestamp": "1", "recvWindow": "5000.1234"}, -1100, None),
        (
            {"timestamp": "1", "recvWindow": "60000.001"},
            -1102,
            "'recvWindow' contains unexpected value. Cannot be greater than 60000.",
        ),
        ({"timestamp": "1", "recvWindow": "9" * 20}, -1102, None),
    ],
)
def test_timing_that_cannot_be_read_is_refused(pairs: dict[str, str], code: int, message: str | None) -> None:
    with pytest.raises(ApiError) as refused:
        read_timing(pairs)
    assert refused.value.code == code
    if message is not None:
        assert refused.value.message == message


def test_a_signature_must_be_sent() -> None:
    with pytest.raises(ApiError, match="Mandatory parameter 'signature'"):
        read_signature({})
    with pytest.raises(ApiError, match="Parameter 'signature' was empty"):
        read_signature({"signature": ""})
