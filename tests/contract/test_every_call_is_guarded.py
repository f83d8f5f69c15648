"""Every declared call: refused without a key, without its permission, out of time, and with what is not declared."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest_asyncio

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.identity.restrictions import Permission
from rialto.wire.endpoints import Endpoint, Security
from tests.gateway import Trader
from tests.whole_exchange import Whole, whole_exchange

SIGNED = [each for each in ENDPOINTS if each.is_http and each.is_signed]
PERMITTING: dict[Security, Permission] = {
    Security.USER_DATA: Permission.READ,
    Security.USER_STREAM: Permission.READ,
    Security.TRADE: Permission.TRADE,
    Security.MARGIN: Permission.MARGIN,
    Security.TRANSFER: Permission.TRANSFER,
    Security.WITHDRAW: Permission.WITHDRAW,
}
UNLIMITED = {
    "request_weight_per_minute_max": 100_000_000,
    "endpoint_weight_per_address_max": 100_000_000,
    "endpoint_weight_per_owner_max": 100_000_000,
    "ban_after_refusals": 0,
}


@pytest_asyncio.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path, **UNLIMITED) as running:
        yield running


def parameters_of(endpoint: Endpoint[Any]) -> dict[str, str]:
    """Make up something for what must be sent: whether it means anything does not matter to who may not call."""
    return {each.name: example(each.kind.schema()) for each in endpoint.reader.parameters if each.is_required}


HASH = "^[0-9a-f]{64}$"


def example(schema: dict[str, object]) -> str:
    words = schema.get("enum") or schema.get("examples")
    if isinstance(words, list):
        return str(words[0])
    if schema.get("type") == "integer":
        return str(max(1, int(str(schema.get("minimum", 1)))))
    if schema.get("pattern") == HASH:
        return "0" * 64
    return "true" if schema.get("type") == "boolean" else "1"


async def refused(whole: Whole, endpoint: Endpoint[Any], query: str, headers: dict[str, str]) -> tuple[int, int]:
    response = await whole.client.request(endpoint.method, f"{endpoint.path}?{query}", headers=headers)
    answer = response.json()
    assert set(answer) <= {"code", "msg", "data"}, (endpoint, answer)
    return response.status_code, answer["code"]


async def test_nobody_comes_in_without_a_key(whole: Whole) -> None:
    for endpoint in SIGNED:
        query = urlencode({**parameters_of(endpoint), "timestamp": time.time_ns() // 1_000_000, "signature": "0" * 64})
        status, _ = await refused(whole, endpoint, query, {})
        assert status in (400, 401, 403), endpoint


async def test_no_key_opens_what_is_for_browsers_alone(whole: Whole) -> None:
    alice = await whole.trader("alice", list(Permission))
    tried = 0
    for endpoint in SIGNED:
        if endpoint.security in (Security.SESSION, Security.OPERATOR):
            response = await alice.send(endpoint.method, endpoint.path, parameters_of(endpoint))
            assert response.status_code in (400, 401, 403), (endpoint, response.text)
            assert "data" not in response.json(), endpoint
            tried += 1
    assert tried >= 20


async def test_a_key_does_only_what_it_is_permitted(whole: Whole) -> None:
    for permission in dict.fromkeys(PERMITTING.values()):
        others = [each for each in Permission if each is not permission]
        trader = await whole.trader(f"all but {permission.value}", others, USDT="100")
        for endpoint in SIGNED:
            if PERMITTING.get(endpoint.security) is permission:
                response = await trader.send(endpoint.method, endpoint.path, parameters_of(endpoint))
                code = response.json()["code"]
                # What is wrong with the made-up parameters may be said first; nothing else may.
                assert code == -2015 or -1200 < code <= -1100, (endpoint, response.text)


async def test_a_signature_is_worth_nothing_after_its_window(whole: Whole) -> None:
    alice = await whole.trader("alice", list(Permission))
    old = time.time_ns() // 1_000_000 - 60_001
    for endpoint in SIGNED:
        query = urlencode({**parameters_of(endpoint), "timestamp": old, "recvWindow": 60_000})
        signed = f"{query}&signature={quote(alice.sign(query), safe='')}"
        status, code = await refused(whole, endpoint, signed, {"X-MBX-APIKEY": alice.key.key})
        browsers_only = endpoint.security in (Security.SESSION, Security.OPERATOR)
        assert status in (400, 401, 403), endpoint
        assert browsers_only or code == -1021 or -1200 < code <= -1100, (endpoint, code)


async def test_a_signature_covers_every_parameter(whole: Whole) -> None:
    alice = await whole.trader("alice", list(Permission))
    for endpoint in SIGNED:
        query = urlencode({**parameters_of(endpoint), "timestamp": time.time_ns() // 1_000_000})
        tampered = f"{query}0&signature={quote(alice.sign(query), safe='')}"
        status, _ = await refused(whole, endpoint, tampered, {"X-MBX-APIKEY": alice.key.key})
        assert status in (400, 401, 403), endpoint


async def test_what_is_not_declared_is_refused(whole: Whole) -> None:
    """No call takes a parameter beyond those it declares: nobody sets what is not theirs to set."""
    alice: Trader = await whole.trader("alice", list(Permission))
    for endpoint in SIGNED:
        if endpoint.security in (Security.SESSION, Security.OPERATOR):
            continue
        sent = {**parameters_of(endpoint), "owner": "1", "isAdmin": "true", "status": "1"}
        response = await alice.send(endpoint.method, endpoint.path, sent)
        assert response.status_code == 400, (endpoint, response.text)
        assert -1200 < response.json()["code"] <= -1100, (endpoint, response.text)


async def test_the_document_describes_every_family(whole: Whole) -> None:
    document = (await whole.client.get("/api/v3/openapi.json")).json()
    for endpoint in ENDPOINTS:
        if endpoint.is_http:
            assert endpoint.method.lower() in document["paths"][endpoint.path], endpoint
    assert (await whole.client.get("/docs")).status_code == 200
