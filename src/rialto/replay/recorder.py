"""Recording: public market streams of any server that speaks the API, written down as they come.

Connects to the combined streams of an exchange (`/stream?streams=…`), ours or another, and writes each message with the
local time of its arrival, in the format that `recording` reads. What arrives gathers in a bounded buffer, from which
a thread compresses it to disk once a second; beyond the bound the connection is not read, and the server has to wait. A
lost connection is made again, waiting longer each time; messages missed meanwhile are missing in the recording. After
a crash the file holds all but the last second or so.
"""

import asyncio
import gzip
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import structlog
from picows import WSAutoPingStrategy, WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from rialto.foundation.failures import ExpectedFailure
from rialto.replay.recording import LINE_BYTES_MAX

STREAMS: Final = ("trade", "bookTicker", "depth@100ms")
"""What is recorded of a symbol, unless something else is asked for: all that a replay needs."""

STREAMS_MAX: Final = 1_024
"""How many streams one connection may carry."""

BUFFER_BYTES_MAX: Final = 64 << 20
FLUSH_PERIOD_S: Final = 1.0
CONNECT_TIMEOUT_S: Final = 10.0
SILENCE_TIMEOUT_S: Final = 20.0
"""How long a server may say nothing before it is pinged, and then how long until the connection counts as lost."""

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 30.0

_STREAM_PART: Final = re.compile(r"[A-Za-z0-9_@!+:.-]{1,64}", re.ASCII)
_log = structlog.stdlib.get_logger(__name__)


class InvalidStream(ExpectedFailure):
    """A symbol or a stream that has no name, or too many of them."""


class ServerUnreachable(ExpectedFailure):
    """The server does not answer, or refuses the connection."""


class RecordingExists(ExpectedFailure):
    """There is a file of the recording's name; it is not written over."""


class Recorded(msgspec.Struct):
    """What a recorder has written, or is about to."""

    messages: int = 0
    payload_bytes: int = 0
    connections: int = 0
    """How often the server was connected; more than once means that messages are missing."""


def stream_url(server: str, symbols: Sequence[str], streams: Sequence[str] = STREAMS) -> str:
    """Return the address of the combined streams of some symbols on a server (`ws://host:port`, `wss://…`).

    Errors: `InvalidStream`.
    """
    names = [f"{symbol.lower()}@{stream}" for symbol in symbols for stream in streams]
    wrong = next((part for part in (*symbols, *streams) if not _STREAM_PART.fullmatch(part)), None)
    if wrong is not None:
        raise InvalidStream(f"{wrong[:80]!r} is no symbol and no stream; give names such as BTCUSDT and trade")
    if not 1 <= len(names) <= STREAMS_MAX:
        raise InvalidStream(f"{len(names)} streams cannot be recorded; give symbols for 1 to {STREAMS_MAX} of them")
    return f"{server.rstrip('/')}/stream?streams={'/'.join(names)}"


async def record(
    url: str,
    path: Path,
    *,
    stop: asyncio.Event,
    duration_s: float | None = None,
    on_progress: Callable[[Recorded], object] | None = None,
) -> Recorded:
    """Record what a server says at an address until told to stop, or for a duration; the file is complete then.

    `on_progress` is told once a second. Errors: `RecordingExists`; `ServerUnreachable` if the server cannot be reached
    in the first place, nothing is written then; `OSError` when the file cannot be written.
    """
    try:
        file = path.open("xb")
    except FileExistsError as error:
        raise RecordingExists(f"{path} exists; name a file that does not") from error
    buffer = _Buffer()
    with file, gzip.GzipFile("", "wb", fileobj=file) as compressed:
        try:
            transport = await _connect(url, buffer)
        except ServerUnreachable:
            await asyncio.to_thread(path.unlink)
            raise
        writing = asyncio.create_task(_write(buffer, compressed, on_progress))
        keeping = asyncio.create_task(_keep_connected(url, buffer, transport))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((writing, keeping, stopping), timeout=duration_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            keeping.cancel()
            stopping.cancel()
            await asyncio.gather(keeping, stopping, return_exceptions=True)
            buffer.hang_up()
            await writing
        compressed.close()
        file.flush()
        os.fsync(file.fileno())
    return buffer.recorded


class _Buffer:
    """Lines on their way to the disk. Stops the reading of its connection when there are too many."""

    def __init__(self) -> None:
        self.recorded = Recorded()
        self.transport: WSTransport | None = None
        self.closed = asyncio.Event()
        self._lines: list[bytes] = []
        self._bytes = 0
        self._is_paused = False

    def add(self, payload: bytes) -> None:
        line = b"%d %b\n" % (time.time_ns(), payload.replace(b"\n", b" "))
        self._lines.append(line)
        self._bytes += len(line)
        self.recorded.messages += 1
        self.recorded.payload_bytes += len(payload)
        if self._bytes > BUFFER_BYTES_MAX and not self._is_paused and self.transport is not None:
            self._is_paused = True
            self.transport.underlying_transport.pause_reading()

    def take(self) -> list[bytes]:
        lines, self._lines, self._bytes = self._lines, [], 0
        if self._is_paused and self.transport is not None and not self.transport.is_disconnected:
            self.transport.underlying_transport.resume_reading()
        self._is_paused = False
        return lines

    def hang_up(self) -> None:
        """End the connection; what has arrived is all there will be."""
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.OK)
            self.transport.disconnect()
        self.closed.set()


class _Ear(WSListener):
    """Puts every message of a connection into the buffer."""

    def __init__(self, buffer: _Buffer) -> None:
        self._buffer = buffer
        self._parts: list[bytes] = []

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._buffer.transport = transport
        self._buffer.recorded.connections += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        elif frame.msg_type in (WSMsgType.TEXT, WSMsgType.CONTINUATION):
            self._parts.append(frame.get_payload_as_bytes())
            if sum(map(len, self._parts)) > LINE_BYTES_MAX:
                transport.send_close(WSCloseCode.MESSAGE_TOO_BIG)
                transport.disconnect()
            elif frame.fin:
                self._buffer.add(b"".join(self._parts))
                self._parts.clear()


async def _connect(url: str, buffer: _Buffer) -> WSTransport:
    """Connect to a server. Errors: `ServerUnreachable`."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            transport, _ = await ws_connect(
                lambda: _Ear(buffer),
                url,
                enable_auto_ping=True,
                auto_ping_idle_timeout=SILENCE_TIMEOUT_S,
                auto_ping_reply_timeout=SILENCE_TIMEOUT_S,
                auto_ping_strategy=WSAutoPingStrategy.PING_WHEN_IDLE,
                max_frame_size=LINE_BYTES_MAX,
            )
    except TimeoutError as error:
        raise ServerUnreachable(f"{url} does not answer within {CONNECT_TIMEOUT_S:.0f} s") from error
    except (OSError, WSError) as error:
        raise ServerUnreachable(f"{url} cannot be connected to: {error}") from error
    return transport


async def _keep_connected(url: str, buffer: _Buffer, transport: WSTransport) -> None:
    """Wait for the end of a connection and make the next, for ever."""
    backoff_s = BACKOFF_FIRST_S
    while True:
        messages_before = buffer.recorded.messages
        try:
            await transport.wait_disconnected()
        except WSError as error:
            _log.warning("recording interrupted", url=url, error=str(error))
        if buffer.recorded.messages > messages_before:
            backoff_s = BACKOFF_FIRST_S
        while transport.is_disconnected:
            _log.warning("connection lost; messages will be missing", url=url, again_in_s=backoff_s)
            await asyncio.sleep(backoff_s)
            backoff_s = min(2 * backoff_s, BACKOFF_MAX_S)
            try:
                transport = await _connect(url, buffer)
            except ServerUnreachable as error:
                _log.warning("server unreachable", error=str(error))


async def _write(buffer: _Buffer, file: gzip.GzipFile, on_progress: Callable[[Recorded], object] | None) -> None:
    """Write what is in the buffer once a second, and at the end."""
    while True:
        is_last = buffer.closed.is_set()
        lines = buffer.take()
        if lines:
            await asyncio.to_thread(_write_lines, file, lines)
        if on_progress is not None:
            on_progress(buffer.recorded)
        if is_last:
            return
        try:
            async with asyncio.timeout(FLUSH_PERIOD_S):
                await buffer.closed.wait()
        except TimeoutError:
            pass


def _write_lines(file: gzip.GzipFile, lines: list[bytes]) -> None:
    file.write(b"".join(lines))
    file.flush()
