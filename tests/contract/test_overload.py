"""More is asked than can be done: who is told busy, who is served all the same, and what is left of the limits.

The capacity is made tiny instead of the load large: no order may be under way, so that every one waits for a turn that
does not come.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rialto.contracts.vocabulary import AccountClass, Side
from rialto.gateway.admission import AdmissionRules
from rialto.gateway.bans import BanRules
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.wire.endpoints import Urgency
from tests.exchange import limit
from tests.gateway import Live, live, refusal, until
from tests.sbe import decode
from tests.streams import streaming
from tests.websocket_client import connected

BUSY = (503, -1008, "Server is currently overloaded with other requests. Please try again in a few minutes.")
NO_ORDERS = AdmissionRules(orders_under_way_max=0, patience_s=0.2)
ORDER: dict[str, Any] = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
PLACED: dict[str, Any] = {**ORDER, "price": "100"}


async def rest_orders(exchange: Live, *names: str) -> None:
    """Put orders of alice's into the book, past the gateway."""
    account = await exchange.runtime.account_of(exchange.alice.key.owner, AccountClass.SPOT)
    for name in names:
        await exchange.runtime.submit(limit(account, Side.BUY, "100", "1", name))


def signed_head(exchange: Live, *further: bytes) -> bytes:
    """The head of an order of alice's as it travels."""
    query = "&".join(f"{name}={value}" for name, value in PLACED.items()) + f"&timestamp={time.time_ns() // 1_000_000}"
    target = f"/api/v3/order?{query}&signature={exchange.alice.sign(query)}"
    lines = [f"POST {target} HTTP/1.1", "Host: a", f"X-MBX-APIKEY: {exchange.alice.key.key}"]
    return b"\r\n".join([line.encode() for line in lines] + list(further)) + b"\r\n\r\n"


class Raw:
    """A connection that sends bytes as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> bytes:
        """Return the next answer, head and body."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        return head + await asyncio.wait_for(self.reader.readexactly(length), 10)

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        return await self.answer()


@asynccontextmanager
async def raw(exchange: Live) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.client.base_url.port)
    yield Raw(reader, writer)
    writer.close()


async def test_orders_are_told_busy_while_cancels_and_reads_are_served(tmp_path: Path) -> None:
    async with live(tmp_path, admission_rules=NO_ORDERS) as exchange:
        await rest_orders(exchange, "first", "second")
        waiting = [asyncio.create_task(exchange.alice.send("POST", "/api/v3/order", PLACED)) for _ in range(20)]
        for name in ("first", "second"):
            canceled = await exchange.alice.do("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId=name)
            assert canceled["status"] == "CANCELED"
        assert await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT") == []
        assert await exchange.get("/api/v3/ping") == {}
        for response in await asyncio.gather(*waiting):
            assert refusal(response) == BUSY
            assert response.headers["x-mbx-used-weight"] == response.headers["x-mbx-used-weight-1m"]
            assert "retry-after" not in response.headers
        counted = exchange.gateway.admission.counters
        assert (counted.started[Urgency.ORDER], counted.refused[Urgency.ORDER]) == (0, 20)


async def test_who_is_told_busy_has_used_no_orders_and_no_weight(tmp_path: Path) -> None:
    async with live(tmp_path, admission_rules=NO_ORDERS) as exchange:
        for _ in range(3):
            response = await exchange.alice.send("POST", "/api/v3/order", PLACED)
            assert (refusal(response), response.headers["x-mbx-used-weight-1m"]) == (BUSY, "0")
        counts = await exchange.alice.do("GET", "/api/v3/rateLimit/order")
        assert [each["count"] for each in counts] == [0, 0]


async def test_amendments_go_with_cancels_and_replacements_with_orders(tmp_path: Path) -> None:
    async with live(tmp_path, admission_rules=NO_ORDERS) as exchange:
        await rest_orders(exchange, "mine")
        amended = await exchange.alice.send(
            "PUT",
            "/api/v3/order/amend/keepPriority",
            {"symbol": "BTCUSDT", "origClientOrderId": "mine", "newQty": "0.5"},
        )
        assert amended.status_code == 200, amended.text
        replace = {**PLACED, "cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "mine"}
        assert refusal(await exchange.alice.send("POST", "/api/v3/order/cancelReplace", replace)) == BUSY
        tested = await exchange.alice.send("POST", "/api/v3/order/test", PLACED)
        assert tested.status_code == 200, "a test places nothing, and is a read"


async def test_rate_limits_and_bans_come_before_busy(tmp_path: Path) -> None:
    limits = RateLimits(request_weight=RateLimit("REQUEST_WEIGHT", "DAY", 1, 26), bans=BanRules(refusals_max=2))
    async with live(tmp_path, limits=limits, admission_rules=NO_ORDERS) as exchange:
        assert (await exchange.client.get("/api/v3/trades?symbol=BTCUSDT")).status_code == 200
        assert refusal(await exchange.alice.send("POST", "/api/v3/order", PLACED)) == BUSY
        assert (await exchange.client.get("/api/v3/ping")).status_code == 200
        answers = [await exchange.alice.send("POST", "/api/v3/order", PLACED) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [429, 429, 418, 418]
        assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
        # What is banned is not even asked whether it would have to wait.
        assert exchange.gateway.edge.counters.shut_out == 1


async def test_a_client_of_sbe_is_told_in_sbe(tmp_path: Path) -> None:
    async with live(tmp_path, admission_rules=NO_ORDERS) as exchange:
        headers = {"accept": "application/sbe", "x-mbx-sbe": "3:5"}
        response = await exchange.alice.send("POST", "/api/v3/order", PLACED, headers)
        assert (response.status_code, response.headers["content-type"]) == (503, "application/sbe")
        assert decode(response.content)["code"] == -1008


@pytest.mark.parametrize("further", [(), (b"Content-Length: 0",)])
async def test_a_refusal_at_a_glance_reads_like_any_other(tmp_path: Path, further: tuple[bytes, ...]) -> None:
    rules = AdmissionRules(orders_under_way_max=0, waiting_max=1, patience_s=0.5)
    async with live(tmp_path, admission_rules=rules) as exchange, raw(exchange) as first, raw(exchange) as second:
        first.writer.write(signed_head(exchange))
        await until(lambda: exchange.gateway.admission.waiting[Urgency.ORDER] == 1)
        at_a_glance = await second.ask(signed_head(exchange, *further))
        assert second.reader.at_eof() is False
        # A header that would have to be understood sends the same request the long way.
        parsed = await second.ask(signed_head(exchange, b"x-note: not to be upgraded", *further))
        assert at_a_glance == parsed
        assert msgspec.json.decode(parsed.split(b"\r\n\r\n")[1]) == {"code": BUSY[1], "msg": BUSY[2]}
        assert exchange.gateway.admission.counters.refused[Urgency.ORDER] == 2
        # The connection is as good as new, and the first one is told in its time.
        ping = b"GET /api/v3/ping HTTP/1.1\r\nHost: a\r\n\r\n"
        assert (await first.answer()).startswith(b"HTTP/1.1 503 ")
        assert (await second.ask(ping)).endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /api/v3/order HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /api/v3/order HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"POST /api/v3/order HTTP/1.0\r\nHost: a\r\n\r\n",
        b"POST /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /api/v3/order HTTP/1.1\r\nHost",
        b"\r\n\r\n",
        b"",
    ],
)
async def test_what_a_glance_cannot_judge_is_left_to_the_parser(exchange: Live, request_bytes: bytes) -> None:
    class Nobody:
        def flow(self) -> str:
            return "nobody"

        def start(self) -> None: ...

        def refuse(self) -> None: ...

    edge = exchange.gateway.edge
    for _ in range(edge.admission.rules.starts_per_turn + 1):
        edge.admission.offer(Urgency.READ, Nobody())
    assert edge.admission.is_busy
    assert edge.glance(request_bytes, "1.2.3.4") is None


async def test_over_the_websocket_api_it_is_the_same(tmp_path: Path) -> None:
    async with streaming(tmp_path, admission_rules=NO_ORDERS) as exchange, connected(exchange.port) as client:
        await rest_orders(exchange.exchange, "mine")
        alice = exchange.exchange.alice
        busy = await client.ask_signed("order.place", alice, **PLACED)
        assert (busy["status"], busy["error"]) == (BUSY[0], {"code": BUSY[1], "msg": BUSY[2]})
        assert [use["rateLimitType"] for use in busy["rateLimits"]] == ["REQUEST_WEIGHT"]
        canceled = await client.ask_signed("order.cancel", alice, symbol="BTCUSDT", origClientOrderId="mine")
        assert canceled["result"]["status"] == "CANCELED"
        assert (await client.ask("ping"))["status"] == 200


async def test_a_cancel_does_not_overtake_an_order_of_its_own_connection(tmp_path: Path) -> None:
    async with streaming(tmp_path, admission_rules=NO_ORDERS) as exchange:
        await rest_orders(exchange.exchange, "mine", "other")
        alice = exchange.exchange.alice
        async with connected(exchange.port) as one, connected(exchange.port) as two:
            place = asyncio.create_task(one.ask_signed("order.place", alice, **PLACED))
            await until(lambda: exchange.exchange.gateway.admission.waiting[Urgency.ORDER] == 1)
            await one.socket.send(cancel_text(alice, 77, "mine"))
            # From another connection it goes past both.
            far = await two.ask_signed("order.cancel", alice, symbol="BTCUSDT", origClientOrderId="other")
            assert far["status"] == 200
            assert not place.done()
            assert (await place)["status"] == 503
            assert (await one.receive())["result"]["status"] == "CANCELED"
            assert [message["id"] for message in one.received] == [1, 77]


def cancel_text(trader: Any, request_id: int, name: str) -> str:
    params = {
        "apiKey": trader.key.key,
        "origClientOrderId": name,
        "symbol": "BTCUSDT",
        "timestamp": time.time_ns() // 1_000_000,
    }
    signature = trader.sign("&".join(f"{each}={value}" for each, value in params.items()))
    text = {"id": request_id, "method": "order.cancel", "params": {**params, "signature": signature}}
    return msgspec.json.encode(text).decode()


async def test_a_burst_beyond_what_starts_at_once_is_served_in_turn(tmp_path: Path) -> None:
    async with live(tmp_path, admission_rules=AdmissionRules(starts_per_turn=1, patience_s=5, target_s=5)) as exchange:
        orders = [exchange.alice.send("POST", "/api/v3/order", {**PLACED, "quantity": "0.1"}) for _ in range(40)]
        assert {response.status_code for response in await asyncio.gather(*orders)} == {200}
        assert sum(exchange.gateway.admission.counters.refused) == 0
        assert exchange.gateway.admission.under_way == [0, 0, 0]
