"""Lean clients under load, of HTTP and of the WebSocket API: requests made beforehand, one at a time on a connection.

A closed loop: a connection sends its next request when the answer to the last one is complete. Reads only what it needs
of an answer (status, length), so that the client costs little beside the server.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import uvloop

LENGTH = b"content-length: "
HEAD_END = b"\r\n\r\n"


class UnexpectedAnswer(Exception):
    """An answer other than 200; carries the request and the answer."""


@dataclass(frozen=True, slots=True)
class Result:
    """How long everything took, and each request of it."""

    elapsed_us: int
    latencies_us: list[float]


def send_all(
    host: str, port: int, requests: Sequence[bytes], connections: int, sender: "type[Sender] | None" = None
) -> Result:
    """Send every request, in order, over so many connections; any answer but 200 ends it. Errors: UnexpectedAnswer.

    Requests are whole HTTP requests or, for a `SocketSender`, texts of the WebSocket API.
    """
    return uvloop.run(_send_all(host, port, requests, connections, sender or HttpSender))


async def _send_all(
    host: str, port: int, requests: Sequence[bytes], connections: int, sender: "type[Sender]"
) -> Result:
    loop = asyncio.get_running_loop()
    waiting = iter(requests)
    latencies_us: list[float] = []

    def new_sender() -> Sender:
        return sender(waiting, latencies_us.append, loop.create_future())

    opened = [await loop.create_connection(new_sender, host, port) for _ in range(connections)]
    senders = [each for _, each in opened]
    await asyncio.gather(*(each.opened.wait() for each in senders))
    started_ns = time.perf_counter_ns()
    for each in senders:
        each.send_next()
    try:
        await asyncio.gather(*(each.done for each in senders))
        return Result((time.perf_counter_ns() - started_ns) // 1_000, latencies_us)
    finally:
        for transport, _ in opened:
            transport.close()


class Sender(asyncio.Protocol, ABC):
    """One connection that sends what is waiting."""

    def __init__(self, waiting: Iterator[bytes], record: Callable[[float], None], done: "asyncio.Future[None]") -> None:
        self.done = done
        self.opened = asyncio.Event()
        self._waiting = waiting
        self._record = record
        self._request = b""
        self._received = b""
        self._sent_ns = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What uvloop hands over is one by its methods, and not by its class.
        self._transport = cast(asyncio.Transport, transport)

    @abstractmethod
    def whole(self, received: bytes) -> int | None:
        """Return the length of the answer at the beginning, if it is complete."""

    @abstractmethod
    def is_good(self, answer: bytes) -> bool:
        """Tell whether an answer is a success."""

    def framed(self, request: bytes) -> bytes:
        """Return a request as it travels."""
        return request

    def send_next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self.done.set_result(None)
            return
        self._request = request
        self._sent_ns = time.perf_counter_ns()
        self._transport.write(self.framed(request))

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        whole = self.whole(received)
        if whole is None:
            self._received = received
            return
        self._record((time.perf_counter_ns() - self._sent_ns) / 1_000)
        self._received = received[whole:]
        self._take(received[:whole])

    def _take(self, answer: bytes) -> None:
        if self.is_good(answer):
            self.send_next()
        else:
            self._fail(f"{self._request!r} was answered with {answer!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the connection was closed: {exc}")

    def _fail(self, message: str) -> None:
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswer(message))


class HttpSender(Sender):
    """Sends HTTP requests."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready at once."""
        super().connection_made(transport)
        self.opened.set()

    def whole(self, received: bytes) -> int | None:
        """Read the length off the head."""
        head_end = received.find(HEAD_END)
        if head_end < 0:
            return None
        at = received.index(LENGTH) + len(LENGTH)
        whole = head_end + len(HEAD_END) + int(received[at : received.index(b"\r", at)])
        return whole if len(received) >= whole else None

    def is_good(self, answer: bytes) -> bool:
        """Look at the status line."""
        return answer.startswith(b"HTTP/1.1 200")


class SocketSender(Sender):
    """Sends texts of the WebSocket API, once the connection is upgraded."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        super().connection_made(transport)
        self._transport.write(
            b"GET /ws-api/v3?returnRateLimits=false HTTP/1.1\r\nHost: x\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        """Take the upgrade, then answers."""
        if self.opened.is_set():
            super().data_received(data)
            return
        self._received += data
        if self._received.endswith(HEAD_END):
            self._received = b""
            self.opened.set()

    def whole(self, received: bytes) -> int | None:
        """Read the length off a frame that is not masked and shorter than 64 kB."""
        if len(received) < 4:
            return None
        size = received[1]
        whole = 2 + size if size < 126 else 4 + int.from_bytes(received[2:4], "big")
        return whole if len(received) >= whole else None

    def is_good(self, answer: bytes) -> bool:
        """Look at the status."""
        return b'"status":200' in answer

    def framed(self, request: bytes) -> bytes:
        """Make a text frame, masked with zeros: the bytes stay as they are."""
        size = len(request)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        return head + bytes(4) + request
