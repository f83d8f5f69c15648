"""Traders on a cluster who write down what they were told, and hold it against what is there afterwards."""

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.demo_process import Credentials
from tests.plain_http import plain_client
from tests.trading_client import Client, Refused

UNKNOWN_ORDER = -2013
SYMBOL = "XRPUSDT"
ASK_AGAIN_S = 0.1
LOOK_EVERY_S = 0.02
ASKED_TIMES = 60


@dataclass
class Told:
    """What traders were told, and when."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    accepted_at: list[float] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    retries: int = 0

    def pause_ms(self, from_s: float) -> int:
        """The longest time without an accepted order, from a moment on."""
        times = [from_s, *(at for at in sorted(self.accepted_at) if at >= from_s)]
        return round(1_000 * max((b - a for a, b in itertools.pairwise(times)), default=0.0))


class Load:
    """Traders, each at one gateway, who go to another one when theirs does not answer."""

    def __init__(self, urls: list[str], credentials: Credentials, name: str, traders: int, seed: int = 1) -> None:
        self.told = Told()
        self._urls = urls
        self._credentials = credentials
        self._is_stopping = False
        self._tasks = [
            asyncio.create_task(self._trade(f"{name}-{number}", number, random.Random(f"{seed}-{number}")))
            for number in range(traders)
        ]

    async def stop(self) -> Told:
        """Let everybody finish."""
        self._is_stopping = True
        await asyncio.gather(*self._tasks)
        return self.told

    async def until_accepted(self, more: int, timeout_s: float) -> None:
        """Wait until so many more orders are accepted."""
        wanted = len(self.told.accepted_at) + more
        async with asyncio.timeout(timeout_s):
            while True:
                if len(self.told.accepted_at) >= wanted:
                    return
                await asyncio.sleep(LOOK_EVERY_S)

    async def _trade(self, name: str, number: int, chance: random.Random) -> None:
        async with (
            plain_client(self._urls[number % len(self._urls)], timeout=40) as http,
            plain_client(self._urls[(number + 1) % len(self._urls)], timeout=40) as other,
        ):
            clients = [Client(http, self._credentials), Client(other, self._credentials)]
            for order_number in itertools.count():
                if self._is_stopping:
                    return
                order = self._order(f"{name}-{order_number}", chance)
                if not await self._place(clients[0], order) and not await self._find_out(clients, order):
                    clients.reverse()

    def _order(self, name: str, chance: random.Random) -> dict[str, object]:
        order: dict[str, object] = {"symbol": SYMBOL, "side": chance.choice(["BUY", "SELL"]), "newClientOrderId": name}
        if chance.randrange(10) < 3:
            return order | {"type": "MARKET", "quantity": str(chance.randint(10, 50))}
        price = "0.4000" if order["side"] == "BUY" else "0.9000"
        return order | {"type": "LIMIT", "timeInForce": "IOC", "quantity": "20", "price": price}

    async def _place(self, client: Client, order: dict[str, object]) -> bool:
        began, name = time.monotonic(), str(order["newClientOrderId"])
        self.told.asked.add(name)
        try:
            self.told.orders[name] = await client.send("POST", "/api/v3/order", **order)
        except (httpx.TransportError, Refused):
            self.told.retries += 1
            return False
        self.told.accepted_at.append(time.monotonic())
        self.told.took_s.append(time.monotonic() - began)
        return True

    async def _find_out(self, clients: list[Client], order: dict[str, object]) -> bool:
        """Ask what came of an order without an answer, wherever somebody answers."""
        for client in itertools.islice(itertools.cycle(clients), 20):
            try:
                await client.send(
                    "GET", "/api/v3/order", symbol=SYMBOL, origClientOrderId=str(order["newClientOrderId"])
                )
            except (httpx.TransportError, Refused):
                await asyncio.sleep(ASK_AGAIN_S)
                continue
            return client is clients[0]
        return False


async def asked(client: Client, path: str, **parameters: object) -> Any:
    """Ask until there is an answer: what is read from SQL may be behind on a busy machine."""
    for _ in range(ASKED_TIMES):
        try:
            return await client.send("GET", path, **parameters)
        except (httpx.TransportError, Refused):
            await asyncio.sleep(ASK_AGAIN_S)
    return await client.send("GET", path, **parameters)


async def check_told(url: str, credentials: Credentials, told: Told) -> None:
    """Everything told of is there, once, as it was told; nothing is there that was not asked for."""
    found: dict[str, dict[str, Any]] = {}
    fills: dict[int, set[tuple[object, ...]]] = {}
    async with plain_client(url, timeout=40) as http:
        client, from_id = Client(http, credentials), 1
        while page := await asked(client, "/api/v3/allOrders", symbol=SYMBOL, orderId=from_id, limit=1000):
            for order in page:
                assert order["clientOrderId"] not in found, "an order stands twice"
                found[order["clientOrderId"]] = order
            from_id = page[-1]["orderId"] + 1
        from_id = 1
        while page := await asked(client, "/api/v3/myTrades", symbol=SYMBOL, fromId=from_id, limit=1000):
            for fill in page:
                fills.setdefault(fill["orderId"], set()).add((fill["id"], fill["price"], fill["qty"]))
            from_id = page[-1]["id"] + 1
    assert set(told.orders) <= set(found) <= told.asked
    for name, reply in told.orders.items():
        kept = found[name]
        assert (kept["orderId"], kept["status"], kept["executedQty"]) == (
            reply["orderId"],
            reply["status"],
            reply["executedQty"],
        )
        assert fills.get(reply["orderId"], set()) == {
            (fill["tradeId"], fill["price"], fill["qty"]) for fill in reply["fills"]
        }
