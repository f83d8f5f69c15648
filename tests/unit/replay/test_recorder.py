"""What a server says is written down as it was said, whatever happens to the connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import websockets
from websockets.asyncio.server import ServerConnection

from rialto.replay import recorder
from rialto.replay.recorder import (
    InvalidStream,
    Recorded,
    RecordingExists,
    ServerUnreachable,
    record,
    stream_url,
)
from rialto.replay.recording import Line, RecordedTrade, Recording
from tests.recorded import trade
from tests.streams import eventually

SHORT_S = 0.02
URL = "/stream?streams=btcusdt@trade"


def message(number: int) -> str:
    return trade(str(number), "1", taker="buy").partition(" ")[2]


class Server:
    """A WebSocket server that says numbered trades when asked to."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.connections: list[ServerConnection] = []
        self.said = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}{URL}"

    def is_connected(self, times: int) -> bool:
        return len(self.connections) == times

    async def say(self, count: int) -> None:
        for _ in range(count):
            self.said += 1
            await self.connections[-1].send(message(self.said))

    async def handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.paths.append(connection.request.path)
        self.connections.append(connection)
        await connection.wait_closed()


@asynccontextmanager
async def serving(port: int = 0) -> AsyncIterator[Server]:
    server = Server()
    async with websockets.serve(server.handle, "127.0.0.1", port) as serving_:
        server.port = next(iter(serving_.sockets)).getsockname()[1]
        yield server


@asynccontextmanager
async def recording(
    url: str, path: Path, on_progress: Callable[[Recorded], object] | None = None
) -> AsyncIterator[asyncio.Task[Recorded]]:
    """Record until the end of the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(record(url, path, stop=stop, on_progress=on_progress))
    try:
        yield task
    finally:
        stop.set()
        await asyncio.wait((task,))


def prices(path: Path) -> list[int]:
    """Return the numbers of the trades in a recording, every line of which must be sound."""
    found = []
    received_at_ns = 0
    for item in Recording(path).read():
        assert isinstance(item, Line), item
        assert isinstance(item.message, RecordedTrade)
        assert item.received_at_ns >= received_at_ns > -1
        received_at_ns = item.received_at_ns
        found.append(item.message.price // 100_000_000)
    return found


async def test_everything_said_is_written_until_told_to_stop(tmp_path: Path) -> None:
    path = tmp_path / "recording.gz"
    async with serving() as server:
        async with recording(server.url, path) as task:
            await eventually(lambda: server.connections)
            await server.say(500)
            await (await server.connections[0].ping())
        await eventually(lambda: server.connections[0].close_code == 1000)
    assert server.paths == [URL]
    assert prices(path) == list(range(1, 501))
    assert task.result().messages == 500
    assert task.result().connections == 1


async def test_a_duration_ends_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "recording.gz"
    async with serving() as server:
        recorded = await record(server.url, path, stop=asyncio.Event(), duration_s=0.05)
    assert recorded == Recorded(messages=0, payload_bytes=0, connections=1)
    assert prices(path) == []


async def test_a_lost_connection_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "BACKOFF_FIRST_S", SHORT_S)
    path = tmp_path / "recording.gz"
    async with serving() as server, recording(server.url, path) as task:
        for number, lose in enumerate((_close, _abort, _close), 1):
            await eventually(partial(server.is_connected, number))
            await server.say(10)
            await (await server.connections[-1].ping())
            await lose(server.connections[-1])
        await eventually(lambda: len(server.connections) == 4)
        await server.say(1)
        await (await server.connections[-1].ping())
    assert prices(path) == list(range(1, 32))
    assert task.result().connections == 4


async def _close(connection: ServerConnection) -> None:
    await connection.close()


async def _abort(connection: ServerConnection) -> None:
    connection.transport.abort()


async def test_a_server_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "BACKOFF_FIRST_S", SHORT_S)
    monkeypatch.setattr(recorder, "BACKOFF_MAX_S", SHORT_S)
    path = tmp_path / "recording.gz"
    async with AsyncExitStack() as stack:
        async with serving() as first:
            task = await stack.enter_async_context(recording(first.url, path))
            await eventually(lambda: first.connections)
            await first.say(1)
        await asyncio.sleep(0.1)
        assert not task.done()
        async with serving(first.port) as second:
            await eventually(lambda: second.connections)
            await second.say(2)
            await (await second.connections[-1].ping())
            await stack.aclose()
    assert prices(path) == [1, 1, 2]
    assert task.result().connections == 2


async def test_what_is_written_survives_the_recorder(tmp_path: Path) -> None:
    """Within moments of its arrival a message is readable from the file, though that has no end yet."""
    path = tmp_path / "recording.gz"
    told: list[int] = []
    async with serving() as server, recording(server.url, path, lambda so_far: told.append(so_far.messages)):
        await eventually(lambda: server.connections)
        await server.say(50)
        await eventually(lambda: told and told[-1] == 50)
        lines = [item for item in Recording(path).read() if isinstance(item, Line)]
        assert len(lines) == 50


async def test_a_message_in_pieces_and_over_lines_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "recording.gz"
    text = message(1)
    async with serving() as server, recording(server.url, path):
        await eventually(lambda: server.connections)
        await server.connections[0].send([text[:20], text[20:40], text[40:]])
        await server.connections[0].send(message(2).replace(",", ",\n"))
        await (await server.connections[0].ping())
    assert prices(path) == [1, 2]


async def test_the_buffer_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound nothing more is read until the buffer is written; nothing is lost by it."""
    monkeypatch.setattr(recorder, "BUFFER_BYTES_MAX", 10_000)
    monkeypatch.setattr(recorder, "FLUSH_PERIOD_S", SHORT_S)
    path = tmp_path / "recording.gz"
    async with serving() as server, recording(server.url, path):
        await eventually(lambda: server.connections)
        await server.say(3_000)
        async with asyncio.timeout(20):
            await (await server.connections[0].ping())
    assert prices(path) == list(range(1, 3_001))


async def test_what_cannot_be_recorded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "recording.gz"
    async with serving() as server:
        port = server.port
    with pytest.raises(ServerUnreachable, match="cannot be connected to"):
        await record(f"ws://127.0.0.1:{port}/stream?streams=a", path, stop=asyncio.Event())
    with pytest.raises(ServerUnreachable, match="not a URL"):
        await record("not a URL", path, stop=asyncio.Event())
    assert not path.exists()
    path.write_text("kept")
    with pytest.raises(RecordingExists, match=r"recording\.gz exists"):
        await record(f"ws://127.0.0.1:{port}/", path, stop=asyncio.Event())
    assert path.read_text() == "kept"


def test_addresses_of_streams() -> None:
    assert stream_url("ws://localhost:8000/", ["BTCUSDT", "ethusdt"], ["trade", "depth@100ms"]) == (
        "ws://localhost:8000/stream?streams=btcusdt@trade/btcusdt@depth@100ms/ethusdt@trade/ethusdt@depth@100ms"
    )
    assert stream_url("wss://example.org", ["BTCUSDT"]).endswith(
        "=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms"
    )
    for symbols in ([], ["A"] * 400):
        with pytest.raises(InvalidStream, match=r"streams cannot be recorded; give symbols for 1 to 1024"):
            stream_url("ws://localhost", symbols)
    for symbol in ("", "BTC/USDT", "BTC&a=b", "é"):
        with pytest.raises(InvalidStream, match="is no symbol and no stream"):
            stream_url("ws://localhost", [symbol])
