"""Market streams of a live exchange: its port serves REST and WebSockets, as the real one does."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection

from rialto.contracts.commands import CancelAllOrders
from rialto.contracts.vocabulary import Side, TimeInForce
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.limits import RateLimits
from rialto.gateway.server import HttpServer, ServerSettings
from rialto.streams.api_connection import api_handlers
from rialto.streams.connections import Connections
from rialto.streams.feed import MarketFeed
from rialto.streams.hub import Hub
from rialto.streams.limits import StreamLimits
from rialto.streams.market_streams import market_stream_handlers
from rialto.streams.protocol import websocket_protocol
from tests.exchange import BTCUSDT, limit
from tests.gateway import Live, live
from tests.patience import PATIENCE_S

ACCOUNTS = (5, 6)


class Streaming:
    """A running exchange with its streams."""

    def __init__(self, exchange: Live, hub: Hub, port: int) -> None:
        self.exchange = exchange
        self.runtime: Runtime = exchange.runtime
        self.hub = hub
        self.port = port

    def connect(self, path: str, **options: Any) -> websockets.connect:
        return websockets.connect(f"ws://127.0.0.1:{self.port}{path}", proxy=None, **options)

    async def get(self, path: str, **parameters: Any) -> Any:
        return await self.exchange.get(path, **parameters)


@asynccontextmanager
async def streaming(
    directory: Path, limits: StreamLimits | None = None, rate_limits: RateLimits | None = None, **options: Any
) -> AsyncIterator[Streaming]:
    """Run an exchange with two funded accounts and its streams."""
    async with live(directory, limits=rate_limits, **{"open_orders_max": 10_000, **options}) as exchange:
        catalog = exchange.runtime.catalog

        def find_symbol(name: str) -> int | None:
            symbol = catalog.symbol_named(name)
            return None if symbol is None else symbol.id

        hub = Hub(find_symbol, Connections(exchange.runtime.now_us, limits))
        feed = MarketFeed(hub, exchange.runtime)
        handlers = {
            **market_stream_handlers(hub, exchange.keys.find),
            **api_handlers(hub.connections, exchange.gateway.websocket_api),
        }
        protocol = websocket_protocol(handlers, message_bytes_max=hub.connections.limits.message_bytes_max)
        server = HttpServer(
            exchange.gateway.application, exchange.gateway.edge, ServerSettings(port=0, drain_seconds=2), protocol
        )
        feed.start()
        await server.start()
        try:
            yield Streaming(exchange, hub, server.port)
        finally:
            await hub.connections.drain()
            await server.stop()
            await feed.stop()


async def trade_at_random(runtime: Runtime, orders: int, seed: int, pause_s: float = 0.0) -> None:
    """Place orders around a price, some of which trade; now and then, take everything of an account back."""
    choose = random.Random(seed)
    for number in range(orders):
        account, side = choose.choice(ACCOUNTS), choose.choice((Side.BUY, Side.SELL))
        middle = 9_980 if side is Side.BUY else 10_020
        price = f"{middle + choose.randint(-40, 40)}.{choose.randint(0, 3)}"
        quantity = f"0.0{choose.randint(1, 99):02}"
        patience = choose.choice((TimeInForce.GOOD_TILL_CANCELED, TimeInForce.IMMEDIATE_OR_CANCEL))
        try:
            await runtime.submit(limit(account, side, price, quantity, f"s{seed}-{number}", patience))
            if number % 97 == 96:
                await runtime.submit(CancelAllOrders(account, BTCUSDT))
        except CommandRefused:
            pass  # Nothing to take back, or too little left to pay with: nothing of interest here.
        await asyncio.sleep(pause_s)


async def collect(client: ClientConnection, until: Callable[[Any], bool], timeout: float = PATIENCE_S) -> list[Any]:
    """Return messages up to and with the first for which a condition holds."""
    messages: list[Any] = []
    async with asyncio.timeout(timeout):
        while not messages or not until(messages[-1]):
            messages.append(msgspec.json.decode(await client.recv()))
    return messages


async def eventually(holds: Callable[[], object], timeout: float = PATIENCE_S) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(timeout):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
