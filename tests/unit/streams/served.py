"""A hub behind a real server, and the figures a core would state."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection

from rialto.contracts.market import Candle
from rialto.foundation.clock import SettableClock
from rialto.streams.connections import Connections
from rialto.streams.hub import Hub
from rialto.streams.limits import StreamLimits
from rialto.streams.market_streams import market_stream_handlers
from rialto.streams.protocol import websocket_protocol
from rialto.wire import decimals
from tests.streams import eventually

SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBBTC")
START_US = 1_700_000_000_123_456
MINUTE_US = 60_000_000


def find_symbol(name: str) -> int | None:
    return SYMBOLS.index(name) if name in SYMBOLS else None


async def _no_such_page(_scope: Any, _receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Served:
    """A hub, its clock and the address of the server in front of it."""

    def __init__(self, limits: StreamLimits) -> None:
        self.clock = SettableClock(START_US)
        self.hub = Hub(find_symbol, Connections(self.clock.now_us, limits))
        self.port = 0
        self.server: uvicorn.Server

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def connect(self, path: str, **options: Any) -> websockets.connect:
        return websockets.connect(self.url(path), ping_interval=None, **options)


@contextlib.asynccontextmanager
async def served(limits: StreamLimits | None = None) -> AsyncIterator[Served]:
    """Serve a hub on loopback until the end of the block."""
    it = Served(limits or StreamLimits())
    handlers = market_stream_handlers(it.hub, lambda _name: None)
    protocol = websocket_protocol(handlers, message_bytes_max=it.hub.connections.limits.message_bytes_max)
    config = uvicorn.Config(_no_such_page, ws=protocol, lifespan="off", log_level="error", access_log=False)
    it.server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        it.port = listening.getsockname()[1]
        task = asyncio.create_task(it.server.serve([listening]))
        await eventually(lambda: it.server.started)
        try:
            yield it
        finally:
            it.server.should_exit = True
            await task


async def receive(client: ClientConnection, timeout: float = 5.0) -> Any:
    """Return the next message, decoded."""
    async with asyncio.timeout(timeout):
        return msgspec.json.decode(await client.recv())


async def ask(client: ClientConnection, method: str, params: object = msgspec.UNSET, request_id: object = 1) -> Any:
    """Send a request and return the reply."""
    request = {"method": method, "params": params, "id": request_id}
    await client.send(msgspec.json.encode({k: v for k, v in request.items() if v is not msgspec.UNSET}).decode())
    return await receive(client)


def candle(opened_at_us: int, length_us: int = MINUTE_US, *prices: str, volume: str = "1.00000000") -> Candle:
    """Return a candle that traded at the given prices, in order, or did not trade since its one price."""
    trades = len(prices) if volume.strip("0.") else 0
    return Candle(
        opened_at_us=opened_at_us,
        closes_at_us=opened_at_us + length_us,
        open=prices[0],
        high=max(prices, key=decimals.to_units),
        low=min(prices, key=decimals.to_units),
        close=prices[-1],
        volume=volume,
        quote_volume=volume,
        trades=trades,
        taker_buy_volume="0.00000000",
        taker_buy_quote_volume="0.00000000",
        first_trade_id=opened_at_us // length_us if trades else 0,
        last_trade_id=opened_at_us // length_us + trades - 1 if trades else 0,
    )


def fields(messages: Sequence[Any], *names: str) -> list[tuple[Any, ...]]:
    """Return the named fields of messages."""
    return [tuple(message[name] for name in names) for message in messages]
