"""Refusals over REST, against a live server: parameters, security, limits, faults."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from rialto.gateway.bans import BanRules
from rialto.gateway.bounds import Bounds
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from rialto.identity.restrictions import Permission
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ErrorCode
from tests.gateway import Live, Trader, live, refusal

ACCOUNT = "/api/v3/account"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v3/nothing", (404, -1020, "This operation is not supported.")),
        ("PUT", "/api/v3/order", (405, -1020, "This operation is not supported.")),
        ("GET", "/api/v3/ping?x=1", (400, -1101, "Too many parameters; expected '0' and received '1'.")),
        (
            "GET",
            "/api/v3/depth",
            (400, -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        ),
        ("GET", "/api/v3/depth?symbol=", (400, -1105, "Parameter 'symbol' was empty.")),
        (
            "GET",
            "/api/v3/depth?symbol=btcusdt",
            (
                400,
                -1100,
                "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.",
            ),
        ),
        ("GET", "/api/v3/depth?symbol=NOSUCH", (400, -1121, "Invalid symbol.")),
        (
            "GET",
            "/api/v3/depth?symbol=BTCUSDT&levels=5",
            (400, -1104, "Not all sent parameters were read; read '1' parameter(s) but was sent '2'."),
        ),
        ("GET", "/api/v3/depth?symbol=A&symbol=B", (400, -1101, "Duplicate values for parameter 'symbol'.")),
        (
            "GET",
            "/api/v3/depth?symbol=BTCUSDT&symbolStatus=HALT",
            (400, -1220, "The symbol's status does not match the requested symbolStatus."),
        ),
        ("GET", "/api/v3/depth?symbol=BTCUSDT&symbolStatus=OPEN", (400, -1122, "Invalid symbolStatus.")),
        ("GET", "/api/v3/klines?symbol=BTCUSDT&interval=7m", (400, -1120, "Invalid interval.")),
        ("GET", "/api/v3/ticker/24hr?type=HUGE", (400, -1139, "Invalid ticker type.")),
        (
            "GET",
            '/api/v3/ticker/price?symbol=BTCUSDT&symbols=["BTCUSDT"]',
            (400, -1128, "Combination of optional parameters invalid."),
        ),
        (
            "GET",
            "/api/v3/exchangeInfo?symbol=BTCUSDT&permissions=SPOT",
            (400, -1128, "Combination of optional parameters invalid."),
        ),
        (
            "GET",
            "/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&startTime=1",
            (400, -1128, "Combination of optional parameters invalid."),
        ),
        ("GET", ACCOUNT, (401, -2014, "API-key format invalid.")),
    ],
)
async def test_refusals(exchange: Live, method: str, path: str, expected: tuple[int, int, str]) -> None:
    assert refusal(await exchange.client.request(method, path)) == expected


async def test_a_wrong_method_is_told_the_right_ones(exchange: Live) -> None:
    response = await exchange.client.put("/api/v3/order")
    assert response.headers["allow"] == "DELETE, GET, POST"


async def test_signed_requests_are_checked_in_order(exchange: Live) -> None:
    alice = exchange.alice

    async def check(query: str, expected: tuple[int, int, str], key: str | None = None) -> None:
        headers = {"X-MBX-APIKEY": key or alice.key.key}
        assert refusal(await exchange.client.get(f"{ACCOUNT}?{query}", headers=headers)) == expected

    missing = "Mandatory parameter '{}' was not sent, was empty/null, or malformed."
    await check("", (400, -1102, missing.format("timestamp")))
    await check(f"timestamp={now_ms()}", (400, -1102, missing.format("signature")))
    await check(
        f"timestamp={now_ms()}&signature=x", (401, -2015, "Invalid API-key, IP, or permissions for action."), "unknown"
    )
    old = "Timestamp for this request is outside of the recvWindow."
    await check(f"timestamp={now_ms() - 10_000}&signature=x", (400, -1021, old))
    ahead = "Timestamp for this request was 1000ms ahead of the server's time."
    await check(f"timestamp={now_ms() + 10_000}&signature=x", (400, -1021, ahead))
    await check(f"timestamp={now_ms()}&signature=x", (400, -1022, "Signature for this request is not valid."))
    too_long = "'recvWindow' contains unexpected value. Cannot be greater than 60000."
    await check(f"timestamp={now_ms()}&recvWindow=60001&signature=x", (400, -1102, too_long))


@pytest.mark.parametrize("split", range(4))
async def test_parameters_and_signature_stand_anywhere(exchange: Live, split: int) -> None:
    alice = exchange.alice
    pairs = urlencode(
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "1",
            "price": "100",
            "timestamp": time.time_ns() // 1_000,
            "recvWindow": "6000.346",
        }
    ).split("&")
    query, body = "&".join(pairs[:split]), "&".join(pairs[split:])
    signature = "signature=" + alice.sign(query + body).upper()
    headers = {"X-MBX-APIKEY": alice.key.key, "content-type": "application/x-www-form-urlencoded"}
    if split % 2:
        query = f"{signature}&{query}"
    else:
        body = f"{body}&{signature}"
    response = await exchange.client.post(f"/api/v3/order?{query}", content=body, headers=headers)
    assert response.status_code == 200, response.text


async def test_a_key_does_what_it_is_permitted(exchange: Live) -> None:
    key, secret = exchange.keys.create(exchange.alice.key.owner, "reader", [Permission.READ], 1)
    reader = Trader(exchange.client, key, secret)
    await reader.do("GET", ACCOUNT)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "1"}
    rejected = (401, -2015, "Invalid API-key, IP, or permissions for action.")
    assert refusal(await reader.send("POST", "/api/v3/order", order)) == rejected


async def test_too_much_weight_is_refused_until_the_window_ends(tmp_path: Path) -> None:
    limits = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "DAY", 1, 30))
    async with live(tmp_path, limits=limits) as exchange:
        assert (await exchange.client.get("/api/v3/trades?symbol=BTCUSDT")).status_code == 200
        response = await exchange.client.get("/api/v3/trades?symbol=BTCUSDT")
        assert refusal(response) == (
            429,
            -1003,
            (
                "Too much request weight used; current limit is 30 request weight per 1 DAY. "
                "Please use WebSocket Streams for live updates to avoid polling the API."
            ),
        )
        assert 0 < int(response.headers["retry-after"]) <= 86_400
        assert response.headers["x-mbx-used-weight-1d"] == "25"
        shown = (await exchange.get("/api/v3/time"), (await exchange.client.get("/api/v3/ping")).headers)
        assert shown[1]["x-mbx-used-weight-1d"] == "27"


async def test_who_does_not_heed_refusals_is_banned(tmp_path: Path) -> None:
    limits = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "DAY", 1, 30), bans=BanRules(refusals_max=2))
    async with live(tmp_path, limits=limits) as exchange:
        answers = [await exchange.client.get("/api/v3/trades?symbol=BTCUSDT") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 429, 429, 418]
        answers += [await exchange.client.get("/api/v3/ping"), await exchange.alice.send("GET", ACCOUNT)]
        for banned in answers[3:]:
            status, code, message = refusal(banned)
            assert (status, code) == (418, -1003)
            until_ms = int(message.removeprefix("Way too much request weight used; IP banned until ").split(".")[0])
            assert 0 <= until_ms - now_ms() <= 120_000
            assert 110 <= int(banned.headers["retry-after"]) <= 120
            assert banned.headers["x-mbx-used-weight-1d"] == "25"


async def test_successful_orders_weigh_nothing_and_refused_ones_do(exchange: Live) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "100"}
    placed = await exchange.alice.send("POST", "/api/v3/order", order)
    assert placed.headers["x-mbx-used-weight"] == "0"
    refused = await exchange.alice.send("POST", "/api/v3/order", {**order, "price": "0.001"})
    assert refused.headers["x-mbx-used-weight"] in {"1", "0"}  # A new minute may just have begun.
    assert refused.status_code == 400


async def test_a_busy_exchange_says_so(exchange: Live) -> None:
    exchange.runtime.shed_when(lambda: True)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "100"}
    assert refusal(await exchange.alice.send("POST", "/api/v3/order", order)) == (
        503,
        -1008,
        "Server is currently overloaded with other requests. Please try again in a few minutes.",
    )
    counts = await exchange.alice.do("GET", "/api/v3/rateLimit/order")
    assert [each["count"] for each in counts] == [0, 0]


async def test_a_stopped_exchange_does_not_pretend(tmp_path: Path) -> None:
    async with live(tmp_path) as exchange:
        await exchange.runtime.close()
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
        assert refusal(await exchange.alice.send("POST", "/api/v3/order", order))[1] == -1006
        assert refusal(await exchange.alice.send("GET", "/api/v3/openOrders"))[:2] == (503, -1016)


async def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    bounds = Bounds(query_bytes_max=100, header_bytes_max=500, body_bytes_max=200)
    async with live(tmp_path, bounds=bounds) as exchange:
        client = exchange.client
        assert (await client.get("/api/v3/time?x=" + "1" * 100)).status_code == 414
        assert (await client.get("/api/v3/time", headers={"x-large": "1" * 500})).status_code == 431
        assert (await client.post("/api/v3/order", content=b"a" * 201)).status_code == 413
        assert (await client.get("/api/v3/ping")).status_code == 200


async def raw(exchange: Live, *pieces: bytes) -> bytes:
    """Send bytes as they are, and return what comes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.client.base_url.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


POST = b"POST /api/v3/order HTTP/1.1\r\nhost: a\r\n"


async def test_a_body_that_does_not_come_or_does_not_end_closes_the_connection(tmp_path: Path) -> None:
    async with live(tmp_path, bounds=Bounds(body_bytes_max=200, body_timeout_s=0.2)) as exchange:
        late = await raw(exchange, POST + b"content-length: 100\r\n\r\n", b"a" * 10)
        assert late.startswith(b"HTTP/1.1 408 ")
        assert b"connection: close" in late
        chunk = b"64\r\n" + b"a" * 100 + b"\r\n"
        endless = await raw(exchange, POST + b"transfer-encoding: chunked\r\n\r\n", chunk, chunk, chunk)
        assert endless.startswith(b"HTTP/1.1 413 ")
        assert b'"code":-1101' in endless


async def test_a_head_that_does_not_end_closes_the_connection(tmp_path: Path) -> None:
    async with live(tmp_path, bounds=Bounds(head_timeout_s=0.2)) as exchange:
        endless = await raw(exchange, b"GET /api/v3/ping HTTP/1.1\r\nx: ", *[b"a" * 8_192] * 5)
        assert endless.startswith(b"HTTP/1.1 431 ")
        assert b'"code":-1100' in endless
        for started in (b"", b"GET /api/v3/ping HTTP/1.1\r\nx: "):
            assert (await raw(exchange, started)).startswith(b"HTTP/1.1 408 ")
        assert (await raw(exchange, b"\x16\x03\x01 this is not HTTP\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_connections_are_kept_and_pipelined_requests_answered_in_order(exchange: Live) -> None:
    request = b"GET /api/v3/%b HTTP/1.1\r\nhost: a\r\n%b\r\n"
    answer = await raw(exchange, request % (b"ping", b"") + request % (b"time", b"connection: close\r\n"))
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert answer.index(b"{}") < answer.index(b"serverTime")


def mistakes(endpoint: Endpoint[Any]) -> list[dict[str, str]]:
    """One request for every way a single parameter of the endpoint can be wrong."""
    requests: list[dict[str, str]] = [{"notAParameter": "1"}]
    for parameter in endpoint.reader.parameters:
        requests += [
            {parameter.name: text} for text in ("", "~", "-1", "1e5", "[", '["a"', "ä", "9" * 30, "null", "\x00")
        ]
    return requests


@pytest.mark.parametrize("endpoint", SPOT_ENDPOINTS, ids=repr)
async def test_every_mistake_has_a_documented_code(exchange: Live, endpoint: Endpoint[Any]) -> None:
    documented = {code.number for code in ErrorCode}
    for parameters in mistakes(endpoint):
        if endpoint.is_signed:
            response = await exchange.alice.send(endpoint.method, endpoint.path, parameters)
        else:
            response = await exchange.client.request(endpoint.method, endpoint.path, params=parameters)
        status, code, message = refusal(response)
        assert 400 <= status < 500, (parameters, message)
        assert code in documented
        assert code not in {-1000, -1022}


async def test_random_requests_never_break_the_server(tmp_path: Path) -> None:
    unlimited = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 100_000_000))
    async with live(tmp_path, limits=unlimited) as exchange:
        await send_at_random(exchange)


async def send_at_random(exchange: Live) -> None:
    chance = random.Random(20_240_809)
    names = sorted({parameter.name for endpoint in SPOT_ENDPOINTS for parameter in endpoint.reader.parameters})
    values = ["BTCUSDT", "1", "0", "1.5", "LIMIT", "BUY", "GTC", "true", "1d", "MINI", '["BTCUSDT"]', "", "é", "100"]
    for _ in range(600):
        endpoint = chance.choice(SPOT_ENDPOINTS)
        parameters = {chance.choice(names): chance.choice(values) for _ in range(chance.randrange(6))}
        if endpoint.is_signed:
            response = await exchange.alice.send(endpoint.method, endpoint.path, parameters)
        else:
            response = await exchange.client.request(endpoint.method, endpoint.path, params=parameters)
        assert response.status_code in {200, 400}, (endpoint, parameters, response.text)
