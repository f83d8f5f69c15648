"""A client of the WebSocket API: sends requests as texts, keeps responses and events apart."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import websockets

from tests.gateway import Trader
from tests.patience import PATIENCE_S

Sign = Callable[[str], str]


class SocketClient:
    """One connection."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.received: list[dict[str, Any]] = []
        self._last_id = 0

    async def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a request and return the whole response to it."""
        self._last_id += 1
        await self.socket.send(msgspec.json.encode({"id": self._last_id, "method": method, "params": params}).decode())
        while True:
            message = await self.receive()
            if message.get("id") == self._last_id and "status" in message:
                return message

    async def ask_signed(self, method: str, trader: Trader, sign: Sign | None = None, **params: object) -> Any:
        """Send a request signed by a trader's key, or by another way of signing."""
        params = {**params, "apiKey": trader.key.key, "timestamp": time.time_ns() // 1_000_000}
        payload = "&".join(f"{name}={spelled(params[name])}" for name in sorted(params))
        return await self.ask(method, **params, signature=(sign or trader.sign)(payload))

    async def send_text(self, text: str) -> dict[str, Any]:
        """Send any text and return what comes next."""
        await self.socket.send(text)
        return await self.receive()

    async def receive(self) -> dict[str, Any]:
        """Return the next message, and keep it."""
        message: dict[str, Any] = msgspec.json.decode(await asyncio.wait_for(self.socket.recv(), PATIENCE_S))
        self.received.append(message)
        return message


def spelled(value: object) -> str:
    """Spell a value as it travels in JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@asynccontextmanager
async def connected(port: int, query: str = "") -> AsyncIterator[SocketClient]:
    """Connect to the WebSocket API on a port."""
    async with websockets.connect(f"ws://127.0.0.1:{port}/ws-api/v3{query}", proxy=None) as socket:
        yield SocketClient(socket)
