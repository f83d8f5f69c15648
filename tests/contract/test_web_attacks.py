"""The classic attacks on web servers: each is refused, and costs nothing but the request.

Beside those on people's accounts (`test_people_attacks`), on every call (`test_every_call_is_guarded`) and on
connections (`test_connection_bounds`).
"""

import asyncio
import base64
import re
import time
import zlib
from collections.abc import AsyncIterator
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rialto.bootstrap.families.declarations import ENDPOINTS
from rialto.wire.endpoints import Security
from tests.contract.test_every_call_is_guarded import UNLIMITED, parameters_of
from tests.contract.test_verification import PATH, show
from tests.person import someone
from tests.whole_exchange import Whole, whole_exchange

SMUGGLED = b"GET /api/v3/smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
CALLS = [each for each in ENDPOINTS if each.is_http and each.is_signed and each.security is not Security.OPERATOR]
EVIL = {
    "a header": "x\r\nBcc: eve@example.com\r\n\r\nx",
    "a line": "x\n{'event': 'forged'}",
    "nothing": "\x00",
    "backwards": "\u202egnp.exe",
    "everything": "%",
    "a quote": "'; DROP TABLE people; --",
    "beyond 64 bits": str(2**64),
    "beyond everything": "9" * 400,
    "minus": "-9223372036854775809",
    "no number": "NaN",
    "a path": "../../../../etc/passwd",
    "a template": "{email}{0.__class__}%s%n",
    "depth": "[" * 5_000,
}


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path, **UNLIMITED, requests_per_five_minutes_max=100_000_000) as whole:
        yield whole


async def answers_to(whole: Whole, sent: bytes) -> bytes:
    """Send bytes as they are, and return all that is answered until the server closes or is silent after an answer."""
    assert whole.client.base_url.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", whole.client.base_url.port)
    writer.write(sent)
    writer.write_eof()
    async with asyncio.timeout(60):
        answered = await reader.read()
    writer.close()
    return answered


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 0\r\nContent-Length: %d\r\n",
        b"Content-Length: %d\r\nContent-Length: 0\r\n",
        b"Content-Length: 0, %d\r\n",
        b"Content-Length: +%d\r\n",
        b"Content-Length: 0x%x\r\n",
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n",
        b"Transfer-Encoding: identity, chunked\r\nContent-Length: %d\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: %d\r\n",
        b"Transfer-Encoding:\x0bchunked\r\nContent-Length: %d\r\n",
        b"Content-Length : %d\r\n",
        b"X: a\r\n Content-Length: %d\r\n",
    ],
)
async def test_no_request_hides_in_another(whole: Whole, head: bytes) -> None:
    """Whatever two servers could read differently, the second request is answered by nobody who did not see it."""
    body = b"0\r\n\r\n" + SMUGGLED
    sent = b"POST /api/v3/ping HTTP/1.1\r\nHost: a\r\n" + head.replace(b"%d", b"%d" % len(body))
    sent = sent.replace(b"%x", b"%x" % len(body)) + b"\r\n" + body
    answered = await answers_to(whole, sent)
    statuses = re.findall(rb"HTTP/1\.1 (\d{3})", answered)
    assert len(statuses) <= 1, answered
    assert b"smuggled" not in answered


@pytest.mark.parametrize(
    "head",
    [
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
        b"Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n",
    ],
)
async def test_no_connection_becomes_another_protocol(whole: Whole, head: bytes) -> None:
    answered = await answers_to(whole, b"GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n")
    assert not answered.startswith(b"HTTP/1.1 101"), answered


async def test_private_answers_are_kept_by_no_cache(whole: Whole) -> None:
    async with someone(whole) as alice:
        for endpoint in CALLS:
            if endpoint.method == "GET":
                response = await alice.send("GET", endpoint.path, **parameters_of(endpoint))
                assert "no-store" in response.headers["cache-control"], endpoint


async def test_no_parameter_is_a_way_in(whole: Whole) -> None:
    """Every parameter of every call, with what breaks others: refused or taken as a text, and never a fault of ours."""
    turn = cycle(EVIL.values())
    async with someone(whole) as alice:
        await alice.step_up()
        faults = []
        for endpoint in CALLS:
            form = parameters_of(endpoint)
            for parameter in endpoint.reader.parameters:
                # Each takes a few, and the next one goes on where this one ended.
                for value in islice(turn, 4):
                    response = await alice.send(endpoint.method, endpoint.path, **{**form, parameter.name: value})
                    is_json = response.headers["content-type"].startswith("application/json")
                    if response.status_code >= 500 or not is_json or "bcc" in response.headers:
                        faults.append(
                            f"{endpoint.method} {endpoint.path} {parameter.name}={value[:20]}: {response.text}"
                        )
        assert faults == []
        for mail in whole.exchange.parts.identity.mailer.local_mailbox():
            assert mail.subject.isprintable(), mail
            assert re.search("^Bcc:", mail.body, re.MULTILINE) is None, mail
        assert (await alice.do("GET", "/account/v1/session"))["email"] == "alice@example.com"


async def test_a_bomb_of_json_is_refused(whole: Whole) -> None:
    async with someone(whole) as alice:
        for body in ("[" * 60_000, '{"a":' * 12_000 + "1" + "}" * 12_000, '{"a":1e999999999}'):
            for path in ("/account/v1/login", "/api/v3/order", "/account/v1/keys"):
                headers = {"content-type": "application/json", "x-csrf-token": alice.session.csrf}
                response = await alice.client.post(path, content=body, headers=headers)
                assert 400 <= response.status_code < 500, response.text
        squeezed = zlib.compress(b"email=alice%40example.com&password=" + b"a" * 10_000_000)
        headers = {"content-encoding": "deflate", "content-type": "application/x-www-form-urlencoded"}
        response = await alice.client.post("/account/v1/login", content=squeezed, headers=headers)
        assert 400 <= response.status_code < 500, response.text


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"GIF89a" + bytes(100), "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/png"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100) + b"IEND\xaeB`\x82<script>alert(1)</script>", "image/png"),
        (b"\xff\xd8\xff" + b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + bytes(18), "image/jpeg"),
        (b"%PDF-1.7\n" + bytes(50) + b"%%EOF\n" + b"PK\x05\x06" + bytes(18), "application/pdf"),
        (b"PK\x03\x04" + bytes(100), "application/pdf"),
    ],
)
async def test_what_is_two_things_at_once_is_no_document(whole: Whole, content: bytes, content_type: str) -> None:
    async with someone(whole) as alice:
        assert (await show(alice, content, content_type))["code"] < 0
        document = await alice.do("GET", PATH)
        assert document["case"] is None


async def test_a_document_larger_than_it_said_is_not_taken(whole: Whole) -> None:
    async with someone(whole) as alice:
        about = {"kind": "identity", "contentType": "image/png", "size": 100}
        begun = await alice.do("POST", f"{PATH}/documents", **about)
        data = base64.urlsafe_b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20_000)).decode()
        sent = await alice.send("POST", f"{PATH}/documents/piece", documentId=begun["documentId"], number=0, data=data)
        assert 400 <= sent.status_code < 500
        huge = await alice.send("POST", f"{PATH}/documents", **{**about, "size": 10**12})
        assert 400 <= huge.status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/docs/../../../../etc/passwd",
        "/docs/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/data/..%2f..%2fmaster.key",
        "/data/%252e%252e/master.key",
        "/data/....//....//master.key",
        "/data/\\..\\..\\master.key",
        "//master.key",
        "/account/v1/../../master.key",
    ],
)
async def test_no_path_leads_out(whole: Whole, path: str) -> None:
    answered = await answers_to(whole, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1\.1 4\d\d", answered), answered[:200]
    assert b"root:" not in answered
    key = (whole.exchange.settings.data_directory / "master.key").read_bytes().strip()
    assert key not in answered


async def test_reading_changes_nothing(whole: Whole) -> None:
    """No call that a link or a picture on another's page could make changes anything: the log of one's acts stays."""
    async with someone(whole) as alice:
        await alice.step_up()
        behaviour = whole.exchange.parts.identity.behaviour
        before, sequence = len(behaviour.of_owner(alice.owner)), whole.exchange.runtime.last_sequence
        for endpoint in CALLS:
            if endpoint.method == "GET":
                await alice.send("GET", endpoint.path, **parameters_of(endpoint))
            else:
                # Nor does a call of another method answer to a GET.
                response = await alice.send("GET", endpoint.path, **parameters_of(endpoint))
                paths = [each for each in CALLS if each.path == endpoint.path and each.method == "GET"]
                assert paths or response.status_code in (400, 404, 405), endpoint
        assert len(behaviour.of_owner(alice.owner)) == before
        assert whole.exchange.runtime.last_sequence == sequence


async def test_a_signature_moved_to_another_call_is_worth_nothing(whole: Whole) -> None:
    trader = await whole.trader("alice", USDT="100")
    query = urlencode({"symbol": "BTCUSDT", "timestamp": time.time_ns() // 1_000_000})
    signature = trader.sign(query)
    headers = {"x-mbx-apikey": trader.key.key}
    for moved in (f"{query}&signature={signature}&orderId=1", f"orderId=1&{query}&signature={signature}"):
        response = await whole.client.delete(f"/api/v3/order?{moved}", headers=headers)
        assert response.json()["code"] == -1022, response.text
    # What is sent twice under one name is refused, signed or not.
    twice = f"{query}&symbol=ETHUSDT"
    response = await whole.client.get(f"/api/v3/openOrders?{twice}&signature={trader.sign(twice)}", headers=headers)
    assert 400 <= response.status_code < 500
    body = {"signature": "0" * 64}
    response = await whole.client.post(f"/api/v3/order?{query}&signature={signature}", data=body, headers=headers)
    assert 400 <= response.status_code < 500
