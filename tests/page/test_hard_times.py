"""What the page does when the network, the exchange, the session or the browser fail it, in a real browser."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rialto.bootstrap.watching import Watching
from rialto.foundation.configuration import read_settings
from rialto.gateway.page.site import PageSite
from rialto.gateway.server import ServerSettings, listen
from rialto.identity.passwords import hashed
from tests.gateway import Trader
from tests.page.walk import WALK_TIMEOUT_S, needs_the_page, walk
from tests.person import PASSWORD
from tests.whole_exchange import Whole, whole_exchange

EMAIL = "zoe@example.com"


class Restarted:
    """An exchange that is stopped and started again, on the same data and the same port."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._stack = AsyncExitStack()
        self._port = 0
        self.whole: Whole

    async def start(self) -> None:
        """Start it, where it was before if it was."""
        await self.stop()
        exchange = whole_exchange(self._data, page_directory=None, port=self._port)
        self.whole = await self._stack.enter_async_context(exchange)
        self._port = self.whole.exchange.port

    async def begin(self) -> None:
        """Answer as it does while it replays its journal."""
        await self.stop()
        listener = listen(ServerSettings(port=self._port))
        self._stack.callback(listener.close)
        watching = Watching(read_settings({}, {"data_directory": self._data}))
        await self._stack.enter_async_context(watching.alone(listener, PageSite()))

    async def bad_gateway(self) -> None:
        """Answer as a proxy does that has nobody behind it."""
        await self.stop()

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        proxy = await asyncio.start_server(refuse, "127.0.0.1", self._port)
        self._stack.callback(proxy.close)

    async def stop(self) -> None:
        """Stop it."""
        await self._stack.aclose()


@pytest.mark.timeout(WALK_TIMEOUT_S)
async def test_the_page_gets_over_what_fails_around_it(tmp_path: Path) -> None:
    needs_the_page()
    running = Restarted(tmp_path / "data")
    await running.start()
    parts = running.whole.exchange.parts
    person = parts.identity.people.register(EMAIL, parts.wall_clock_us(), password_hash=hashed(PASSWORD))
    maker = await running.whole.trader("maker", USDT="100000", BTC="100")
    await maker.place("BUY", "90.00", "1")

    async def offer(price: str) -> str:
        mine = Trader(running.whole.client, maker.key, maker.secret)
        await mine.place("SELL", price, "1")
        return "done"

    async def restart(_nothing: str) -> str:
        await running.start()
        return "done"

    async def begin(_nothing: str) -> str:
        await running.begin()
        return "done"

    async def bad_gateway(_nothing: str) -> str:
        await running.bad_gateway()
        return "done"

    async def end_sessions(_nothing: str) -> str:
        running.whole.exchange.parts.identity.sessions.end_all(person.owner)
        return "done"

    url = f"http://127.0.0.1:{running.whole.exchange.port}"
    asked = {
        "offer": offer, "restart": restart, "begin": begin, "badGateway": bad_gateway, "endSessions": end_sessions,
    }  # fmt: skip
    try:
        words = await walk("hard-times", url, asked, EMAIL, PASSWORD)
    finally:
        await running.stop()
    assert words[-1] == "isFarAway"
