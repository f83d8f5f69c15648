"""The WebSocket API over real sockets: requests, sessions, limits, and what is wrong with them."""

import asyncio
import base64
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rialto.gateway.bans import BanRules
from rialto.gateway.limits import RateLimit, RateLimits
from rialto.identity.restrictions import Permission, Restrictions
from tests.gateway import Trader, until
from tests.streams import Streaming, streaming
from tests.websocket_client import SocketClient, connected

ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "price": "50000.00",
}
BOTH = (Permission.READ, Permission.TRADE)


def public_pem(private: Ed25519PrivateKey | RSAPrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Signer:
    """A key of alice's that only she can sign with."""

    def __init__(self, exchange: Streaming, private: Ed25519PrivateKey | RSAPrivateKey, **options: Any) -> None:
        alice = exchange.exchange.alice
        self.private = private
        permissions = options.pop("permissions", BOTH)
        self.key = exchange.exchange.keys.register(
            alice.key.owner, "signer", permissions, 1, public_pem(private), **options
        )
        self.trader = Trader(alice.client, self.key, "")
        self.trader.sign = self.sign  # type: ignore[method-assign]

    def sign(self, payload: str) -> str:
        if isinstance(self.private, Ed25519PrivateKey):
            signature = self.private.sign(payload.encode())
        else:
            signature = self.private.sign(payload.encode(), PKCS1v15(), SHA256())
        return base64.b64encode(signature).decode()

    async def log_on(self, client: SocketClient) -> Any:
        return await client.ask_signed("session.logon", self.trader)


def error_of(response: dict[str, Any]) -> tuple[int, int, str]:
    return response["status"], response["error"]["code"], response["error"]["msg"]


async def test_public_calls_answer_what_rest_answers(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        await exchange.exchange.alice.place("SELL", "50000", "1")
        await exchange.exchange.bob.place("BUY", "50000", "0.5")
        assert (await client.ask("ping"))["result"] == {}
        for method, path, params in (
            ("depth", "/api/v3/depth", {"symbol": "BTCUSDT", "limit": 5}),
            ("executionRules", "/api/v3/executionRules", {"symbols": ["BTCUSDT"]}),
            ("ticker.price", "/api/v3/ticker/price", {"symbol": "BTCUSDT"}),
            ("klines", "/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1M"}),
            ("v3/trades.recent", "/api/v3/trades", {"symbol": "BTCUSDT"}),
        ):
            response = await client.ask(method, **params)
            query = {name: '["BTCUSDT"]' if isinstance(value, list) else str(value) for name, value in params.items()}
            assert response["result"] == await exchange.get(path, **query)
            (limit,) = response["rateLimits"]
            assert (limit["rateLimitType"], limit["interval"], limit["intervalNum"]) == ("REQUEST_WEIGHT", "MINUTE", 1)


async def test_weight_is_shared_with_rest_and_connecting_weighs_two(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        await exchange.get("/api/v3/time")
        async with connected(exchange.port) as client:
            response = await client.ask("time")
            assert response["rateLimits"][0]["count"] == 1 + 2 + 1
            reply = await exchange.exchange.client.get("/api/v3/ping")
            assert reply.headers["x-mbx-used-weight-1m"] == "5"


async def test_orders_are_placed_signed_and_counted(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        alice = exchange.exchange.alice
        placed = await client.ask_signed("order.place", alice, **ORDER, quantity="1")
        assert placed["status"] == 200
        assert placed["result"]["status"] == "NEW"
        limits = placed["rateLimits"]
        assert [(limit["rateLimitType"], limit["interval"]) for limit in limits] == [
            ("ORDERS", "SECOND"),
            ("ORDERS", "DAY"),
            ("REQUEST_WEIGHT", "MINUTE"),
        ]
        assert [limit["count"] for limit in limits[:2]] == [1, 1]
        refused = await client.ask_signed("order.place", alice, **ORDER, quantity="150")
        assert error_of(refused) == (400, -2010, "Account has insufficient balance for requested action.")
        assert [limit["rateLimitType"] for limit in refused["rateLimits"]] == ["ORDERS", "ORDERS", "REQUEST_WEIGHT"]
        order_id = placed["result"]["orderId"]
        shown = await client.ask_signed("order.status", alice, symbol="BTCUSDT", orderId=order_id)
        rest = await alice.do("GET", "/api/v3/order", symbol="BTCUSDT", orderId=order_id)
        assert shown["result"] == rest
        canceled = await client.ask_signed("order.cancel", alice, symbol="BTCUSDT", orderId=order_id)
        assert canceled["result"]["status"] == "CANCELED"
        replaced = await client.ask_signed(
            "order.cancelReplace",
            alice,
            **ORDER,
            quantity="1",
            cancelReplaceMode="STOP_ON_FAILURE",
            cancelOrderId=order_id,
        )
        assert (replaced["status"], replaced["error"]["code"]) == (400, -2022)
        assert replaced["error"]["data"]["cancelResult"] == "FAILURE"


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
async def test_asymmetric_keys_sign_over_both_transports(tmp_path: Path, kind: str) -> None:
    private = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, 2048)
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        signer = Signer(exchange, private)
        assert (await client.ask_signed("account.status", signer.trader))["status"] == 200
        assert (await signer.trader.do("GET", "/api/v3/account"))["canTrade"]
        placed = await signer.trader.place("SELL", "50000", "1")
        assert placed["status"] == "NEW"
        forged = await client.ask_signed("account.status", signer.trader, lambda _payload: signer.sign("other"))
        assert error_of(forged) == (400, -1022, "Signature for this request is not valid.")
        swapped = await client.ask_signed("account.status", signer.trader, lambda text: signer.sign(text).swapcase())
        assert swapped["error"]["code"] == -1022
        assert (await client.ask_signed("session.logon", signer.trader))["status"] == (
            200 if kind == "ed25519" else 400
        )


async def test_a_session_logs_on_and_out(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        status = (await client.ask("session.status"))["result"]
        assert (status["apiKey"], status["authorizedSince"], status["userDataStream"]) == (None, None, False)
        now = time.time_ns() // 1_000_000
        assert now - 10_000 < status["connectedSince"] <= status["serverTime"] <= now + 1_000
        signer = Signer(exchange, Ed25519PrivateKey.generate())
        on = (await signer.log_on(client))["result"]
        assert on["apiKey"] == signer.key.key
        assert on["connectedSince"] <= on["authorizedSince"] <= on["serverTime"]
        placed = await client.ask("order.place", **ORDER, quantity="1", timestamp=time.time_ns() // 1_000)
        assert placed["result"]["status"] == "NEW"
        late = await client.ask("account.status", timestamp=time.time_ns() // 1_000_000 - 60_000)
        assert error_of(late)[1] == -1021
        assert error_of(await client.ask("account.status"))[1:] == (
            -1102,
            "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
        )
        bob = await client.ask_signed("account.status", exchange.exchange.bob)
        assert bob["result"]["uid"] != 0
        out = (await client.ask("session.logout"))["result"]
        assert (out["apiKey"], out["authorizedSince"]) == (None, None)
        refused = await client.ask("order.place", **ORDER, quantity="1", timestamp=time.time_ns() // 1_000_000)
        assert error_of(refused)[1:] == (
            -1102,
            "Mandatory parameter 'apiKey' was not sent, was empty/null, or malformed.",
        )


async def test_a_session_is_revoked_with_its_key(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        signer = Signer(exchange, Ed25519PrivateKey.generate())
        await signer.log_on(client)
        exchange.exchange.keys.revoke(signer.key.key, 2)
        response = await client.send_text('{"id":77,"method":"ping"}')
        assert response["id"] is None
        assert error_of(response) == (401, -2015, "Invalid API-key, IP, or permissions for action.")
        assert "rateLimits" not in response
        assert (await client.ask("session.status"))["result"]["apiKey"] is None


async def test_restricted_keys(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        rejected = (401, -2015, "Invalid API-key, IP, or permissions for action.")
        elsewhere = Signer(exchange, Ed25519PrivateKey.generate(), restrictions=Restrictions.read(["192.0.2.0/24"], []))
        assert error_of(await elsewhere.log_on(client)) == rejected
        here = Signer(
            exchange, Ed25519PrivateKey.generate(), restrictions=Restrictions.read(["127.0.0.0/8"], ["ETHUSDT"])
        )
        assert (await here.log_on(client))["status"] == 200
        now = time.time_ns() // 1_000_000
        assert error_of(await client.ask("order.place", **ORDER, quantity="1", timestamp=now)) == rejected
        assert (await client.ask("myTrades", symbol="BTCUSDT", timestamp=now))["status"] == 200
        reader = Signer(exchange, Ed25519PrivateKey.generate(), permissions=[Permission.READ])
        refused = await client.ask_signed("order.place", reader.trader, **ORDER, quantity="1")
        assert error_of(refused) == rejected


async def test_a_key_that_may_read_no_more_hears_no_more(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        signer = Signer(exchange, Ed25519PrivateKey.generate())
        await signer.log_on(client)
        assert (await client.ask("userDataStream.subscribe"))["status"] == 200
        exchange.exchange.keys.restrict(signer.key.key, [Permission.TRADE], Restrictions())
        exchange.exchange.gateway.websocket_api.drop_unusable_keys()
        event = (await client.receive())["event"]
        assert event["e"] == "eventStreamTerminated"
        again = await client.ask("userDataStream.subscribe")
        assert error_of(again) == (401, -2015, "Invalid API-key, IP, or permissions for action.")
        signed = await client.ask_signed("userDataStream.subscribe.signature", signer.trader)
        assert signed["error"]["code"] == -2015
        now = time.time_ns() // 1_000_000
        placed = await client.ask("order.place", **ORDER, quantity="1", timestamp=now)
        assert placed["status"] == 200, "it may still trade"
        exchange.exchange.keys.restrict(signer.key.key, BOTH, Restrictions())
        assert (await client.ask("userDataStream.subscribe"))["status"] == 200


async def test_a_session_ends_when_its_key_expires(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        expires_at_us = time.time_ns() // 1_000 + 1_500_000
        signer = Signer(exchange, Ed25519PrivateKey.generate(), expires_at_us=expires_at_us)
        await signer.log_on(client)
        assert (await client.ask("userDataStream.subscribe"))["status"] == 200
        await until(lambda: time.time_ns() // 1_000 >= expires_at_us)
        exchange.exchange.gateway.websocket_api.drop_unusable_keys()
        assert (await client.receive())["event"]["e"] == "eventStreamTerminated"
        told = await client.send_text('{"id":77,"method":"account.status"}')
        assert (told["id"], error_of(told)[1]) == (None, -2015)
        assert error_of(await client.ask_signed("account.status", signer.trader))[1] == -2015


async def test_rate_limits_are_shown_as_wanted(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        async with connected(exchange.port, "?returnRateLimits=false") as client:
            assert "rateLimits" not in await client.ask("time")
            assert "rateLimits" in await client.ask("time", returnRateLimits=True)
            status = await client.ask("session.status")
            assert status["result"]["returnRateLimits"] is False
            assert "rateLimits" not in await client.ask("time", returnRateLimits="maybe")
        async with connected(exchange.port) as client:
            assert "rateLimits" not in await client.ask("time", returnRateLimits=False)


async def test_microseconds(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port, "?timeUnit=MICROSECOND") as client:
        assert len(str((await client.ask("time"))["result"]["serverTime"])) == 16
        assert len(str((await client.ask("session.status"))["result"]["connectedSince"])) == 16


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("nonsense", -1135, "Invalid JSON Request"),
        ("[1]", -1135, "Invalid JSON Request"),
        ('{"method":"ping"}', -1102, "Mandatory parameter 'id' was not sent, was empty/null, or malformed."),
        ('{"id":1.5,"method":"ping"}', -1135, "JSON sent for parameter 'id' is not valid"),
        ('{"id":{},"method":"ping"}', -1135, "JSON sent for parameter 'id' is not valid"),
        ('{"id":1}', -1102, "Mandatory parameter 'method' was not sent, was empty/null, or malformed."),
        ('{"id":1,"method":7}', -1102, "Mandatory parameter 'method' was not sent, was empty/null, or malformed."),
        ('{"id":1,"method":"no.such"}', -1020, "This operation is not supported."),
        ('{"id":1,"method":"v1/ping"}', -1020, "This operation is not supported."),
        ('{"id":1,"method":"ping","params":[1]}', -1135, "JSON sent for parameter 'params' is not valid"),
        ('{"id":1,"method":"depth","params":{"symbol":{}}}', -1135, "JSON sent for parameter 'symbol' is not valid"),
        ('{"id":1,"method":"depth","params":{"limit":[1e400]}}', -1135, "JSON sent for parameter 'limit' is not valid"),
        ('{"id":1,"params":' + "[" * 30_000 + "]" * 30_000 + "}", -1135, "Invalid JSON Request"),
        ('{"id":1,"method":"ping","params":{"a":1}}', -1101, "Too many parameters; expected '0' and received '1'."),
        ('{"id":1,"method":"depth","params":{"symbol":"NOSUCH"}}', -1121, "Invalid symbol."),
    ],
)
async def test_malformed_requests_are_told_so(shared: SocketClient, text: str, code: int, message: str) -> None:
    response = await shared.send_text(text)
    assert error_of(response)[1:] == (code, message)


@pytest.mark.parametrize("request_id", [None, 0, -5, 2**63, "", "a" * 36, "ü", 'quote"'])
async def test_any_id_comes_back(shared: SocketClient, request_id: object) -> None:
    text = msgspec.json.encode({"id": request_id, "method": "ping"}).decode()
    assert (await shared.send_text(text))["id"] == request_id


@pytest.fixture
async def shared(tmp_path: Path) -> Any:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        yield client


async def test_who_goes_over_the_limit_is_told_when_to_come_back_and_then_banned(tmp_path: Path) -> None:
    limits = RateLimits(
        request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 12), bans=BanRules(refusals_max=2, seconds_min=60)
    )
    async with streaming(tmp_path, rate_limits=limits) as exchange, connected(exchange.port) as client:
        while (response := await client.ask("time"))["status"] == 200:
            pass
        assert error_of(response)[:2] == (429, -1003)
        data = response["error"]["data"]
        assert data["serverTime"] < data["retryAfter"] <= data["serverTime"] + 60_000
        while (response := await client.ask("time"))["status"] == 429:
            pass
        assert error_of(response)[:2] == (418, -1003)
        assert response["error"]["data"]["retryAfter"] > response["error"]["data"]["serverTime"]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await client.socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connected(exchange.port):
                pass
        assert refused.value.response.status_code == 418


async def test_what_is_no_request_counts_as_one(tmp_path: Path) -> None:
    limits = RateLimits(
        request_weight=RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 12), bans=BanRules(refusals_max=2, seconds_min=60)
    )
    async with streaming(tmp_path, rate_limits=limits) as exchange, connected(exchange.port) as client:
        used = (await client.ask("time"))["rateLimits"][0]["count"]
        for weight, text in enumerate(("nonsense", '{"method":"ping"}', '{"id":1.5,"method":"ping"}'), 1):
            assert (await client.send_text(text))["rateLimits"][0]["count"] == used + weight
        statuses = [(await client.send_text("nonsense"))["status"] for _ in range(12 - used - 3 + 3)]
        assert statuses[-4:] == [400, 429, 429, 418]
        with pytest.raises(websockets.ConnectionClosed):
            await client.socket.recv()


async def test_wrong_addresses_are_refused(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        for path, status in (
            ("/ws-api", 404),
            ("/ws-api/v2", 404),
            ("/ws-api/v3?timeUnit=HOUR", 400),
            ("/ws-api/v3?returnRateLimits=x", 400),
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with exchange.connect(path):
                    pass
            assert refused.value.response.status_code == status


async def test_many_requests_at_once_all_get_their_answer(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        for number in range(500):
            await client.socket.send(f'{{"id":{number},"method":"depth","params":{{"symbol":"BTCUSDT"}}}}')
        answered = [await client.receive() for _ in range(500)]
        assert sorted(response["id"] for response in answered) == list(range(500))
        assert {response["status"] for response in answered} == {200}


async def test_the_end_of_the_server_is_announced(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        draining = asyncio.create_task(exchange.hub.connections.drain(notice_s=0.1))
        event = (await client.receive())["event"]
        assert event["e"] == "serverShutdown"
        assert len(str(event["E"])) == 13
        with pytest.raises(websockets.ConnectionClosed):
            await client.receive()
        await draining


async def test_the_end_of_the_server_leaves_no_request_unanswered(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange, connected(exchange.port) as client:
        alice, answered = exchange.exchange.alice, set[str]()
        for number in range(200):
            order = {**ORDER, "quantity": "0.001", "newClientOrderId": f"o{number}"}
            signed = {**order, "apiKey": alice.key.key, "timestamp": time.time_ns() // 1_000_000}
            signature = alice.sign("&".join(f"{name}={signed[name]}" for name in sorted(signed)))
            request = {"id": number, "method": "order.place", "params": {**signed, "signature": signature}}
            await client.socket.send(msgspec.json.encode(request).decode())
        first = await client.receive()
        draining = asyncio.create_task(exchange.hub.connections.drain())
        answered.add(first["result"]["clientOrderId"])
        with pytest.raises(websockets.ConnectionClosed) as closed:
            while True:
                message = await client.receive()
                if message.get("status") == 200:
                    answered.add(message["result"]["clientOrderId"])
        await draining
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        placed = {order["clientOrderId"] for order in await alice.do("GET", "/api/v3/openOrders")}
        assert placed == answered
