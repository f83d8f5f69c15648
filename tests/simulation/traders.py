"""Traders who remember: what they asked, what they were told, and how that is held against what an exchange says later.

Half of them trade over HTTP, half over the WebSocket API.
"""

import asyncio
import hashlib
import hmac
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import websockets

from tests.demo_process import Credentials, DemoProcess
from tests.plain_http import plain_client
from tests.trading_client import Client, Refused
from tests.websocket_client import SocketClient, connected

TRADERS = 8
BROKEN = (httpx.TransportError, websockets.ConnectionClosed, ConnectionError, TimeoutError)
"""How a connection ends that the other side has ended."""


@dataclass
class Acknowledged:
    """What clients were told, and what they asked without an answer."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    canceled: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    shutdowns: int = 0
    """How many sockets were told that the server shuts down."""
    _wanted: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, name: str, reply: dict[str, Any]) -> None:
        """Note what a client was told of its order."""
        self.orders[name] = reply
        if len(self.orders) >= self._wanted:
            self._reached.set()

    async def wait_for_more(self, count: int) -> None:
        """Wait until so many more orders were acknowledged."""
        self._wanted, self._reached = len(self.orders) + count, asyncio.Event()
        await self._reached.wait()


class SocketTrader:
    """Sends over the WebSocket API what `Client` sends over HTTP."""

    def __init__(self, socket: SocketClient, credentials: Credentials) -> None:
        self._socket = socket
        self._credentials = credentials

    async def send(self, method: str, _path: str, **parameters: object) -> Any:
        name = {"POST": "order.place", "DELETE": "order.cancel"}[method]
        now_ms = time.time_ns() // 1_000_000
        signed = {**parameters, "apiKey": self._credentials.key, "timestamp": now_ms, "recvWindow": 60_000}
        payload = "&".join(f"{key}={signed[key]}" for key in sorted(signed))
        signature = hmac.new(self._credentials.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
        answer = await self._socket.ask(name, **signed, signature=signature)
        if answer["status"] != 200:
            raise Refused(answer)
        return answer["result"]


async def trade(
    client: Client | SocketTrader, name: str, chance: random.Random, told: Acknowledged, orders: int
) -> None:
    """Place, take and cancel until the connection breaks or is refused, or so many orders were placed."""
    for number in range(orders):
        order_name = f"{name}-{number}"
        order = {"symbol": "XRPUSDT", "side": chance.choice(["BUY", "SELL"]), "newClientOrderId": order_name}
        if chance.randrange(10) < 3:
            order |= {"type": "MARKET", "quantity": str(chance.randint(10, 50))}
        else:
            price = "0.4000" if order["side"] == "BUY" else "0.9000"
            order |= {"type": "LIMIT", "timeInForce": "GTC", "quantity": "20", "price": price}
        told.asked.add(order_name)
        told.answered(order_name, await client.send("POST", "/api/v3/order", **order))
        if order["type"] == "LIMIT":
            await client.send("DELETE", "/api/v3/order", symbol="XRPUSDT", origClientOrderId=order_name)
            told.canceled.add(order_name)


async def _trade_over_socket(
    port: int, credentials: Credentials, name: str, chance: random.Random, told: Acknowledged, orders: int
) -> None:
    async with connected(port) as socket:
        try:
            await trade(SocketTrader(socket, credentials), name, chance, told, orders)
        except websockets.ConnectionClosed:
            # What came before the end may still lie unread.
            with suppress(websockets.ConnectionClosed):
                while True:
                    await socket.receive()
            raise
        finally:
            told.shutdowns += any("serverShutdown" in str(message) for message in socket.received)


async def trade_until_broken(
    url: str, credentials: Credentials, name: str, chance: random.Random, told: Acknowledged, orders: int = 100_000
) -> list[BaseException | None]:
    """Trade with several connections of both kinds until all of them have ended; return how each did.

    Each ends by itself after so many `orders`: one that is cancelled may be answered at that moment and go on.
    """
    port = int(url.rsplit(":", 1)[1])
    async with plain_client(url) as http:
        client = Client(http, credentials)
        trading = [trade(client, f"{name}-{number}", chance, told, orders) for number in range(TRADERS // 2)]
        trading += [
            _trade_over_socket(port, credentials, f"{name}-{number}", chance, told, orders)
            for number in range(TRADERS // 2, TRADERS)
        ]
        return await asyncio.gather(*trading, return_exceptions=True)


async def check(exchange: DemoProcess, told: Acknowledged, *, all_answered: bool = False) -> None:
    """Hold what the exchange says now against what it said before it ended.

    If `all_answered`, nothing was carried out that its client was not told of.
    """
    async with plain_client(exchange.url) as http:
        client = Client(http, exchange.credentials("bob"))
        found: dict[str, dict[str, Any]] = {}
        from_id = 1
        while page := await client.send("GET", "/api/v3/allOrders", symbol="XRPUSDT", orderId=from_id, limit=1000):
            for order in page:
                assert order["clientOrderId"] not in found, "an order stands twice"
                found[order["clientOrderId"]] = order
            from_id = page[-1]["orderId"] + 1
        fills: dict[int, list[dict[str, Any]]] = {}
        from_id = 1
        while page := await client.send("GET", "/api/v3/myTrades", symbol="XRPUSDT", fromId=from_id, limit=1000):
            for fill in page:
                fills.setdefault(fill["orderId"], []).append(fill)
            from_id = page[-1]["id"] + 1
    assert set(told.orders) <= set(found) <= told.asked
    assert not all_answered or set(found) == set(told.orders), "what was carried out was answered"
    for name, reply in told.orders.items():
        order = found[name]
        assert order["orderId"] == reply["orderId"]
        expected = "CANCELED" if name in told.canceled else reply["status"]
        if reply["status"] == "NEW" and name not in told.canceled and not all_answered:
            assert order["status"] in {"NEW", "CANCELED"}, "its cancellation may have been under way"
        else:
            assert (order["status"], order["executedQty"]) == (expected, reply["executedQty"])
        told_fills = [(fill["tradeId"], fill["price"], fill["qty"], fill["commission"]) for fill in reply["fills"]]
        kept = [
            (fill["id"], fill["price"], fill["qty"], fill["commission"]) for fill in fills.get(reply["orderId"], [])
        ]
        assert kept == told_fills, name
