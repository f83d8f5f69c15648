"""Every open WebSocket connection: who is connected, what waits to be written in this turn, and the end of all.

What gathers for a connection in one turn of the loop leaves in one write. State: the connections, the ones with
something pending, counters. All of it belongs to the event loop's thread.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Protocol

import msgspec
import structlog

from rialto.streams.framing import text_frame
from rialto.streams.limits import StreamLimits
from rialto.streams.protocol import UpgradeRefused

GOING_AWAY: Final = 1001
SHUTDOWN: Final = "Server shutdown"

logger = structlog.get_logger(__name__)


class Member(Protocol):
    """A connection, as the register of all sees it."""

    pending: list[bytes]
    address: str
    """Where its client is."""

    @property
    def backlog_bytes(self) -> int:
        """How many bytes wait for the client to read them."""

    def flush(self) -> None:
        """Write what is pending."""

    def close(self, code: int, reason: str) -> None:
        """Say goodbye and disconnect, within the close timeout."""

    def finish(self, code: int, reason: str) -> None:
        """Take no request any more, and close once those taken are answered."""

    def shutdown_notice(self, now_us: int) -> bytes:
        """Return the frame of the message that announces the server's end."""


class StreamCounters(msgspec.Struct):
    """What happened since the start."""

    messages: int = 0
    """Messages published that somebody read."""
    deliveries: int = 0
    """The same, counted once per reader."""
    culled: int = 0
    """Messages that a newer one took the place of before they were written."""
    slow_readers: int = 0
    """Connections cut off because they did not read."""
    excessive_senders: int = 0
    """Connections closed because they sent too much or too often."""
    refused_upgrades: int = 0


class Connections:
    """The connections there are."""

    def __init__(self, now_us: Callable[[], int], limits: StreamLimits | None = None) -> None:
        self.limits: Final = limits or StreamLimits()
        self.counters: Final = StreamCounters()
        self.now_us: Final = now_us
        self.draining = False
        self.subscriptions = 0
        """How many streams are read, each counted once per reader; kept by the hub."""
        self._members: dict[Member, None] = {}
        self._by_address: Counter[str] = Counter()
        self._dirty: list[Member] = []
        self._emptied = asyncio.Event()
        self._attempts = _Attempts(self.limits)

    @property
    def backlog_bytes(self) -> int:
        """How many bytes wait for clients to read them, all connections together."""
        return sum(member.backlog_bytes for member in self._members)

    def __len__(self) -> int:
        return len(self._members)

    def admit(self, address: str) -> None:
        """Count a connection attempt. Raises UpgradeRefused if the address or the server takes no further one."""
        limits = self.limits
        if self.draining:
            raise UpgradeRefused(HTTPStatus.SERVICE_UNAVAILABLE, "The server is shutting down, connect again soon")
        if not self._attempts.admit(address):
            raise UpgradeRefused(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"More than {limits.attempts_max} connection attempts in {limits.attempts_window_s:g} seconds",
                {"retry-after": f"{limits.attempts_window_s:.0f}"},
            )
        if len(self) >= limits.connections_max:
            raise UpgradeRefused(
                HTTPStatus.SERVICE_UNAVAILABLE, f"All {limits.connections_max} connections are in use, try again later"
            )

        if self._by_address[address] >= limits.connections_per_address_max:
            raise UpgradeRefused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"All {limits.connections_per_address_max} connections of one address are in use",
            )

    def join(self, member: Member) -> None:
        """Take in a connection."""
        self._members[member] = None
        self._by_address[member.address] += 1
        self._emptied.clear()

    def leave(self, member: Member) -> None:
        """Forget a connection. Again is no harm."""
        if member in self._members:
            del self._members[member]
            self._by_address[member.address] -= 1
            if not self._by_address[member.address]:
                del self._by_address[member.address]
        if not self._members:
            self._emptied.set()

    def enqueue(self, member: Member, payload: bytes) -> None:
        """Put one text message before one connection, in order with all others."""
        self.enqueue_frame(text_frame(payload), (member,))

    def enqueue_frame(self, frame: bytes, members: Iterable[Member]) -> None:
        """Put one frame before many connections."""
        dirty = self._dirty
        if not dirty:
            asyncio.get_running_loop().call_soon(self._flush)
        for member in members:
            pending = member.pending
            if not pending:
                dirty.append(member)
            pending.append(frame)

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for member in dirty:
            member.flush()

    async def drain(self, notice_s: float = 0.0) -> None:
        """Announce the shutdown, leave clients `notice_s` to move, then close every connection and wait for the end.

        New connections are refused from the first moment, new requests after the notice; a connection is closed once
        those before are answered. Takes at most the notice, the answer timeout and twice the close timeout.
        """
        self.draining = True
        if not self._members:
            return
        now_us = self.now_us()
        for member in self._members:
            self.enqueue_frame(member.shutdown_notice(now_us), (member,))
        await asyncio.sleep(notice_s)
        for member in list(self._members):
            member.finish(GOING_AWAY, SHUTDOWN)
        if not await self._is_empty_within(self.limits.answer_timeout_s):
            logger.warning("stream_requests_unanswered", connections=len(self))
            for member in list(self._members):
                member.close(GOING_AWAY, SHUTDOWN)
            if not await self._is_empty_within(2 * self.limits.close_timeout_s):
                logger.warning("stream_connections_left", connections=len(self))

    async def _is_empty_within(self, seconds: float) -> bool:
        if self._members:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)
        return not self._members


class _Attempts:
    """Connection attempts by address, in windows of fixed length."""

    def __init__(self, limits: StreamLimits) -> None:
        self._limits = limits
        self._ends_at_s = 0.0
        self._counts: dict[str, int] = {}

    def admit(self, address: str) -> bool:
        """Count an attempt; return whether the address may still connect."""
        now = asyncio.get_running_loop().time()
        if now >= self._ends_at_s:
            self._ends_at_s = now + self._limits.attempts_window_s
            self._counts.clear()
        if not self._limits.attempts_max or (
            address not in self._counts and len(self._counts) >= self._limits.addresses_max
        ):
            return True
        count = self._counts[address] = self._counts.get(address, 0) + 1
        return count <= self._limits.attempts_max
