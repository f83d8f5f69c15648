"""A lean HTTP client under load: whole requests made beforehand, one at a time on each of several connections.

A closed loop: a connection sends its next request when the answer to the last one is complete. Reads only what it needs
of an answer (status, length), so that the client costs little beside the server.
"""

import asyncio
import time
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


def send_all(host: str, port: int, requests: Sequence[bytes], connections: int) -> Result:
    """Send every request, in order, over so many connections; any answer but 200 ends it. Errors: UnexpectedAnswer."""
    return uvloop.run(_send_all(host, port, requests, connections))


async def _send_all(host: str, port: int, requests: Sequence[bytes], connections: int) -> Result:
    loop = asyncio.get_running_loop()
    waiting = iter(requests)
    latencies_us: list[float] = []

    def new_sender() -> _Sender:
        return _Sender(waiting, latencies_us.append, loop.create_future())

    opened = [await loop.create_connection(new_sender, host, port) for _ in range(connections)]
    senders = [sender for _, sender in opened]
    started_ns = time.perf_counter_ns()
    for sender in senders:
        sender.send_next()
    try:
        await asyncio.gather(*(sender.done for sender in senders))
        return Result((time.perf_counter_ns() - started_ns) // 1_000, latencies_us)
    finally:
        for transport, _ in opened:
            transport.close()


class _Sender(asyncio.Protocol):
    def __init__(self, waiting: Iterator[bytes], record: Callable[[float], None], done: "asyncio.Future[None]") -> None:
        self.done = done
        self._waiting = waiting
        self._record = record
        self._request = b""
        self._received = b""
        self._sent_ns = 0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What uvloop hands over is one by its methods, and not by its class.
        self._transport = cast(asyncio.Transport, transport)

    def send_next(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self.done.set_result(None)
            return
        self._request = request
        self._sent_ns = time.perf_counter_ns()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        head_end = received.find(HEAD_END)
        if head_end >= 0:
            at = received.index(LENGTH) + len(LENGTH)
            whole = head_end + len(HEAD_END) + int(received[at : received.index(b"\r", at)])
            if len(received) >= whole:
                self._record((time.perf_counter_ns() - self._sent_ns) / 1_000)
                self._received = received[whole:]
                self._take(received[:whole])
                return
        self._received = received

    def _take(self, answer: bytes) -> None:
        if answer.startswith(b"HTTP/1.1 200"):
            self.send_next()
        else:
            self._fail(f"{self._request!r} was answered with {answer!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail(f"the connection was closed: {exc}")

    def _fail(self, message: str) -> None:
        if not self.done.done():
            self.done.set_exception(UnexpectedAnswer(message))
