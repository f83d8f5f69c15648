"""The WebSocket API in SBE: sessions beside ones in JSON on the same exchange, told the same things."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rialto.contracts.commands import Post
from rialto.contracts.vocabulary import PostingReason
from rialto.gateway.websocket.session_calls import SESSION_ENDPOINTS
from tests.contract.test_websocket_api import Signer
from tests.exchange import USDT
from tests.sbe import decode
from tests.streams import Streaming, eventually, streaming
from tests.twins import check
from tests.websocket_client import SocketClient, connected

SBE = "?responseFormat=sbe&sbeSchemaId=3&sbeSchemaVersion=5"
JSON = "?timeUnit=MICROSECOND"
LIMIT: dict[str, Any] = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}


class SbeClient(SocketClient):
    """A client that takes binary messages alone. What they say stands under `sbe`."""

    async def receive(self) -> dict[str, Any]:
        payload = await asyncio.wait_for(self.socket.recv(), 10)
        assert isinstance(payload, bytes), payload
        decoded = decode(payload)
        message: dict[str, Any] = {"sbe": decoded}
        if decoded.message == "WebSocketResponse":
            request_id = decoded["id"]
            message |= {"id": int(request_id) if request_id.isdigit() else request_id, "status": decoded["status"]}
        self.received.append(message)
        return message


@asynccontextmanager
async def sessions(exchange: Streaming) -> AsyncIterator[tuple[SocketClient, SbeClient]]:
    """Open one session of either kind."""
    async with connected(exchange.port, JSON) as plain, exchange.connect(f"/ws-api/v3{SBE}") as socket:
        yield plain, SbeClient(socket)


def compare(binary: dict[str, Any], plain: dict[str, Any]) -> str:
    """Compare two responses to the same, and return which message the result was."""
    envelope = binary["sbe"]
    assert (envelope["status"], envelope["sbeSchemaIdVersionDeprecated"]) == (plain["status"], False)
    for shown, limit in zip(envelope["rateLimits"], plain["rateLimits"], strict=True):
        assert (shown["rateLimitType"], shown["interval"], shown["rateLimit"]) == (
            limit["rateLimitType"],
            limit["interval"],
            limit["limit"],
        )
    result = envelope["result"]
    told = plain["result"] if plain["status"] == 200 else plain["error"]
    check(result, told, result.message)
    message: str = result.message
    return message


async def test_public_and_signed_calls_say_what_they_say_in_json(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, sessions(exchange) as (plain, binary):
        alice, bob = exchange.exchange.alice, exchange.exchange.bob
        await alice.place("SELL", "50000", "1")
        await bob.place("BUY", "50000", "0.5")
        symbol: dict[str, Any] = {"symbol": "BTCUSDT"}
        public: list[tuple[str, dict[str, Any]]] = [
            ("ping", {}),
            ("time", {}),
            ("exchangeInfo", {}),
            ("depth", symbol),
            ("trades.recent", symbol),
            ("klines", {**symbol, "interval": "1M"}),
            ("ticker.24hr", {"type": "MINI"}),
            ("ticker.price", {"symbols": ["BTCUSDT"]}),
            ("depth", {"symbol": "NOSUCH"}),
            ("nothing", {}),
        ]
        for method, params in public:
            compare(await binary.ask(method, **params), await plain.ask(method, **params))
        signed: list[tuple[str, dict[str, Any]]] = [
            ("account.status", {}),
            ("openOrders.status", symbol),
            ("myTrades", symbol),
            ("myAllocations", symbol),
            ("order.status", {**symbol, "orderId": 99}),
        ]
        for method, params in signed:
            answers = [await client.ask_signed(method, alice, **params) for client in (binary, plain)]
            compare(*answers)


async def test_orders_are_placed_and_their_counts_shown(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, sessions(exchange) as (_plain, binary):
        alice = exchange.exchange.alice
        placed = (await binary.ask_signed("order.place", alice, **LIMIT, price="40000"))["sbe"]
        assert (placed["result"].message, placed["result"]["status"]) == ("NewOrderFullResponse", "NEW")
        counts = {(each["rateLimitType"], each["interval"]): each["current"] for each in placed["rateLimits"]}
        assert counts["ORDERS", "SECOND"] == counts["ORDERS", "DAY"] == 1
        order_id = placed["result"]["orderId"]
        canceled = await binary.ask_signed("order.cancel", alice, symbol="BTCUSDT", orderId=order_id)
        assert canceled["sbe"]["result"].message == "CancelOrderResponse"
        silent = await binary.ask("time", returnRateLimits=False)
        assert silent["sbe"]["rateLimits"] == []


async def test_a_session_in_every_state(tmp_path: Path) -> None:
    messages = set()
    async with streaming(tmp_path) as exchange, sessions(exchange) as (plain, binary):
        signer = Signer(exchange, Ed25519PrivateKey.generate())
        logged_on = [await client.ask_signed("session.logon", signer.trader) for client in (binary, plain)]
        messages.add(compare(*logged_on))
        for method in (
            "session.status",
            "userDataStream.subscribe",
            "session.subscriptions",
            "session.status",
            "userDataStream.unsubscribe",
            "session.subscriptions",
            "session.logout",
            "session.status",
            "userDataStream.subscribe",
        ):
            messages.add(compare(await told(binary, method), await told(plain, method)))
    assert {each.sbe_message for each in SESSION_ENDPOINTS} <= messages
    assert "ErrorResponse" in messages


async def told(client: SocketClient, method: str) -> dict[str, Any]:
    return await client.ask(method)


async def test_events_of_accounts_say_what_they_say_in_json(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, sessions(exchange) as (plain, binary):
        alice, bob = exchange.exchange.alice, exchange.exchange.bob
        for client in (plain, binary):
            assert (await client.ask_signed("userDataStream.subscribe.signature", alice))["status"] == 200
        await alice.place("BUY", "40000", "1", strategyId=7, icebergQty="0.5")
        await bob.place("SELL", "40000", "0.25")
        prevented = {"selfTradePreventionMode": "EXPIRE_TAKER"}
        await alice.place("SELL", "40000", "1", **prevented)
        oco = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "1", "aboveType": "LIMIT_MAKER", "abovePrice": "60000"}
        await alice.do("POST", "/api/v3/orderList/oco", **oco, belowType="STOP_LOSS", belowStopPrice="30000")
        await alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
        refused = await alice.send("POST", "/api/v3/order", {**LIMIT, "price": "40000", "quantity": "90"})
        assert refused.status_code == 400
        await exchange.runtime.submit(Post(alice_account(exchange), USDT, "5", PostingReason.DEPOSIT))
        for client in (plain, binary):
            assert (await client.ask("userDataStream.unsubscribe"))["status"] == 200
        texts = [each for each in plain.received if "event" in each]
        events = [each["sbe"] for each in binary.received if "status" not in each]
        assert [event.message for event in events] == [MESSAGES[text["event"]["e"]] for text in texts]
        assert {event.message for event in events} == set(MESSAGES.values())
        for event, text in zip(events, texts, strict=True):
            assert event.pop("subscriptionId") == text["subscriptionId"] == 0
            told = {name: value for name, value in text["event"].items() if name not in NOT_IN_SBE}
            check(event, told, event.message)


MESSAGES = {
    "executionReport": "ExecutionReportEvent",
    "outboundAccountPosition": "OutboundAccountPositionEvent",
    "balanceUpdate": "BalanceUpdateEvent",
    "listStatus": "ListStatusEvent",
    "eventStreamTerminated": "EventStreamTerminatedEvent",
}
NOT_IN_SBE = {"e"}


def alice_account(_exchange: Streaming) -> int:
    """The first account behind those of the house."""
    return 5


async def test_a_deprecated_version_is_told_of_in_every_response(tmp_path: Path) -> None:
    async with (
        streaming(tmp_path) as exchange,
        exchange.connect("/ws-api/v3?responseFormat=sbe&sbeSchemaId=3&sbeSchemaVersion=4") as socket,
    ):
        client = SbeClient(socket)
        for method in ("time", "nothing"):
            assert (await client.ask(method))["sbe"]["sbeSchemaIdVersionDeprecated"] is True


@pytest.mark.parametrize(
    ("text", "shown", "code"),
    [
        ('{"id":"a-1","method":"ping"}', "a-1", None),
        ('{"id":null,"method":"ping"}', "", None),
        ('{"id":-7,"method":"ping"}', "-7", None),
        (f'{{"id":"{"x" * 254}","method":"ping"}}', "x" * 254, None),
        (f'{{"id":"{"x" * 255}","method":"ping"}}', "", -1135),
        (f'{{"id":"{"ü" * 128}","method":"ping"}}', "", -1135),
        ('{"id":1', "", -1135),
    ],
)
async def test_ids_come_back_as_texts(tmp_path: Path, text: str, shown: str, code: int | None) -> None:
    async with streaming(tmp_path) as exchange, exchange.connect(f"/ws-api/v3{SBE}") as socket:
        client = SbeClient(socket)
        response = (await client.send_text(text))["sbe"]
        assert (response["id"], response["result"].get("code")) == (shown, code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?responseFormat=sbe", -1153),
        ("?responseFormat=sbe&sbeSchemaId=3", -1153),
        ("?responseFormat=sbe&sbeSchemaId=3&sbeSchemaVersion=1", -1153),
        ("?responseFormat=sbe&sbeSchemaId=x&sbeSchemaVersion=5", -1153),
        ("?responseFormat=sbe&responseFormat=json&sbeSchemaId=3&sbeSchemaVersion=5", -1130),
        ("?responseFormat=xml", -1130),
    ],
)
async def test_a_wrong_handshake_is_refused_in_json(tmp_path: Path, query: str, code: int) -> None:
    async with streaming(tmp_path) as exchange:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with exchange.connect(f"/ws-api/v3{query}"):
                pass
        response = refused.value.response
        assert (response.status_code, response.headers["content-type"]) == (400, "application/json;charset=UTF-8")
        assert msgspec.json.decode(response.body)["code"] == code
        async with connected(exchange.port, "?responseFormat=json") as client:
            assert (await client.ask("ping"))["result"] == {}


async def test_the_end_of_the_server_is_announced(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, exchange.connect(f"/ws-api/v3{SBE}") as socket:
        client = SbeClient(socket)
        assert (await client.ask("ping"))["status"] == 200
        draining = asyncio.create_task(exchange.hub.connections.drain(notice_s=0.1))
        notice = (await client.receive())["sbe"]
        assert (notice.message, abs(notice["eventTime"] - exchange.runtime.now_us()) < 60_000_000) == (
            "ServerShutdownEvent",
            True,
        )
        await draining
        await eventually(lambda: len(exchange.hub.connections) == 0)
